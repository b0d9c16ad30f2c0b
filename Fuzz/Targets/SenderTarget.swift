// SPDX-License-Identifier: MIT

// Whom a request is from: a login, cookies, and what a proxy says of its client. Strangers write all of these. However
// they are written, a peer that is not trusted is believed nothing, one that is trusted changes nothing by silence, and
// credentials that were understood are understood again from their own words.

import Bytes
import DeviceServer
import HTTPCore
import Timebase

extension FuzzTarget {
  /// The head of a request.
  static let sender = FuzzTarget("sender", longestInput: 1024) { input throws(BrokenInvariant) in
    let stranger = try SenderServer.answer(to: input, trusts: false)
    let proxy = try SenderServer.answer(to: input, trusts: true)
    guard let seen = stranger.seen else { return }
    try check(seen.remote == SenderServer.peer && seen.prefix.isEmpty, "who is not trusted speaks for nobody")
    try check(seen.scheme == .http, "nor can it say that there was TLS")
    if !seen.isForwarded { try check(proxy == stranger, "a proxy that says nothing changes nothing") }
    if proxy.seen == nil {
      try check([303, 400, 403].contains(proxy.status), "what a proxy says is taken or refused: \(proxy.status)")
    }
    try checkCredentials(seen)
    for cookie in seen.cookies { try check(!cookie.contains(UInt8(ascii: ";")), "a cookie is one") }
  }

  private static func checkCredentials(_ seen: SeenSender) throws(BrokenInvariant) {
    var words: [UInt8] = []
    switch seen.authorization {
    case .none, .malformed: return
    case .bearer(let token): words = Array("Bearer ".utf8) + token
    case .basic(let user, let password):
      try check(!user.contains(UInt8(ascii: ":")), "the first colon ends the name")
      let pair = user + [UInt8(ascii: ":")] + password
      words = Array("Basic ".utf8)
      Base64.append(pair.span, to: &words)
    }
    guard words.count <= Authorization.limit else { return }
    let again = Authorization(words.span)
    try check(again == seen.authorization, "credentials can be said again")
  }
}

/// What a handler sees of a request's sender.
private struct SeenSender: Equatable {
  var remote: RemoteAddress
  var scheme: Scheme
  var prefix: [UInt8]
  var authorization: Authorization
  var cookies: [[UInt8]] = []
  /// Whether there is a field by which a proxy speaks.
  var isForwarded = false

  init(_ request: borrowing Request) {
    remote = request.remote
    scheme = request.scheme
    prefix = [UInt8](request.prefix)
    authorization = request.head.authorization
    var cookies: [[UInt8]] = []
    let name = [UInt8(ascii: "s")]
    request.head.forEachCookie(name.span) { value in
      cookies.append([UInt8](value))
      return cookies.count < 4
    }
    self.cookies = cookies
    var isForwarded = false
    request.head.forEachField { name, _ in
      let name = text([UInt8](name)).lowercased()
      if name == "forwarded" || name == "x-ingress-path" || name.hasPrefix("x-forwarded-") { isForwarded = true }
    }
    self.isForwarded = isForwarded
  }
}

private enum SenderServer {
  static let peer = RemoteAddress.ipv4(0x0A00_0002, port: 7)

  struct Answer: Equatable {
    var status = 0
    /// What the judge of logins saw first; nil if nobody got so far.
    var seen: SeenSender?
  }

  /// What the first request of the input gets, on a server that trusts its peer as a proxy or does not.
  static func answer(to input: [UInt8], trusts: Bool) throws(BrokenInvariant) -> Answer {
    var router = Router<Answer>()
    router.onAccess { answer, request, _, _ in
      answer.seen = answer.seen ?? SeenSender(request)
      return .granted(.everybody)
    }
    router.get("/*") { _, _, response in response.send("page") }
    var server = Server(router: router)
    if trusts, let range = try? AddressRange(parsing: Array("10.0.0.2".utf8).span) { server.trustedProxies = [range] }
    var answer = Answer()
    guard let id = server.accept(from: peer, now: .zero, &answer) else {
      throw BrokenInvariant(description: "the first connection is accepted")
    }
    _ = server.receive(input.span, from: id, now: .zero, &answer)
    var output: [UInt8] = []
    server.writeOutput(id, now: .zero, &answer) { bytes in
      output += [UInt8](bytes)
      return bytes.count
    }
    var rest = output[...]
    if let response = try WireResponse.take(from: &rest, expecting: .unknown) { answer.status = response.status }
    return answer
  }
}
