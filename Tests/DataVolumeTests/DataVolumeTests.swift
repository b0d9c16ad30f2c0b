// SPDX-License-Identifier: MIT

// Images as scripts/build-volume makes them, and each way in which flash can hold something else. The checksums are
// those that Python's zlib gives.

import Bytes
import ConformanceSupport
import DataVolume
import DeviceServer
import Testing

@Suite struct DataVolumeTests {
  /// `record("/a.txt", b"hello")` and a compressed `/index.js` behind it, as Python's struct and zlib wrote them.
  private static let image =
    bytes("HELIOVOL") + bytes(hex: "47000000 d8b9db90")
    + bytes(hex: "0600 03 00 05000000") + bytes("/a.txt") + bytes("abc") + bytes("hello")
    + bytes(hex: "0900 02 01 04000000") + bytes("/index.js") + bytes("xy") + bytes(hex: "1f8b0800")
    + bytes(hex: "0200 00 02 00000000") + bytes("/i")

  /// What mounting gives while the image lies in memory.
  private func mount<Result>(
    _ image: [UInt8], _ use: (DataVolume) -> Result
  ) throws(DataVolumeError) -> Result {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: image.count)
    defer { memory.deallocate() }
    _ = memory.initialize(from: image)
    return use(try DataVolume(mounting: UnsafeBufferPointer(memory)))
  }

  private func refusal(of image: [UInt8]) -> DataVolumeError? {
    do throws(DataVolumeError) {
      try mount(image) { _ in }
      return nil
    } catch {
      return error
    }
  }

  @Test func theFilesAreServedWithTheirFormsAndTags() throws {
    try mount(Self.image) { volume in
      #expect(volume.assets.count == 3)
      let text = volume.assets.asset(at: bytes("/a.txt").span)
      #expect(text?.bytes == SharedBytes(bytes("hello")))
      #expect(text?.gzipped == nil)
      #expect(text?.entityTag == bytes("abc"))
      #expect(text?.isTemplate == false)
      let script = volume.assets.asset(at: bytes("/index.js").span)
      #expect(script?.bytes == nil)
      #expect(script?.gzipped == [0x1F, 0x8B, 0x08, 0x00])
      #expect(volume.assets.asset(at: bytes("/i").span)?.isTemplate == true)
    }
  }

  @Test func theContentIsNotCopied() throws {
    let memory = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.image.count)
    defer { memory.deallocate() }
    _ = memory.initialize(from: Self.image)
    let volume = try DataVolume(mounting: UnsafeBufferPointer(memory))
    let content = try #require(volume.assets.asset(at: bytes("/a.txt").span)?.bytes)
    let address = content.span.withUnsafeBufferPointer { $0.baseAddress }
    #expect(address == UnsafePointer(memory.baseAddress! + 16 + 8 + 9))
  }

  @Test func whatFollowsTheImageDoesNotMatter() {
    #expect(refusal(of: Self.image + [0xFF, 0xFF, 0xFF]) == nil)
  }

  @Test func erasedFlashIsNoVolume() {
    #expect(refusal(of: []) == .notAVolume)
    #expect(refusal(of: [UInt8](repeating: 0xFF, count: 1024)) == .notAVolume)
    for length in 0..<16 { #expect(refusal(of: Array(Self.image.prefix(length))) == .notAVolume) }
  }

  @Test func anImageThatIsCutOffIsTruncated() {
    for length in 16..<Self.image.count { #expect(refusal(of: Array(Self.image.prefix(length))) == .truncated) }
  }

  /// CRC-32 finds every error within 32 bits in a row.
  @Test func everyChangedBitIsFound() {
    for index in Self.image.indices {
      for bit in 0..<8 {
        var changed = Self.image
        changed[index] ^= 1 << bit
        #expect(refusal(of: changed) != nil, "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test(arguments: [
    // Each with the checksum that fits, so that only the files can be wrong: a path, a tag, a content past the end.
    ("0700 00 00 00000000 2f61", "ac1aff29"), ("0000 01 00 00000000", "cc0c7eae"), ("0000 00 00 01000000", "0cb89edd"),
    ("0000 00 00 ffffffff", "8aff99bb"), ("0000 00 00 000000", "7edf6c9d"),
  ])
  func aFileThatDoesNotEndInTheImageIsRefused(files: String, checksum: String) {
    let files = bytes(hex: files)
    let length = [UInt8(16 + files.count), 0, 0, 0]
    #expect(refusal(of: bytes("HELIOVOL") + length + bytes(hex: checksum) + files) == .malformedFile)
  }
}
