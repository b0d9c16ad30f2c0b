// SPDX-License-Identifier: MIT

// From files to what is served: the template, the compressed forms, the entity tags.

import Bytes
import DeviceServer
import SystemCalls

/// What is served under a path, by the versions of the files that it is made of: equal values are served equally.
struct ServedFile: Equatable, Sendable {
  let path: [UInt8]
  /// The path of the file that is served as it is, or of the compressed form that is there alone.
  let source: [UInt8]
  /// The version of the file as it is; nil if there is its compressed form only.
  var version: Int?
  /// The version of its compressed form.
  var gzippedVersion: Int?
  var isTemplate = false

  /// What the files in `store` are served as, in the order of the paths.
  static func files(in store: inout FileStore) -> [ServedFile] {
    var served: [ServedFile] = []
    var isTaken: Set<[UInt8]> = []
    for path in store.files.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let file = store.files[path], let bytes = file.bytes, !isTaken.contains(path) else { continue }
      let gzippedPath = path + ".gz".utf8
      var entry = ServedFile(path: path, source: path, version: file.version)
      if let gzipped = store.files[gzippedPath], let member = gzipped.bytes,
        gzipped.status.modified >= file.status.modified, let trailer = GzipMember.trailer(of: member),
        trailer.length == UInt32(truncatingIfNeeded: bytes.count), trailer.checksum == store.checksum(of: path)
      {
        isTaken.insert(gzippedPath)
        entry.gzippedVersion = gzipped.version
      }
      served.append(entry)
      if let plain = lonely(path, bytes, in: store) {
        served.append(ServedFile(path: plain, source: path, gzippedVersion: file.version))
      }
    }
    markTemplate(&served)
    return served
  }

  /// The path whose compressed form is there alone, if that is what the file at `path` is.
  private static func lonely(_ path: [UInt8], _ bytes: [UInt8], in store: FileStore) -> [UInt8]? {
    guard path.suffix(3).elementsEqual(".gz".utf8), GzipMember.trailer(of: bytes) != nil else { return nil }
    let plain = Array(path.dropLast(3))
    return plain.last == UInt8(ascii: "/") || store.files[plain] != nil ? nil : plain
  }

  /// The page at `/` is the template, and is sent as it is written: `index.html`, or `index.htm` where there is no
  /// other.
  private static func markTemplate(_ served: inout [ServedFile]) {
    for name in ["/index.html", "/index.htm"] {
      guard let place = served.firstIndex(where: { $0.path.elementsEqual(name.utf8) }) else { continue }
      guard served[place].version != nil else { return }
      served[place].gzippedVersion = nil
      served[place].isTemplate = true
      return
    }
  }
}

extension StaticAsset {
  /// What is served under a path, with the content that `store` has of it.
  init(_ served: ServedFile, in store: FileStore) {
    let plain = served.version == nil ? nil : store.files[served.source]?.bytes
    let gzippedPath = served.version == nil ? served.source : served.source + ".gz".utf8
    let gzipped = served.gzippedVersion == nil ? nil : store.files[gzippedPath]?.bytes
    self.init(
      path: served.path, bytes: plain.map { SharedBytes($0) }, gzipped: gzipped.map { SharedBytes($0) },
      entityTag: served.isTemplate ? [] : store.files[served.source]?.entityTag ?? [], isTemplate: served.isTemplate)
  }
}
