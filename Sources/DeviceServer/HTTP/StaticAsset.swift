// SPDX-License-Identifier: MIT

// A file that the server can send, as a value: the embedded page and a data folder are both tables of these. The
// table is immutable and is swapped as a whole, so no request sees half of a change, and no path can name anything
// that is not in it.

import Bytes

/// A file to serve, with everything known about it beforehand.
public struct StaticAsset: Sendable {
  /// The path that names it, for instance `/index.css`; decoded, absolute, without `.` or `..` segments.
  public let path: [UInt8]
  /// The file as it is.
  public let bytes: [UInt8]
  /// The file compressed with gzip, or empty: then it is always sent as it is.
  public let gzipped: [UInt8]
  /// The strong entity tag without its quotation marks (RFC 9110 section 8.8.3); empty: none.
  public let entityTag: [UInt8]
  /// Whether it goes through the template processor at every request; then it is never cached or compressed.
  public let isTemplate: Bool

  /// A file under `path`; its type follows from the name.
  public init(
    path: [UInt8], bytes: [UInt8], gzipped: [UInt8] = [], entityTag: [UInt8] = [], isTemplate: Bool = false
  ) {
    self.path = path
    self.bytes = bytes
    self.gzipped = gzipped
    self.entityTag = entityTag
    self.isTemplate = isTemplate
  }

  /// The media type, by the name's extension.
  public var contentType: StaticString { MediaType.forName(path.span) }
}

/// Static assets in the order of their paths, looked up by halving.
public struct AssetTable: Sendable {
  private let assets: [StaticAsset]

  /// A table of `assets`; of two with the same path the first counts.
  public init(_ assets: [StaticAsset] = []) {
    self.assets = assets.sorted { AssetTable.compare($0.path, $1.path.span) < 0 }
  }

  /// How many there are.
  public var count: Int { assets.count }

  /// The asset under `path`; a path that ends with `/` names the `index.html` in it.
  public func asset(at path: Span<UInt8>) -> StaticAsset? {
    guard path.count > 0, path[path.count - 1] == UInt8(ascii: "/") else { return find(path) }
    var index = [UInt8](path)
    index.append("index.html")
    return find(index.span)
  }

  private func find(_ path: Span<UInt8>) -> StaticAsset? {
    var lower = 0
    var upper = assets.count
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if AssetTable.compare(assets[middle].path, path) < 0 { lower = middle + 1 } else { upper = middle }
    }
    guard lower < assets.count, AssetTable.compare(assets[lower].path, path) == 0 else { return nil }
    return assets[lower]
  }

  /// Negative, zero or positive as `left` comes before, is, or comes after `right`.
  private static func compare(_ left: [UInt8], _ right: Span<UInt8>) -> Int {
    let shorter = min(left.count, right.count)
    var index = 0
    while index < shorter {
      if left[index] != right[index] { return left[index] < right[index] ? -1 : 1 }
      index += 1
    }
    return left.count - right.count
  }
}
