// SPDX-License-Identifier: MIT

// A browser in a few words, from what it says of itself (User-Agent, RFC 9110 section 10.1.5), so that people find
// their telephone in the list of sessions. Nothing is decided by it.

import Bytes

/// A browser in a few words.
public enum ClientDescription {
  /// The most bytes of a description, which is ASCII.
  public static let limit = 64

  /// `Firefox on Android`; the first word of an agent that is not known; or `unknown`.
  public static func text(userAgent: [UInt8]) -> String {
    let agent = String(decoding: userAgent.prefix(512), as: UTF8.self)
    guard let browser = browsers.first(where: { agent.contains($0.sign) }) else { return firstWord(userAgent) }
    guard let system = systems.first(where: { agent.contains($0.sign) }) else { return browser.name }
    return "\(browser.name) on \(system.name)"
  }

  /// Each claims to be those that follow.
  private static let browsers: [(sign: String, name: String)] = [
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
  ]
  private static let systems: [(sign: String, name: String)] = [
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
    ("Macintosh", "macOS"), ("Linux", "Linux"),
  ]

  private static func firstWord(_ agent: [UInt8]) -> String {
    let word = agent.prefix { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "/") }.prefix(limit)
    return word.isEmpty ? "unknown" : String(decoding: word, as: UTF8.self)
  }
}
