// SPDX-License-Identifier: MIT

// A file that the server can send, as a value: the embedded page and a data folder are both tables of these. The
// table is immutable and is swapped as a whole, so no request sees half of a change, and no path can name anything
// that is not in it.

public import Bytes

/// A file to serve, with everything known about it beforehand.
public struct StaticAsset: Sendable {
  /// The path that names it, for instance `/index.css`; decoded, absolute, without `.` or `..` segments.
  public let path: [UInt8]
  /// The file as it is; nil where there is room for its compressed form only.
  public let bytes: SharedBytes?
  /// The file compressed with gzip; nil: it is always sent as it is.
  public let gzipped: SharedBytes?
  /// The strong entity tag without its quotation marks (RFC 9110 section 8.8.3); empty: none.
  public let entityTag: [UInt8]
  /// Whether it goes through the template processor at every request; then it is never cached or compressed.
  public let isTemplate: Bool
  private let mediaType: Range<Int>

  /// A file under `path`; its type follows from the name.
  public init(
    path: [UInt8], bytes: SharedBytes?, gzipped: SharedBytes? = nil, entityTag: [UInt8] = [],
    isTemplate: Bool = false
  ) {
    self.path = path
    self.bytes = bytes
    self.gzipped = gzipped
    self.entityTag = entityTag
    self.isTemplate = isTemplate
    mediaType = MediaType.place(for: path.span)
  }

  /// A file whose bytes are arrays.
  public init(
    path: [UInt8], bytes: [UInt8], gzipped: [UInt8]? = nil, entityTag: [UInt8] = [], isTemplate: Bool = false
  ) {
    self.init(
      path: path, bytes: SharedBytes(bytes), gzipped: gzipped.map { SharedBytes($0) }, entityTag: entityTag,
      isTemplate: isTemplate)
  }

  /// The media type, by the name's extension.
  public var contentType: Span<UInt8> {
    @_lifetime(immortal) get { MediaType.at(mediaType) }
  }
}

/// Static assets in the order of their paths, looked up by halving.
public struct AssetTable: Sendable {
  private let assets: [StaticAsset]

  /// A table of `assets`; of two with the same path the first counts.
  public init(_ assets: [StaticAsset] = []) {
    // Each in its place, which is the last if they come in order: sorting would cost a firmware 2 KB of code.
    var sorted: [StaticAsset] = []
    sorted.reserveCapacity(assets.count)
    for asset in assets {
      let place = sorted.place(of: asset.path.span)
      if place == sorted.count || sorted[place].path != asset.path { sorted.insert(asset, at: place) }
    }
    self.assets = sorted
  }

  /// How many there are.
  public var count: Int { assets.count }

  /// The asset under `path`; a path that ends with `/` names the `index.html` in it or, without one, the `index.htm`.
  public func asset(at path: Span<UInt8>) -> StaticAsset? {
    guard path.count > 0, path[path.count - 1] == UInt8(ascii: "/") else { return find(path) }
    var index = [UInt8](path)
    index.append("index.html")
    #if WITHOUT_FOLDERS
      return find(index.span)
    #else
      if let asset = find(index.span) { return asset }
      index.removeLast()
      return find(index.span)
    #endif
  }

  #if !WITHOUT_FOLDERS
    /// Whether `path` would name the index of a folder if it ended with `/`.
    func hasIndex(inFolder path: Span<UInt8>) -> Bool {
      var folder = [UInt8](path)
      folder.append("/")
      return asset(at: folder.span) != nil
    }
  #endif

  private func find(_ path: Span<UInt8>) -> StaticAsset? {
    let place = assets.place(of: path)
    guard place < assets.count else { return nil }
    let asset = assets[place]
    return asset.path.span.equals(path) ? asset : nil
  }
}

extension [StaticAsset] {
  /// Where the asset under `path` is in a sorted array, or would be.
  fileprivate func place(of path: Span<UInt8>) -> Int {
    var lower = 0
    var upper = count
    while lower < upper {
      let middle = lower + (upper - lower) / 2
      if self[middle].path.precedes(path) { lower = middle + 1 } else { upper = middle }
    }
    return lower
  }
}

extension [UInt8] {
  /// Whether these bytes come before `other` in the order of bytes, a beginning before the whole.
  fileprivate func precedes(_ other: Span<UInt8>) -> Bool {
    var index = 0
    while index < count, index < other.count {
      if self[index] != other[index] { return self[index] < other[index] }
      index += 1
    }
    return count < other.count
  }
}
