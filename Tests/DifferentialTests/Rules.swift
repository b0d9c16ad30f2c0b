// SPDX-License-Identifier: MIT

// Why our parser and llhttp may differ: each rule says what is odd about the bytes, looks whether it is so, and gives
// the clause. docs/llhttp-differences.md shows this table, and a test holds it to it.

import HTTPCore
import NIOHTTP1

/// An explanation of a difference.
struct Rule: Sendable {
  /// What stands in the bytes.
  let name: String
  let here: String
  let llhttp: String
  let reason: String
  let explains: @Sendable (Difference) -> Bool

  /// The row of the table in docs.
  var row: String { "| \(name) | \(here) | \(llhttp) | \(reason) |" }
}

extension Rule {
  /// Every rule; the first that explains a difference counts.
  static let all = stricterHere + stricterThere + seenDifferently

  /// A rule for what we refuse with `error`, and llhttp takes.
  private static func refused(
    _ error: RemoteProtocolError, _ name: String, _ reason: String,
    where isOdd: @escaping @Sendable (RequestText) -> Bool
  ) -> Rule {
    Rule(name: name, here: "\(error.status.code)", llhttp: "taken", reason: reason) {
      $0.kind == .onlyTheyTake && $0.ours.refusal == error && isOdd($0.request)
    }
  }

  /// A rule for what we take, and llhttp refuses with one of `errors`.
  private static func taken(
    unlike errors: [HTTPParserError], _ name: String, _ reason: String,
    where isOdd: @escaping @Sendable (RequestText) -> Bool
  ) -> Rule {
    Rule(name: name, here: "taken", llhttp: "refused", reason: reason) { difference in
      difference.kind == .onlyWeTake && errors.contains { $0 == difference.theirs.refusal } && isOdd(difference.request)
    }
  }

  private static let stricterHere = [
    refused(.missingHost, "no Host", "a request of HTTP/1.1 needs one (RFC 9112 section 3.2)") {
      $0.values("host").isEmpty
    },
    refused(.duplicateHost, "two Host fields", "one at most (RFC 9112 section 3.2)") { $0.values("host").count > 1 },
    refused(
      .malformedHost, "a Host, or an authority in the target, that is not a host and port",
      "must be refused (RFC 9112 section 3.2, RFC 9110 sections 4.2.1 and 4.2.4)"
    ) { request in
      let authority = request.target.firstMatch(of: /^[a-zA-Z]+:\/\/([^\/?]*)/).map { [String($0.1)] } ?? []
      return !(request.values("host") + authority).allSatisfy(isHostAndPort)
    },
    refused(
      .malformedTarget, "`#`, `\"`, `<` or `>` in the target", "no request-target has them (RFC 9112 section 3.2)"
    ) { $0.target.contains { "#\"<>".contains($0) } },
    refused(
      .malformedTarget, "`*` without OPTIONS, or more than `*`", "asterisk-form is for OPTIONS (RFC 9112 section 3.2.4)"
    ) { $0.target.hasPrefix("*") && ($0.target != "*" || $0.method != "OPTIONS") },
    refused(
      .malformedTarget, "CONNECT to anything but host and port", "must be refused (RFC 9110 section 9.3.6)"
    ) { $0.method == "CONNECT" && !isAuthority($0.target) },
    refused(
      .unsupportedMethod, "CONNECT", "an origin server need not support it (RFC 9110 sections 9.1 and 9.3.6)"
    ) { $0.method == "CONNECT" && isAuthority($0.target) },
    refused(
      .malformedTarget, "a scheme that is not http", "not ours to answer (RFC 9110 section 7.4)"
    ) { $0.target.contains(/^[a-zA-Z]+:\/\//) && !$0.target.lowercased().hasPrefix("http://") },
    refused(
      .misdirectedRequest, "an https URI as the target", "must be refused without TLS (RFC 9110 section 7.4)"
    ) { $0.target.lowercased().hasPrefix("https://") },
    refused(
      .malformedRequestLine, "CR or LF before the request line, other than one CRLF",
      "one empty line is to be ignored (RFC 9112 section 2.2); a server that skips more reads other requests than we do"
    ) { $0.text.contains(/^(\r\n)?[\r\n]/.matchingSemantics(.unicodeScalar)) },
    refused(
      .truncatedMessage, "a CR where the stream ends",
      "half a line end is the beginning of a request (RFC 9112 section 8)"
    ) { $0.text.unicodeScalars.allSatisfy { $0 == "\r" || $0 == "\n" } },
    refused(
      .malformedRequestLine, "RTSP/1.0", "another protocol, which llhttp reads as well (RFC 9112 section 2.3)"
    ) { $0.version == "RTSP/1.0" },
    refused(
      .malformedRequestLine, "several spaces in a row in the request line",
      "one space each; lenient parsing has let requests be smuggled (RFC 9112 section 3)"
    ) { $0.target.hasPrefix(" ") || $0.target.hasSuffix(" ") || $0.version.isEmpty },
    refused(
      .conflictingFraming, "Transfer-Encoding in HTTP/1.0", "the framing is faulty (RFC 9112 section 6.1)"
    ) { $0.version == "HTTP/1.0" && !$0.values("transfer-encoding").isEmpty },
    refused(
      .unsupportedTransferCoding, "a transfer coding before chunked",
      "a server that does not understand it answers 501 (RFC 9112 section 6.1)"
    ) { request in
      let codings = request.list("transfer-encoding").filter { !$0.isEmpty }
      return codings.last == "chunked" && codings.dropLast().contains { $0 != "chunked" }
    },
    refused(
      .malformedTransferCoding, "chunked missing or repeated in Transfer-Encoding",
      "chunked comes last, and once (RFC 9112 sections 6.3 and 7.1)"
    ) { request in
      let codings = request.list("transfer-encoding").filter { !$0.isEmpty }
      return codings.last != "chunked" || codings.dropLast().contains("chunked")
    },
    refused(
      .malformedChunk, "a chunk extension without a name or a value, or with an unfinished or unquoted string",
      "not a chunk-ext (RFC 9112 section 7.1.1)"
    ) { $0.bodyLines.contains { $0.contains(/^[0-9A-Fa-f]+[ \t]*;/) && !isChunkLine($0) } },
    Rule(
      name: "`close` and `keep-alive` together in HTTP/1.0", here: "the last request", llhttp: "one of several",
      reason: "`close` comes first (RFC 9112 section 9.3)"
    ) {
      $0.kind != .seenDifferently && $0.ours.refusal == nil && $0.ours.requests.count == $0.index
        && $0.previous.version == "HTTP/1.0"
        && Set($0.previous.list("connection")).isSuperset(of: ["close", "keep-alive"])
    },
  ]

  private static let stricterThere = [
    Rule(
      name: "bytes behind the last request of a connection", here: "dropped", llhttp: "refused",
      reason: "a server reads no request behind `close` (RFC 9112 section 9.6)"
    ) {
      $0.kind == .onlyWeTake && $0.ours.requests.count == $0.index && $0.theirs.refusal == .closedConnection
    },
    taken(
      unlike: [.invalidMethod], "a method that llhttp has no name for",
      "methods are extensible (RFC 9110 section 16.1); the server answers 501"
    ) { $0.method.contains(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/) },
    taken(
      unlike: [.invalidVersion], "HTTP/1.2 to HTTP/1.9", "to be read as HTTP/1.1 (RFC 9110 section 2.5)"
    ) { $0.version.contains(/^HTTP\/1\.[2-9]$/) },
    taken(
      unlike: [.invalidVersion, .invalidEOFState], "the method PRI in HTTP/1.x",
      "a token like any other; the server answers 501"
    ) { $0.method == "PRI" },
    taken(
      unlike: [.invalidContentLength, .unknown], "a tab behind the value of Content-Length or Transfer-Encoding",
      "white space around a value is not part of it (RFC 9112 section 5.1)"
    ) { $0.fields.contains { ["content-length", "transfer-encoding"].contains($0.name) && $0.value.hasSuffix("\t") } },
    taken(
      unlike: [.unknown], "nothing behind a comma in Transfer-Encoding",
      "empty elements of a list are to be ignored (RFC 9110 section 5.6.1.2)"
    ) { $0.list("transfer-encoding").last == "" },
    taken(
      unlike: [.invalidContentLength, .unexpectedContentLength, .unknown],
      "Content-Length or Transfer-Encoding in a trailer section",
      "a trailer field never frames (RFC 9110 section 6.5.1)"
    ) { $0.bodyLines.contains { $0.lowercased().contains(/^(content-length|transfer-encoding):/) } },
    taken(
      unlike: [.invalidChunkSize, .strictModeAssertion], "white space around `;` or `=` in a chunk extension",
      "to be parsed and removed (RFC 9112 section 7.1.1, RFC 9110 section 5.6.3)"
    ) { $0.bodyLines.contains { $0.contains(/[ \t][;=]|[;=][ \t]/) && isChunkLine($0) } },
  ]

  private static let seenDifferently = [
    Rule(
      name: "white space behind a value", here: "trimmed", llhttp: "left",
      reason: "white space around a value is not part of it (RFC 9112 section 5.1)"
    ) { difference in
      guard difference.kind == .seenDifferently else { return false }
      let ours = difference.ours.requests[difference.index]
      var theirs = difference.theirs.requests[difference.index]
      theirs.fields = zip(ours.fields, theirs.fields).map { our, their in
        [
          their[0],
          their[1].hasPrefix(our[1]) && their[1].dropFirst(our[1].count).contains(/^[ \t]+$/) ? our[1] : their[1],
        ]
      }
      return ours == theirs
    },
    Rule(
      name: "the method M-SEARCH", here: "`M-SEARCH`", llhttp: "`MSEARCH`",
      reason: "the name that SwiftNIO gives to what llhttp has understood"
    ) {
      $0.kind == .seenDifferently && $0.request.method == "M-SEARCH"
        && $0.theirs.requests[$0.index].method == "MSEARCH"
    },
  ]

  // MARK: Grammar

  /// RFC 9110 section 7.2, with hosts that are not empty.
  private static func isHostAndPort(_ text: String) -> Bool {
    let name = /(\[[0-9A-Fa-f:.]{2,}\]|([0-9A-Za-z\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+)(:([0-9]*))?/
    guard let match = text.wholeMatch(of: name) else { return false }
    return match.4.map { $0.isEmpty || Int($0).map { $0 <= 65_535 } ?? false } ?? true
  }

  /// The target of CONNECT: RFC 9112 section 3.2.3.
  private static func isAuthority(_ text: String) -> Bool { isHostAndPort(text) && text.contains(/:[0-9]+$/) }

  /// RFC 9112 section 7.1.1.
  private static func isChunkLine(_ text: String) -> Bool {
    text.wholeMatch(
      of:
        #/
        [0-9A-Fa-f]+
        (
          [\x20\t]* ; [\x20\t]* [!\#$%&'*+\-.^_`|~0-9A-Za-z]+
          ( [\x20\t]* = [\x20\t]* ( [!\#$%&'*+\-.^_`|~0-9A-Za-z]+ | "([^"\\]|\\.)*" ) )?
        )*
      /#) != nil
  }
}
