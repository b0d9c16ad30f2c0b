// SPDX-License-Identifier: MIT

// The data folder of a board without a file system: one image in flash, made by scripts/build-volume, checked once at
// the start, and served from where it lies. All numbers are little-endian.
//
//     offset  size
//          0     8   "HELIOVOL"
//          8     4   length of the image
//         12     4   CRC-32 of everything from offset 16 on
//         16         the files, in the order of their paths, up to the length of the image
//
//     each file
//          0     2   length of the path
//          2     1   length of the entity tag
//          3     1   1: the content is compressed with gzip, 2: it is a template
//          4     4   length of the content
//          8         path, entity tag, content

import Bytes
public import DeviceServer

/// Why an image cannot be served.
public enum DataVolumeError: Error, Equatable, Sendable {
  /// It does not begin like an image, or has no room for a head of 16 bytes: nothing was written there.
  case notAVolume
  /// It is longer than its memory, or says that it is shorter than its own head of 16 bytes.
  case truncated
  /// Its bytes are not those that were written.
  case wrongChecksum
  /// A file in it would end behind the image.
  case malformedFile
}

/// An image of files in memory that never changes.
public struct DataVolume: Sendable {
  /// The files, which are in the image; none is copied.
  public let assets: AssetTable

  /// Reads the image at the beginning of `memory`, which must stay as it is while the program runs.
  ///
  /// Whatever follows the image does not matter, so the section of the flash may be larger. The image itself is below
  /// 4 GiB: its length has 32 bits.
  ///
  /// - Throws: Why there is no image, or not the one that was written.
  public init(mounting memory: UnsafeBufferPointer<UInt8>) throws(DataVolumeError) {
    var reader = Reader(memory)
    guard let magic = reader.take(8), magic.span.equals("HELIOVOL"), let size = reader.number(4),
      let checksum = reader.number(4)
    else { throw .notAVolume }
    guard let length = Int(exactly: size), length >= Self.headSize, length <= memory.count else { throw .truncated }
    let files = UnsafeBufferPointer(rebasing: memory[Self.headSize..<length])
    guard CRC32.checksum(of: files.span) == checksum else { throw .wrongChecksum }
    assets = AssetTable(try Self.files(in: files))
  }

  private static var headSize: Int { 16 }

  private static func files(in memory: UnsafeBufferPointer<UInt8>) throws(DataVolumeError) -> [StaticAsset] {
    var reader = Reader(memory)
    var assets: [StaticAsset] = []
    while !reader.isAtEnd {
      guard let pathLength = reader.number(2), let tagLength = reader.number(1), let form = reader.number(1),
        let length = reader.number(4), let path = reader.take(pathLength), let tag = reader.take(tagLength),
        let content = reader.take(length)
      else { throw .malformedFile }
      let bytes = SharedBytes(permanent: content)
      let isCompressed = form & 1 != 0
      assets.append(
        StaticAsset(
          path: [UInt8](path.span), bytes: isCompressed ? nil : bytes, gzipped: isCompressed ? bytes : nil,
          entityTag: [UInt8](tag.span), isTemplate: form & 2 != 0))
    }
    return assets
  }
}

/// Takes an image apart, never past its end.
private struct Reader {
  private var rest: UnsafeBufferPointer<UInt8>

  init(_ memory: UnsafeBufferPointer<UInt8>) { rest = memory }

  var isAtEnd: Bool { rest.isEmpty }

  mutating func take(_ count: UInt32) -> UnsafeBufferPointer<UInt8>? {
    guard let count = Int(exactly: count), count <= rest.count else { return nil }  // an `Int` may have 32 bits
    defer { rest = UnsafeBufferPointer(rebasing: rest[count...]) }
    return UnsafeBufferPointer(rebasing: rest[..<count])
  }

  /// A number of up to four bytes; nil if it is not there.
  mutating func number(_ size: UInt32) -> UInt32? {
    guard let bytes = take(size) else { return nil }
    var value: UInt32 = 0
    for byte in bytes.reversed() { value = value << 8 | UInt32(byte) }
    return value
  }
}
