// SPDX-License-Identifier: MIT

// What of a session is text: its cookie, and the few words for its browser.

import ConformanceSupport
import Testing

@testable import Accounts

@Suite struct SessionTextTests {
  @Test(arguments: [
    (false, "", "", "heliograph_session=S; Max-Age=34560000; Path=/; HttpOnly; SameSite=Strict"),
    (true, "", "", "__Host-heliograph_session=S; Max-Age=34560000; Path=/; HttpOnly; SameSite=Strict; Secure"),
    (
      true, "/devices/lamp", "8443",
      "__Secure-heliograph_session_8443=S; Max-Age=34560000; Path=/devices/lamp/; HttpOnly; SameSite=Strict; Secure"
    ),
    (false, "/a; Domain=evil", "", "heliograph_session=S; Max-Age=34560000; Path=/; HttpOnly; SameSite=Strict"),
  ])
  func theCookieIsKeptFromScriptsAndOtherSites(_ isSecure: Bool, _ prefix: String, _ suffix: String, _ field: String) {
    let cookie = SessionCookie(isSecure: isSecure, prefix: bytes(prefix), suffix: bytes(suffix))
    #expect(text(cookie.setting(bytes("S"))) == field)
    #expect(text(cookie.removal) == field.replacing("=S; Max-Age=34560000", with: "=; Max-Age=0"))
  }

  @Test(arguments: [
    ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
    (
      "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36",
      "Chrome on Android"
    ),
    (
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
        + "Mobile/15E148 Safari/604.1", "Safari on iPhone"
    ),
    (
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36 "
        + "Edg/129.0.0.0", "Edge on Windows"
    ),
    ("curl/8.5.0", "curl"), ("", "unknown"), ("\u{1B}[31m", "unknown"),
    (String(repeating: "x", count: 999), String(repeating: "x", count: 64)),
  ])
  func aBrowserIsAFewWords(_ agent: String, _ words: String) {
    #expect(ClientDescription.text(userAgent: bytes(agent)) == words)
  }
}
