// SPDX-License-Identifier: MIT

// Reads Conformance/http/vectors.txt, which says itself how it is written. The same file is asked over the wire by
// Conformance/http/run.

import Foundation
import Testing

/// One case of the file.
struct Vector: Sendable, CustomTestStringConvertible {
  enum Step: Sendable, Equatable {
    case send([UInt8])
    /// The client sends no more until this interim status has come.
    case await(Int)
    /// The client ends its direction.
    case end
  }

  var name: String
  var clause = ""
  /// What the clause allows.
  var allowed: [Expectation] = []
  /// Where the clause leaves a choice, the one that this server makes.
  var promised: [Expectation] = []
  /// What /echo is to send back, by response; nil where it does not matter.
  var bodies: [[UInt8]?] = []
  var steps: [Step] = []

  var testDescription: String { "\(name) (\(clause))" }

  /// Whether the response of that number, from 0, is one to HEAD.
  func isToHead(_ number: Int) -> Bool {
    allowed.contains { $0.statuses.indices.contains(number) && $0.statuses[number].isToHead }
  }
}

/// Final responses in order, and what becomes of the connection.
struct Expectation: Sendable {
  enum Ending: String { case keep, close, any }

  struct Status: Sendable {
    /// Three characters each; `x` is any digit.
    var patterns: [String]
    var isToHead: Bool

    func allows(_ code: Int) -> Bool {
      patterns.contains { zip($0, "\(code)").allSatisfy { $0 == "x" || $0 == $1 } }
    }
  }

  var statuses: [Status]
  var ending: Ending

  func allows(_ codes: [Int], _ ending: Ending) -> Bool {
    codes.count == statuses.count && zip(statuses, codes).allSatisfy { $0.allows($1) }
      && (self.ending == ending || self.ending == .any)
  }

  /// Reads what stands on a line of `expect` or `here`.
  static func list(_ text: String) throws(FormatError) -> [Expectation] {
    var found: [Expectation] = []
    for alternative in text.components(separatedBy: " or ") {
      var words = alternative.split(separator: " ").map(String.init)
      guard let last = words.popLast(), let ending = Ending(rawValue: last) else {
        throw FormatError(problem: "not an expectation: \(alternative)")
      }
      let statuses = words.map { word in
        let isToHead = word.hasSuffix("/HEAD")
        let patterns = word.prefix(word.count - (isToHead ? 5 : 0)).split(separator: "|").map(String.init)
        return Status(patterns: patterns, isToHead: isToHead)
      }
      found.append(Expectation(statuses: statuses, ending: ending))
    }
    return found
  }
}

struct FormatError: Error {
  var problem: String
}

enum VectorFile {
  /// All cases, in the order of the file; a file that cannot be read stops the tests.
  static let vectors: [Vector] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    do {
      let text = try String(contentsOf: root.appending(path: "Conformance/http/vectors.txt"), encoding: .ascii)
      return try parse(text)
    } catch {
      fatalError("the vectors cannot be read: \(error)")
    }
  }()

  private static func parse(_ text: String) throws -> [Vector] {
    var vectors: [Vector] = []
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      if line.hasPrefix("["), line.hasSuffix("]") {
        vectors.append(Vector(name: String(line.dropFirst().dropLast())))
      } else if let last = vectors.indices.last {
        try read(line, into: &vectors[last])
      }
    }
    for index in vectors.indices where vectors[index].promised.isEmpty {
      vectors[index].promised = vectors[index].allowed
    }
    return vectors
  }

  private static func read(_ line: Substring, into vector: inout Vector) throws(FormatError) {
    let start = line.first ?? " "
    let separator: Character = start.isLetter ? ":" : " "
    let key = line.prefix { $0 != separator }
    let rest = line.dropFirst(key.count + 1)
    let value = rest.hasPrefix(" ") ? rest.dropFirst() : rest
    switch key {
    case "clause": vector.clause = String(value)
    case "expect": vector.allowed = try Expectation.list(String(value))
    case "here": vector.promised = try Expectation.list(String(value))
    case "body": vector.bodies.append(value == "*" ? nil : try unescape(value))
    case "note": break
    case "<": vector.steps.append(.await(Int(rest) ?? 0))
    case "!": vector.steps.append(.end)
    default:
      guard start == ">" || start == "|" else { throw FormatError(problem: "not a line of a case: \(line)") }
      let written = line.dropFirst().hasPrefix(" ") ? line.dropFirst(2) : line.dropFirst()
      append(try unescape(written) + (start == ">" ? [13, 10] : []), to: &vector)
    }
  }

  private static func append(_ bytes: [UInt8], to vector: inout Vector) {
    guard case .send(let before)? = vector.steps.last else { return vector.steps.append(.send(bytes)) }
    vector.steps[vector.steps.count - 1] = .send(before + bytes)
  }

  /// The bytes that an escaped text stands for.
  private static func unescape(_ text: Substring) throws(FormatError) -> [UInt8] {
    let simple: [Character: UInt8] = ["r": 13, "n": 10, "t": 9, "0": 0, "\\": 92]
    var bytes: [UInt8] = []
    var rest = text
    while let character = rest.popFirst() {
      guard character == "\\" else {
        bytes += character.utf8
        continue
      }
      let escape = rest.popFirst() ?? " "
      if let byte = simple[escape] {
        bytes.append(byte)
      } else if escape == "x", let byte = UInt8(rest.prefix(2), radix: 16) {
        bytes.append(byte)
        rest = rest.dropFirst(2)
      } else if escape == "{", let star = rest.firstIndex(of: "*"), let end = rest.firstIndex(of: "}"), star < end,
        let count = Int(rest[..<star])
      {
        let repeated = try unescape(rest[rest.index(after: star)..<end])
        for _ in 0..<count { bytes += repeated }
        rest = rest[rest.index(after: end)...]
      } else {
        throw FormatError(problem: "no such escape in \(text)")
      }
    }
    return bytes
  }
}
