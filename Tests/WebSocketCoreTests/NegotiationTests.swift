// SPDX-License-Identifier: MIT

// What a client may offer of permessage-deflate, and what is agreed on: the examples of RFC 7692 sections 5 and 7.1,
// and each rule of section 7.1 broken alone.

import ConformanceSupport
import HTTPCore
import Testing
import WebSocketCore

@Suite struct NegotiationTests {
  struct Offer: CustomTestStringConvertible, Sendable {
    var lines: [String]
    /// The parameters in the answer; nil for none at all.
    var answer: String?
    var testDescription: String { lines.joined(separator: " | ") }

    init(_ lines: String..., answer: String?) {
      self.lines = lines
      self.answer = answer
    }
  }

  /// The value of Sec-WebSocket-Extensions in the 101.
  private func answer(to lines: [String], preferring preferences: PermessageDeflate = .init()) throws -> String? {
    var http = HTTPConnection()
    let fields = lines.map { "Sec-WebSocket-Extensions: \($0)\r\n" }.joined()
    _ = http.receive(bytes("GET /ws HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").span)
    guard case .request(let head) = try http.nextEvent() else { return "no request" }
    guard let agreement = PermessageDeflate.agreement(with: head, preferring: preferences) else { return nil }
    var response = ResponseHead(.switchingProtocols)
    agreement.add(to: &response)
    let line = text(response.fields)
    #expect(line.hasPrefix("Sec-WebSocket-Extensions: ") && line.hasSuffix("\r\n"))
    return String(line.dropFirst(26).dropLast())  // "\r\n" is one character
  }

  static let accepted = [
    Offer("permessage-deflate", answer: "permessage-deflate"),
    Offer("Permessage-Deflate", answer: "permessage-deflate"),
    Offer("permessage-deflate; client_max_window_bits", answer: "permessage-deflate"),
    Offer(
      "permessage-deflate; client_max_window_bits; server_max_window_bits=10",
      answer: "permessage-deflate; server_max_window_bits=10"),
    // Section 7.1: a fallback behind the first choice.
    Offer(
      "permessage-deflate; client_max_window_bits; server_max_window_bits=10, "
        + "permessage-deflate; client_max_window_bits", answer: "permessage-deflate; server_max_window_bits=10"),
    Offer(
      "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
      answer: "permessage-deflate; server_no_context_takeover; client_no_context_takeover"),
    Offer(
      "permessage-deflate;server_max_window_bits=8;client_max_window_bits=9",
      answer: "permessage-deflate; server_max_window_bits=8; client_max_window_bits=9"),
    Offer(
      "permessage-deflate; server_max_window_bits=\"12\"", answer: "permessage-deflate; server_max_window_bits=12"),
    Offer("permessage-foo; x=\"y\", permessage-deflate", answer: "permessage-deflate"),
    Offer("permessage-foo", "permessage-deflate", answer: "permessage-deflate"),
    Offer(" , ,permessage-deflate\t;\tclient_max_window_bits = 15 ,", answer: "permessage-deflate"),
    // What breaks a rule is passed over, and the next offer is looked at.
    Offer("permessage-deflate; server_max_window_bits=16, permessage-deflate", answer: "permessage-deflate"),
    Offer("permessage-deflate; unknown", "permessage-deflate", answer: "permessage-deflate"),
  ]

  @Test(arguments: accepted) func theFirstOfferThatCanBeMetIsTaken(offer: Offer) throws {
    #expect(try answer(to: offer.lines) == offer.answer)
  }

  static let declined =
    [
      "", ",", "x-webkit-deflate-frame", "permessage-deflatex", "permessage", "=permessage-deflate",
      "\"permessage-deflate\"", "permessage-deflate client_max_window_bits",
    ]
    + [
      "server_no_context_takeover=1", "client_no_context_takeover=true", "server_max_window_bits",
      "server_max_window_bits=", "server_max_window_bits=7", "server_max_window_bits=16", "server_max_window_bits=08",
      "server_max_window_bits=1e1", "server_max_window_bits=\"10", "server_max_window_bits=-9",
      "client_max_window_bits=", "client_max_window_bits=0", "client_max_window_bits=99999999999999999999",
      "unknown", "unknown=10", "", "=", "server_max_window_bits=10; server_max_window_bits=10",
      "server_no_context_takeover; server_no_context_takeover",
      "client_no_context_takeover; client_no_context_takeover", "client_max_window_bits; client_max_window_bits=9",
    ].map { "permessage-deflate; \($0)" }

  @Test(arguments: declined) func whatBreaksARuleIsNoOffer(line: String) throws {
    #expect(try answer(to: [line]) == nil)
  }

  @Test func ourPreferencesBoundWhatTheClientLetsThemBound() throws {
    let small = PermessageDeflate(serverMaxWindowBits: 11, clientMaxWindowBits: 10, clientNoContextTakeover: true)
    let expected = "permessage-deflate; client_no_context_takeover; server_max_window_bits=11"
    #expect(try answer(to: ["permessage-deflate"], preferring: small) == expected)
    #expect(
      try answer(to: ["permessage-deflate; client_max_window_bits"], preferring: small)
        == expected + "; client_max_window_bits=10")
    #expect(
      try answer(
        to: ["permessage-deflate; client_max_window_bits=9; server_max_window_bits=9"], preferring: small)
        == "permessage-deflate; client_no_context_takeover; server_max_window_bits=9; client_max_window_bits=9")
  }

  @Test func preferencesBelowTheSmallestWindowCountAsThat() throws {
    let tiny = PermessageDeflate(serverMaxWindowBits: 0, clientMaxWindowBits: 7)
    #expect(
      try answer(to: ["permessage-deflate; client_max_window_bits"], preferring: tiny)
        == "permessage-deflate; server_max_window_bits=8; client_max_window_bits=8")
  }

  @Test func noBytesTrapTheScanner() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let pieces = [
      "permessage-deflate", ";", ",", "=", "\"", " ", "\t", "server_max_window_bits", "client_max_window_bits", "10", "x",
      "\\", "(", "é",
    ]
    for _ in 0..<2000 {
      let line = (0..<Int.random(in: 0..<12, using: &generator))
        .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      let answer = try answer(to: [line])
      #expect(answer == nil || line.contains("permessage-deflate"), "seed \(generator.seed): \(line)")
    }
  }
}
