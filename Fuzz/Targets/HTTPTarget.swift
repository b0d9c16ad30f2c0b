// SPDX-License-Identifier: MIT

// The HTTP machine under an owner that answers in many ways. However the stream is cut, the requests, the answers and
// the end are the same; every request keeps the limits and the grammar; and a request that was taken is taken again,
// alike, from its own words.

import Bytes
import HTTPCore

extension FuzzTarget {
  /// What a client sends on one connection.
  static let http = FuzzTarget("http", longestInput: 2048) { input throws(BrokenInvariant) in
    var first: HTTPTranscript?
    for pieces in Cuts.deliveries(of: input) {
      var peer = HTTPPeer(limits: HTTPPeer.tightLimits)
      for piece in pieces { try peer.receive(piece) }
      let transcript = try peer.end()
      if let first {
        try check(transcript == first, "cuts change nothing")
        continue
      }
      first = transcript
      for request in transcript.requests { try request.check(within: HTTPPeer.tightLimits) }
      for request in transcript.requests where request.isComplete { try checkRepetition(of: request) }
    }
  }

  /// What was understood, said again, is understood again.
  private static func checkRepetition(of request: SeenRequest) throws(BrokenInvariant) {
    var limits = HTTPConnection.Limits()
    limits.headSize = 4096
    var peer = HTTPPeer(limits: limits)
    try peer.receive(request.bytes[...])
    let transcript = try peer.end()
    try check(transcript.requests.first == request, "a request can be said again")
    try check(transcript.requests.count == 1 || request.endsHTTP, "a request said again is one request")
  }
}

/// A request as its receiver sees it.
struct SeenRequest: Equatable {
  struct Field: Equatable {
    var name: [UInt8]
    var value: [UInt8]
  }

  var method: [UInt8]
  var version: HTTPVersion
  var target: [UInt8]
  var path: [UInt8]
  var query: [UInt8]
  var host: [UInt8]
  var contentLength: UInt64?
  var isChunked: Bool
  var fields: [Field] = []
  /// What it shows of its sender: a login, cookies of one name, and what proxies say.
  var authorization: Authorization
  var cookies: [[UInt8]] = []
  var forwarded: [ForwardedElement]?
  var body: [UInt8] = []
  var isComplete = false

  init(_ head: RequestHead) {
    method = [UInt8](head.methodToken)
    version = head.version
    target = [UInt8](head.target)
    path = [UInt8](head.path)
    query = [UInt8](head.query)
    host = [UInt8](head.host)
    contentLength = head.contentLength
    isChunked = head.isChunked
    authorization = head.authorization
    forwarded = ForwardedElement.all(in: head)
    head.forEachField { fields.append(Field(name: [UInt8]($0), value: [UInt8]($1))) }
    let name: [UInt8] = Array("s".utf8)
    head.forEachCookie(name.span) {
      cookies.append([UInt8]($0))
      return true
    }
  }

  /// What the answer is to be like: a letter of the path decides.
  var wish: UInt8 { path.dropFirst().first ?? UInt8(ascii: "/") }

  /// Whether what follows it is no longer HTTP.
  var endsHTTP: Bool { wish == UInt8(ascii: "u") }

  /// The request on the wire, a chunked body in one chunk.
  var bytes: [UInt8] {
    let version = version == .http10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n"
    var bytes = method + Array(" ".utf8) + target + Array(version.utf8)
    for field in fields { bytes += field.name + Array(": ".utf8) + field.value + Array("\r\n".utf8) }
    bytes += Array("\r\n".utf8)
    guard isChunked else { return bytes + body }
    if !body.isEmpty { bytes += Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n".utf8) }
    return bytes + Array("0\r\n\r\n".utf8)
  }

  /// The limits and the grammar.
  func check(within limits: HTTPConnection.Limits) throws(BrokenInvariant) {
    try FuzzTargets.check(!method.isEmpty && method.allSatisfy(isTokenByte), "a method is a token")
    try FuzzTargets.check(1...limits.targetSize ~= target.count, "a target keeps its limit")
    try FuzzTargets.check(target.allSatisfy { 0x21...0x7E ~= $0 }, "a target is visible ASCII")
    let isPath = path.first == UInt8(ascii: "/") && !path.contains(UInt8(ascii: "?"))
    try FuzzTargets.check(isPath || path.elementsEqual("*".utf8), "a path begins with a slash and has no query")
    try FuzzTargets.check(version == .http10 || !host.isEmpty, "a request of HTTP/1.1 has a host")
    try FuzzTargets.check(fields.count <= limits.fieldCount, "fields keep their limit")
    for field in fields {
      let isField = !field.name.isEmpty && field.name.allSatisfy(isTokenByte) && isPrintable(field.value)
      try FuzzTargets.check(isField, "a field has a token for its name and nothing hidden in its value")
      let ends = [field.value.first, field.value.last]
      try FuzzTargets.check(!ends.contains { $0 == 0x20 || $0 == 0x09 }, "a value is trimmed")
    }
    try checkSender()
    try FuzzTargets.check(body.count <= limits.bodySize, "a body keeps its limit")
    try FuzzTargets.check(contentLength == nil || !isChunked, "a body is framed in one way")
    let length = contentLength ?? (isChunked ? UInt64(body.count) : 0)
    try FuzzTargets.check(!isComplete || UInt64(body.count) == length, "a body is as long as was announced")
  }
}

extension SeenRequest {
  /// Nothing of a login, a cookie or a proxy's words is more than its field says.
  private func checkSender() throws(BrokenInvariant) {
    func values(of name: String) -> [[UInt8]] {
      fields.filter { String(decoding: $0.name, as: UTF8.self).lowercased() == name }.map(\.value)
    }
    let logins = values(of: "authorization")
    switch authorization {
    case .none: try FuzzTargets.check(logins.isEmpty, "no login is no field")
    case .malformed: try FuzzTargets.check(!logins.isEmpty, "a malformed login is a field")
    case .bearer(let token):
      let isWhole = !token.isEmpty && token.allSatisfy { 0x21...0x7E ~= $0 }
      try FuzzTargets.check(logins.count == 1 && isWhole && logins[0].count > token.count, "a token is one word")
    case .basic(let user, let password):
      let pair = user + password
      let isText = String(validating: pair, as: UTF8.self) != nil && pair.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
      try FuzzTargets.check(logins.count == 1 && isText && !user.contains(UInt8(ascii: ":")), "names have no colon")
    }
    let isPair = cookies.allSatisfy { !$0.contains(UInt8(ascii: ";")) && $0.first != 0x20 && $0.last != 0x20 }
    let pairs = values(of: "cookie").flatMap { $0.split(separator: UInt8(ascii: ";")) }
    try FuzzTargets.check(isPair && cookies.count <= pairs.count, "a cookie is one of the pairs")
    let elements = values(of: "forwarded").flatMap { $0.split(separator: UInt8(ascii: ",")) }
    try FuzzTargets.check(forwarded?.count ?? 0 <= elements.count, "a proxy is one of the elements")
  }
}

/// All that came of a connection.
struct HTTPTranscript: Equatable {
  var requests: [SeenRequest] = []
  var error: RemoteProtocolError?
  /// Without 100 (Continue), which depends on when bytes come.
  var responses: [WireResponse] = []
  /// What followed a request that ended HTTP.
  var trailing: [UInt8] = []
}
