// SPDX-License-Identifier: MIT

// From the path of a request to the file it names, through a whole server: whatever is asked for, the answer is one of
// the files in the table under exactly the decoded path, or a refusal. A second decoder says which.

import Bytes
import DeviceServer
import HTTPCore
import Timebase

extension FuzzTarget {
  /// A request-target: any bytes.
  static let path = FuzzTarget("path", longestInput: 256) { target throws(BrokenInvariant) in
    let isTarget = target.allSatisfy { 0x21...0x7E ~= $0 && !"\"#<>".utf8.contains($0) }
    guard isTarget, target.first == UInt8(ascii: "/") else { return }  // anything else is the HTTP target's affair
    let path = Array(target.prefix { $0 != UInt8(ascii: "?") })
    let answer = try PathServer.answer(to: target)
    guard let decoded = PathModel.decode(path) else {
      return try check(answer.status == 400, "what is no path is refused with 400, not \(answer.status)")
    }
    let body = PathModel.body(at: decoded)
    try check(!answer.isMissing || body == nil, "a file that is there is found")
    let leadsToFolder = body == nil && PathModel.isFolder(decoded)
    try check(leadsToFolder == (answer.status == 301), "a folder's name, and nothing else, leads to the folder")
    try check(answer.isMissing || leadsToFolder || answer.body == body, "the answer is what the path names")

    // However much of a path is encoded, it names the same.
    try check(try PathServer.answer(to: PathModel.encode(decoded)) == answer, "encoding a path changes nothing")
  }
}

/// A server with a few files, and a route that tells what it was asked for.
private enum PathServer {
  struct Answer: Equatable {
    var status: Int
    var body: [UInt8]
    var isMissing: Bool { status == 404 }
  }

  private static let assets = AssetTable(
    PathModel.files.map { StaticAsset(path: Array($0.utf8), bytes: PathModel.content(of: Array($0.utf8))) })

  private static var server: Server<Void> {
    var router = Router<Void>()
    router.get("/files/*") { _, request, response in
      response.body += [UInt8](request.path)
      response.body.append(UInt8(ascii: ">"))
      if let rest = request.parameter("*") { response.body += [UInt8](rest) }
    }
    router.get("/pins/:pin/state") { _, request, response in
      if let pin = request.parameter("pin") { response.body += [UInt8](pin) }
    }
    router.assets = assets
    return Server(router: router)
  }

  static func answer(to target: [UInt8]) throws(BrokenInvariant) -> Answer {
    var server = server
    var context: Void = ()
    guard let id = server.accept(from: .unknown, now: .zero, &context) else {
      throw BrokenInvariant(description: "the first connection is accepted")
    }
    let request = Array("GET ".utf8) + target + Array(" HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
    let taken = server.receive(request.span, from: id, now: .zero, &context)
    try check(taken == request.count, "a small request is taken whole")
    var output: [UInt8] = []
    server.writeOutput(id, now: .zero, &context) { bytes in
      output += [UInt8](bytes)
      return bytes.count
    }
    var rest = output[...]
    guard let response = try WireResponse.take(from: &rest, expecting: .body), response.isWhole, rest.isEmpty else {
      throw BrokenInvariant(description: "a request has one response")
    }
    return Answer(status: response.status, body: response.body)
  }
}

/// Which path names what, once more.
private enum PathModel {
  static let files = [
    "/index.html", "/index.css", "/a/index.html", "/a/b.txt", "/a b", "/%", "/über", "/..hidden", "/...", "//",
    "/a%2Fb",
  ]

  static func content(of path: [UInt8]) -> [UInt8] { Array("file ".utf8) + path }

  /// What the server has under a decoded path.
  static func body(at path: [UInt8]) -> [UInt8]? {
    let segments = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if segments.count > 2, segments[1].elementsEqual("files".utf8) {
      return path + Array(">".utf8) + path.dropFirst("/files/".utf8.count)
    }
    if segments.count == 4, segments[1].elementsEqual("pins".utf8), segments[3].elementsEqual("state".utf8) {
      if !segments[2].isEmpty { return Array(segments[2]) }
    }
    let name = path.last == UInt8(ascii: "/") ? path + Array("index.html".utf8) : path
    return files.contains { $0.utf8.elementsEqual(name) } ? content(of: name) : nil
  }

  /// Whether a path with a `/` behind it would name an index.
  static func isFolder(_ path: [UInt8]) -> Bool {
    let index = path + Array("/index.html".utf8)
    return files.contains { $0.utf8.elementsEqual(index) }
  }

  /// The path without its escapes, but for an encoded slash, which no segment can hold; nil if it is none.
  static func decode(_ path: [UInt8]) -> [UInt8]? {
    let parts = path.split(separator: UInt8(ascii: "%"), omittingEmptySubsequences: false)
    var decoded = Array(parts[0])
    for part in parts.dropFirst() {
      let digits = text(part.prefix(2))
      guard digits.count == 2, digits.allSatisfy(\.isHexDigit), let byte = UInt8(digits, radix: 16) else { return nil }
      decoded += byte == UInt8(ascii: "/") ? Array("%2F".utf8) : [byte]
      decoded += part.dropFirst(2)
    }
    let segments = decoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isPath = decoded.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      && !segments.contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }
    return isPath ? decoded : nil
  }

  /// The path with everything encoded that may be.
  static func encode(_ path: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return path.flatMap { byte in
      byte == UInt8(ascii: "/")
        ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
    }
  }
}
