// SPDX-License-Identifier: MIT

// Streams of one to three requests: mostly well-formed, sometimes with a part that a careless or hostile client might
// send, sometimes with a few bytes spoiled afterwards.

import ConformanceSupport

/// Makes streams; the same seed makes the same stream.
struct RandomStream {
  private var generator: SeededGenerator
  /// How many of a hundred choices are odd ones in this stream.
  private let oddity: Int

  private init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    oddity = [0, 3, 8, 20][Int.random(in: 0..<4, using: &generator)]
  }

  static func bytes(seed: UInt64) -> [UInt8] {
    var stream = RandomStream(seed: seed)
    var bytes: [UInt8] = []
    for _ in 0..<stream.number(1...3) { bytes += stream.request() }
    bytes += stream.choice([""], odd: ["\r", "\r\n", "\n", "\r\n\r\n"]).utf8
    if stream.chance(25) { stream.spoil(&bytes) }
    return bytes
  }

  // MARK: Parts

  private mutating func request() -> [UInt8] {
    var text = choice([""], odd: ["\r\n", "\r\n\r\n", "\n", "\r", " ", "\0"])
    text += choice(["GET", "GET", "POST", "PUT", "HEAD", "OPTIONS", "DELETE", "PATCH", "TRACE"], odd: Self.oddMethods)
    text += choice([" "], odd: ["  ", "\t", ""])
    text += choice(
      ["/", "/", "/a/b.css", "/?q=1&r=%20", "/%41;x", "http://h/", "http://h:80/x?y"], odd: Self.oddTargets)
    text += choice([" "], odd: ["  ", "\t", ""])
    text +=
      choice(["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"], odd: Self.oddVersions)
      + lineEnd()
    let body = body()
    var fields = [choice(["Host: h", "Host: h:80", "host:[::1]"], odd: Self.oddHosts), body.field]
    for _ in 0..<number(0...3) { fields.append(choice(Self.fields, odd: Self.oddFields)) }
    fields.shuffle(using: &generator)
    for field in fields where !field.isEmpty { text += field + lineEnd() }
    return Array((text + lineEnd() + body.bytes).utf8)
  }

  private mutating func lineEnd() -> String {
    chance(90) ? "\r\n" : choice(["\r\n"], odd: ["\n", "\r", "\r\r\n", "\n\r"])
  }

  /// A body, and the field that frames it.
  private mutating func body() -> (field: String, bytes: String) {
    switch number(0...3) {
    case 0: return (choice([""], odd: ["Content-Length: 0", "Transfer-Encoding:"]), "")
    case 1:
      let text = choice(["hello", "", "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "\r\n"], odd: ["\0\u{FF}"])
      let length = text.utf8.count
      let field = choice(
        ["Content-Length: \(length)", "content-length:0\(length)"],
        odd: [
          "Content-Length: \(length) \t",
          "Content-Length: +\(length)", "Content-Length: \(length), \(length)", "Content-Length: 0x\(length)",
          "Content-Length: \(length)\r\nContent-Length: \(length)", "Content-Length: \(length) \(length)",
          "Content-Length: -1", "Content-Length: \(length)\r\nTransfer-Encoding: chunked", "Content-Length:",
          "Content-Length: 18446744073709551616", "Content-Length : \(length)", "Content-Length: \(length + 1)",
        ])
      return (field, text)
    default:
      let field = choice(
        ["Transfer-Encoding: chunked", "transfer-encoding:CHUNKED"],
        odd: [
          "Transfer-Encoding: chunked \t",
          "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: ,chunked",
          "Transfer-Encoding: chunked,", "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: identity",
          "Transfer-Encoding: chunked;q=1", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding : chunked",
          "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "Transfer-Encoding: xchunked",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 5",
          "Transfer-Encoding:\r\n chunked", "Transfer-Encoding: chunked x",
        ])
      return (field, chunks())
    }
  }

  private mutating func chunks() -> String {
    var text = ""
    for _ in 0..<number(0...2) {
      let data = choice(["a", "hello", "0\r\n\r\n", "0123456789abcdefg"])
      text += choice(["", "0"], odd: [" ", "+", "-", "0x", "000000000000000000"]) + String(data.utf8.count, radix: 16)
      text += choice(Self.extensions, odd: Self.oddExtensions) + lineEnd() + data + lineEnd()
    }
    text += choice(["0", "00"], odd: ["", "0;", "G", "-0", "10000000000000000"])
    text += choice(Self.extensions, odd: Self.oddExtensions) + lineEnd()
    text += choice(
      ["", "", "X: trailer\r\nY:\r\n"], odd: ["Content-Length: 1\r\n", "X : a\r\n", "X: a\r\n b\r\n", "X\r\n"])
    return text + lineEnd()
  }

  /// Changes a few bytes: spoils one, drops some, doubles some, or puts in one that tells.
  private mutating func spoil(_ bytes: inout [UInt8]) {
    for _ in 0..<number(1...3) where !bytes.isEmpty {
      let place = number(0...bytes.count - 1)
      let end = min(bytes.count, place + number(1...6))
      switch number(0...4) {
      case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
      case 1: bytes.insert(Array("\r\n\0 \t:;,=\"0aF/?#%[]+-".utf8).randomElement(using: &generator) ?? 0, at: place)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 3: bytes.removeSubrange(place..<end)
      default: bytes.removeSubrange(place...)
      }
    }
  }

  // MARK: Chance

  private mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
  private mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  private mutating func choice(_ usual: [String], odd: [String] = []) -> String {
    (!odd.isEmpty && chance(oddity) ? odd : usual).randomElement(using: &generator) ?? ""
  }
}

// MARK: What there is to choose from

extension RandomStream {
  fileprivate static let oddMethods = [
    "BREW", "get", "M-SEARCH", "G(T", "", "CONNECT", "PRI", "QUERY", "G\u{C9}T", "GET\0", "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\nGET",
  ]
  fileprivate static let oddTargets = [
    "*", "/a#b", "//x", "/a b", "/\u{E9}", "https://h/", "ftp://h/", "http://u@h/", "http:///", "h:80", "a/b", "?x", "",
    "/<a>", "/\"", "/{|}", "/\\", "/%zz", "/\u{1}", "/\u{7F}", "http://h", "http://h?x", "http://[::1/", "HTTP://h/",
    "http:/h", "http://h:x/", "/a\tb", "*x",
  ]
  fileprivate static let oddVersions = [
    "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10", "HTTP/1", "HTTP/1,1", "", "HTTPS/1.1",
    "HTTP/3.0", "RTSP/1.0", "ICE/1.0", "HTTP/1.1x",
  ]
  fileprivate static let oddHosts = [
    "", "Host: h\r\nHost: h", "Host:", "Host: a, b", "Host: h/x", "Host: u@h", "Host: h:x", "Host: h h", "Host : h",
    "Host: h:99999", "Host: [::1", "Host: \u{E9}", " Host: h", "Host: %zz",
  ]
  fileprivate static let fields = [
    "X: a", "X-Y: ", "Accept: a, b", "Connection: keep-alive", "Connection: x", "Connection: close", "X:\ta b",
    "Expect: 100-continue", "X: \u{E9}", "X: a  b :c",
  ]
  fileprivate static let oddFields = [
    "X: a\t ",
    "X", ": a", "X : a", "X\t: a", "X Y: a", "X(: a", "X\u{E9}: a", "X: a\r\n b", "X: a\0b", "X: a\u{7}b", "X: a\rb",
    "X: a\u{7F}", " X: a", "X\0: a", "Connection: keep-alive, close", "Connection: close, x", "Connection: ,close",
    "Connection: Close\r\nConnection: keep-alive", "Connection: closed", "X: \u{B}a", "\"X\": a", "X-{}: a", "X:a\n b",
    "Connection: close, keep-alive",
  ]
  fileprivate static let extensions = ["", "", "", ";a", ";a=b", ";a=\"b;\\\"c\"", ";a=b;c=d"]
  fileprivate static let oddExtensions = [
    " ;a", "; a", ";a =b", ";a= b", ";", ";a=", ";=b", " ", "\t", ";a=\"b", ";a b", ";a\0", ";a\rb", ";\u{E9}",
    ";a=\"b\"c",
    ";a=\"\u{7}\"", ";a=\"\\", " a",
  ]
}
