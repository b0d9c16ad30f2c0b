// SPDX-License-Identifier: MIT

// What Authorization and Cookie say, by tables: the examples of RFC 7617 and RFC 6750, and what others write.

import Bytes
import ConformanceSupport
import HTTPCore
import Testing

@Suite struct CredentialsTests {
  @Test(arguments: [
    // RFC 7617 sections 2 and 2.1
    ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", .basic(user: bytes("Aladdin"), password: bytes("open sesame"))),
    ("Basic dGVzdDoxMjPCow==", .basic(user: bytes("test"), password: bytes("123£"))),
    ("basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", .basic(user: bytes("Aladdin"), password: bytes("open sesame"))),
    ("BASIC   QWxhZGRpbjpvcGVuIHNlc2FtZQ==", .basic(user: bytes("Aladdin"), password: bytes("open sesame"))),
    ("Basic OnBhc3M6d29yZA==", .basic(user: [], password: bytes("pass:word"))),
    ("Basic dXNlcjo=", .basic(user: bytes("user"), password: [])),
    // RFC 6750 section 2.1
    ("Bearer mF_9.B5f-4.1JqM", .bearer(bytes("mF_9.B5f-4.1JqM"))),
    ("bearer hg_x~+/==", .bearer(bytes("hg_x~+/=="))),
    // No base64, no colon, control characters, no UTF-8, no value, another scheme
    ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ", .malformed), ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZR==", .malformed),
    ("Basic QWxh ZGRpbjpv", .malformed), ("Basic dXNlcg==", .malformed), ("Basic dQA6cA==", .malformed),
    ("Basic dTpwCg==", .malformed), ("Basic dTrD", .malformed), ("Basic", .malformed), ("Basic ", .malformed),
    ("Bearer", .malformed), ("Bearer =", .malformed), ("Bearer a b", .malformed), ("Bearer a=b", .malformed),
    ("Bearer a,b", .malformed), ("Bearer \"a\"", .malformed), ("Bearer\ta", .malformed), ("Bearer é", .malformed),
    ("Digest username=\"Mufasa\"", .malformed), ("Negotiate YII=", .malformed), ("", .malformed), (" ", .malformed),
    ("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==, Bearer x", .malformed),
  ] as [(String, Authorization)])
  func anAuthorizationFieldIsOneOfTwoSchemes(_ value: String, _ means: Authorization) {
    #expect(Authorization(bytes(value).span) == means)
  }

  @Test func aLongFieldIsNotLookedAt() {
    let token = String(repeating: "x", count: Authorization.limit - 7)
    #expect(Authorization(bytes("Bearer " + token).span) == .bearer(bytes(token)))
    #expect(Authorization(bytes("Bearer x" + token).span) == .malformed)
  }

  @Test func severalAuthorizationFieldsAreMalformed() throws {
    #expect(try head("X: y").authorization == .none)
    #expect(try head("aUTHORIZATION: Bearer  x ").authorization == .bearer(bytes("x")))
    #expect(try head("Authorization: Bearer x\r\nAuthorization: Bearer x").authorization == .malformed)
  }

  @Test(arguments: [
    ("Cookie: SID=31d4d96e407aad42; lang=en-US", ["31d4d96e407aad42"]),  // RFC 6265 section 3.1
    ("Cookie: lang=en-US; SID=a", ["a"]), ("Cookie: SID=a; SID=b", ["a", "b"]), ("Cookie: SID=", [""]),
    ("Cookie: sid=a", []), ("Cookie: SIDE=a; ASID=b", []), ("Cookie: SID", []), ("X: SID=a", []),
    ("Cookie: SID=\"a\"", ["\"a\""]), ("Cookie: SID=a=b", ["a=b"]), ("Cookie: a=\"x; SID=b; y\"", ["b"]),
    ("Cookie: ;;=x;  SID = a ;", ["a"]), ("Cookie: SID=a,b", ["a,b"]), ("cookie: x=1\r\nCOOKIE: SID=b", ["b"]),
    ("Cookie: bad \u{1}; SID=a", nil),
  ] as [(String, [String]?)])
  func cookiesAreFoundByTheirNameWhateverStandsBesideThem(_ lines: String, _ values: [String]?) throws {
    guard let values else {
      #expect(throws: RemoteProtocolError.self) { try head(lines) }
      return
    }
    var found: [String] = []
    try head(lines).forEachCookie(bytes("SID").span) { value in
      found.append(text([UInt8](value)))
      return true
    }
    #expect(found == values)
  }

  @Test func theSearchForCookiesEndsWhenOneIsEnough() throws {
    var count = 0
    try head("Cookie: a=1; a=2; a=3").forEachCookie(bytes("a").span) { _ in
      count += 1
      return count < 2
    }
    #expect(count == 2)
  }

  @Test func anyBytesAreTaken() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let seed = generator.seed
    for _ in 0..<20_000 {
      var value = bytes(Bool.random(using: &generator) ? "Basic " : "Bearer ")
      let alphabet = bytes("AZaz09+/=-_.~: \u{7F}é")
      for _ in 0..<Int.random(in: 0..<20, using: &generator) { value.append(alphabet.randomElement(using: &generator)!) }
      if case .basic(let user, let password) = Authorization(value.span) {
        var again = bytes("Basic ")
        let pair = user + bytes(":") + password
        Base64.append(pair.span, to: &again)
        #expect(Authorization(again.span) == .basic(user: user, password: password), "seed \(seed)")
      }
    }
  }

  @Test func base64ComesBackFromItsText() {
    for count in 0..<70 {
      let original = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
      var encoded: [UInt8] = []
      Base64.append(original.span, to: &encoded)
      var decoded: [UInt8] = [7]
      #expect(Base64.append(decoding: encoded.span, to: &decoded) && decoded == [7] + original)
    }
    var nothing: [UInt8] = []
    #expect(!Base64.append(decoding: bytes("QQ=").span, to: &nothing) && nothing == [])
  }

  private func head(_ lines: String) throws -> RequestHead {
    var connection = HTTPConnection()
    _ = connection.receive(bytes("GET / HTTP/1.1\r\nHost: x\r\n\(lines)\r\n\r\n").span)
    guard case .request(let head) = try connection.nextEvent() else { throw NotARequest() }
    return head
  }
}
