// SPDX-License-Identifier: MIT

// From files to what is served: the template, the compressed forms, the entity tags.

import DeviceServer

extension StaticAsset {
  /// What `files` are served as, given in an order in which `NAME` comes before `NAME.gz`.
  static func assets(from files: [FolderWalk.File]) -> [StaticAsset] {
    var places: [[UInt8]: Int] = [:]
    for (place, file) in files.enumerated() { places[file.path] = place }
    var isTaken = [Bool](repeating: false, count: files.count)
    var assets: [StaticAsset] = []
    for (place, file) in files.enumerated() where !isTaken[place] {
      var gzipped: [UInt8]?
      if let other = places[file.path + ".gz".utf8], files[other].modified >= file.modified,
        GzipMember.isCompressed(files[other].bytes, from: file.bytes)
      {
        isTaken[other] = true
        gzipped = files[other].bytes
      }
      assets.append(StaticAsset(file, gzipped: gzipped))
    }
    return assets
  }

  private init(_ file: FolderWalk.File, gzipped: [UInt8]?) {
    if file.path.elementsEqual("/index.html".utf8) {
      self.init(path: file.path, bytes: file.bytes, isTemplate: true)
    } else {
      self.init(path: file.path, bytes: file.bytes, gzipped: gzipped, entityTag: EntityTag.of(file.bytes.span))
    }
  }
}
