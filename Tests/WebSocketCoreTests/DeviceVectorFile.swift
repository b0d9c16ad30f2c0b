// SPDX-License-Identifier: MIT

// Reads Firmware/Tests/websocket-vectors.txt and handshake-vectors.txt, which say themselves how they are written. The
// firmware's tests send them over the wire.

import ConformanceSupport
import Foundation
import Testing
import WebSocketCore

/// One case of a file: its name, and its lines by the word that each begins with.
struct DeviceVector: CustomTestStringConvertible {
  var name: String
  var lines: [(key: String, value: String)] = []
  var testDescription: String { name }

  func values(of key: String) -> [String] { lines.filter { $0.key == key }.map(\.value) }

  /// The cases of a file beside the firmware's tests; one that cannot be read stops the tests.
  static func read(_ name: String) -> [DeviceVector] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    guard let text = try? String(contentsOf: root.appending(path: "Firmware/Tests/\(name)"), encoding: .utf8) else {
      fatalError("\(name) cannot be read")
    }
    var vectors: [DeviceVector] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("["), line.hasSuffix("]") {
        vectors.append(DeviceVector(name: String(line.dropFirst().dropLast())))
      } else if let last = vectors.indices.last {
        let key = line.prefix { $0 != " " }
        vectors[last].lines.append((String(key), String(line.dropFirst(key.count + 1))))
      }
    }
    return vectors
  }

  /// The bytes that a client sends.
  var bytes: [UInt8] {
    lines.flatMap { key, value -> [UInt8] in
      switch key {
      case "=": return ConformanceSupport.bytes(hex: value)
      case ">", "-", "2>", "8>":
        let first = ConformanceSupport.bytes(hex: String(value.prefix(2)))
        var frame = ClientFrame(first: first[0], payload: Self.unescaped(value.dropFirst(3)))
        if key == "-" { frame.key = nil }
        frame.extended = key.first?.wholeNumberValue
        return frame.bytes
      default: return []
      }
    }
  }

  /// What comes of them, as the file words it.
  var seen: [String] {
    values(of: "seen:").map { line in
      let event = line.prefix { $0 != " " }
      return Self.words(String(event), Self.unescaped(line.dropFirst(event.count + 1)))
    }
  }

  /// The lines of a request, sorted.
  var request: [String] { values(of: ">").map { text(Self.unescaped($0[...])) }.sorted() }

  /// An event and what came with it.
  static func words(_ event: String, _ content: [UInt8]) -> String { "\(event) \(content)" }

  /// `\\`, `\xHH`, and `\{N*text}` for N times text.
  static func unescaped(_ text: Substring) -> [UInt8] {
    var result: [UInt8] = []
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\" else {
        result += Array(character.utf8)
        continue
      }
      switch rest.popFirst() {
      case "x":
        result += ConformanceSupport.bytes(hex: String(rest.prefix(2)))
        rest = rest.dropFirst(2)
      case "{":
        let count = rest.prefix { $0.isNumber }
        let end = rest.firstIndex(of: "}") ?? rest.endIndex
        let repeated = unescaped(rest[rest.index(count.endIndex, offsetBy: 1)..<end])
        for _ in 0..<(Int(count) ?? 0) { result += repeated }
        rest = rest[end...].dropFirst()
      case let other?: result += Array(other.utf8)
      case nil: break
      }
    }
    return result
  }
}

extension Seen {
  /// As the file words it.
  var words: String {
    switch self {
    case .text(let text): DeviceVector.words("text", bytes(text))
    case .binary(let content): DeviceVector.words("binary", content)
    case .ping(let content): DeviceVector.words("ping", content)
    case .pong(let content): DeviceVector.words("pong", content)
    case .closed(let code, ""): DeviceVector.words("closed", bytes("\(code)"))
    case .closed(let code, let reason): DeviceVector.words("closed", bytes("\(code) \(reason)"))
    case .refused(let error): DeviceVector.words("refused", bytes("\(error.closeCode.rawValue) \(error)"))
    }
  }
}
