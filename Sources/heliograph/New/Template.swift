// SPDX-License-Identifier: MIT

// What `heliograph new` writes: Examples/greenhouse and Examples/kitchen.yaml, which this target has links to, under
// another name.

import Foundation

/// A device to begin with.
struct Template {
  let name: String

  static let pageFolder = "Page"

  /// The files of a package, by their paths in its folder; `dependency` is how it finds Heliograph.
  func package(dependingOn dependency: Dependency) -> [(path: String, content: String)] {
    let manifest = replacing(
      PackageResources.Package_swift,
      [
        "greenhouse": name,
        #".package(name: "heliograph", path: "../..", traits: [])"#: dependency.declaration,
        #"package: "heliograph""#: "package: \(dependency.identity.debugDescription)",
        #"// A device of your own, as a package of its own. `heliograph new NAME` writes one like it, anywhere."#:
          "// A device of your own. Made by \(Heliograph.versionLine).",
      ])
    return [
      (".gitignore", ".build/\n"),
      ("Package.swift", manifest),
      ("main.swift", replacing(PackageResources.main_swift, ["greenhouse": name, "Greenhouse": title])),
      ("\(Self.pageFolder)/index.html", replacing(PackageResources.index_html, [:])),
      ("\(Self.pageFolder)/index.js", replacing(PackageResources.index_js, [:])),
      ("\(Self.pageFolder)/index.css", replacing(PackageResources.index_css, [:])),
    ]
  }

  /// A description; `program` is how to run one.
  func description(for program: String) -> String {
    replacing(
      PackageResources.kitchen_yaml,
      ["swift run heliograph": program, "Examples/kitchen.yaml": "\(name).yaml", "Kitchen": title])
  }

  /// What people call the device: `my-lamp` is “My lamp”.
  private var title: String { name.prefix(1).uppercased() + name.dropFirst().replacing("-", with: " ") }

  private func replacing(_ file: [UInt8], _ replacements: KeyValuePairs<String, String>) -> String {
    var text = String(decoding: file, as: UTF8.self)
    for (old, new) in replacements {
      precondition(text.contains(old), "the template has no \(old)")
      text = text.replacing(old, with: new)
    }
    return text
  }
}

/// How a package finds Heliograph.
enum Dependency {
  case folder(String)
  case url(String)

  /// What SwiftPM calls it: the last part of the address.
  var identity: String {
    switch self {
    case .folder: return "heliograph"
    case .url(let url):
      let last = url.split(whereSeparator: { "/:".contains($0) }).last.map(String.init) ?? url
      return last.hasSuffix(".git") ? String(last.dropLast(4)) : last
    }
  }

  /// Without TLS and logins, as in the example.
  var declaration: String {
    switch self {
    case .folder(let path): ".package(name: \"heliograph\", path: \(path.debugDescription), traits: [])"
    case .url(let url): ".package(url: \(url.debugDescription), branch: \"main\", traits: [])"
    }
  }
}

/// The checkout of Heliograph that this program was built in, or is run in.
enum Checkout {
  /// Where a new package finds Heliograph; `given` is what the person says.
  static func dependency(_ given: String?) throws(StartFailure) -> Dependency {
    guard let given else {
      if let folder = around(executable) ?? around(workingFolder) { return .folder(folder.path) }
      throw StartFailure(
        description: "it is not known where Heliograph is: add --heliograph with the folder of a checkout, or a URL")
    }
    if given.contains("://") || given.hasPrefix("git@") { return .url(given) }
    let folder = URL(fileURLWithPath: given).standardizedFileURL
    guard isCheckout(folder) else {
      throw StartFailure(description: "\(given) is no checkout of Heliograph: give the folder of one, or a URL")
    }
    return .folder(folder.path)
  }

  /// How the person runs this program.
  static var program: String {
    if let folder = around(executable), folder.path == workingFolder.path { return "swift run heliograph" }
    return CommandLine.arguments.first ?? "heliograph"
  }

  private static var workingFolder: URL { URL(fileURLWithPath: FileManager.default.currentDirectoryPath) }
  private static var executable: URL { (Bundle.main.executableURL ?? workingFolder).resolvingSymlinksInPath() }

  /// The nearest folder at or above `url` that is a checkout.
  private static func around(_ url: URL) -> URL? {
    var folder = url.standardizedFileURL
    while folder.path != "/" {
      if isCheckout(folder) { return folder }
      folder.deleteLastPathComponent()
    }
    return nil
  }

  private static func isCheckout(_ folder: URL) -> Bool {
    ["Package.swift", "Sources/DeviceProgram"].allSatisfy {
      FileManager.default.fileExists(atPath: folder.appendingPathComponent($0).path)
    }
  }
}
