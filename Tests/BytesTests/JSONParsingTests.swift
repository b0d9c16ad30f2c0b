// SPDX-License-Identifier: MIT

// Which texts are JSON: against the tables of JSONDocuments.swift, against Foundation's JSONSerialization as
// an oracle for random mutations of them, cut short, nested deep, and large.

import Bytes
import ConformanceSupport
import Foundation
import Testing

@Suite struct JSONParsingTests {
  @Test(arguments: validDocuments)
  func aValidTextIsTaken(_ document: String) {
    #expect(refusal(of: bytes(document)) == nil)
    #expect(refusal(of: bytes(" \t\r\n\(document)\n\r\t ")) == nil)
    #expect(refusal(of: bytes("[\(document),\(document)]")) == nil)
    #expect(refusal(of: bytes("{\"a\":\(document),\"b\":[\(document)]}")) == nil)
    #expect(foundationTakes(bytes(document)))
  }

  @Test(arguments: invalidDocuments)
  func anInvalidTextIsRefusedWithItsReason(_ document: InvalidDocument) {
    #expect(refusal(of: document.bytes) == document.error)
    #expect(refusal(of: bytes("{\"a\":") + document.bytes + bytes("}")) != nil)
  }

  @Test(arguments: validDocuments)
  func bytesBehindTheValueAreRefused(_ document: String) {
    #expect(refusal(of: bytes(document + " x")) == .trailingBytes)
    #expect(refusal(of: bytes(document + "\n,")) == .trailingBytes)
    #expect(refusal(of: bytes("\(document) \(document)")) == .trailingBytes)
  }

  @Test(arguments: validDocuments.filter { $0.hasPrefix("[") || $0.hasPrefix("{") || $0.hasPrefix("\"") })
  func everyBeginningOfATextIsRefusedAsTooShort(_ document: String) {
    let whole = bytes(document)
    let end = whole.lastIndex { !$0.isLinearWhitespace }!  // what follows the value may be missing
    for length in 0..<end {
      let prefix = Array(whole[..<length])
      let isCharacterBoundary = String(validating: prefix, as: UTF8.self) != nil
      let refusal = refusal(of: prefix)
      if !isCharacterBoundary {
        #expect(refusal == .invalidUTF8)
      } else if refusal != .unpairedSurrogate {  // a cut may leave half of a pair
        #expect(refusal == .unexpectedEnd, "\(text(prefix))")
      }
    }
  }

  @Test func aTextIsReadWhereItLies() throws {
    let buffer = bytes("}}{\"a\":[1,{\"b\":2}]}]]")
    let value = try JSONValue(parsing: buffer.span.extracting(2..<18 + 1))
    #expect([UInt8](value.text) == bytes("{\"a\":[1,{\"b\":2}]}"))
  }

  // MARK: limits

  @Test(arguments: [("[", "]"), ("{\"a\":", "}"), ("[{\"a\":[", "]}]")])
  func nestingEndsAtTheLimit(_ open: String, _ close: String) {
    let levels = open.filter { $0 == "[" || $0 == "{" }.count
    func nested(_ depth: Int) -> [UInt8] {
      bytes(String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth))
    }
    let deepest = JSONValue.maximumDepth / levels
    for depth in 0...deepest { #expect(refusal(of: nested(depth)) == nil) }
    #expect(refusal(of: nested(deepest + 1)) == .tooDeep)
    #expect(refusal(of: nested(200_000)) == .tooDeep)
    #expect(refusal(of: bytes(String(repeating: open, count: 200_000))) == .tooDeep)
    #expect(refusal(of: bytes(String(repeating: close, count: 200_000))) == .unexpectedByte)
  }

  @Test func emptyArraysAndObjectsCountAsALevel() {
    let outer = JSONValue.maximumDepth - 1
    for inner in ["[]", "{}"] {
      let deepest = String(repeating: "[", count: outer) + inner + String(repeating: "]", count: outer)
      #expect(refusal(of: bytes(deepest)) == nil)
      #expect(refusal(of: bytes("[\(deepest)]")) == .tooDeep)
    }
  }

  @Test func levelsThatWereLeftDoNotCount() {
    let level = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
    #expect(refusal(of: bytes("[" + Array(repeating: level, count: 100).joined(separator: ",") + "]")) == nil)
  }

  @Test func aLargeTextIsJudgedAsASmallOne() {
    let many = "{" + (0..<20_000).map { "\"name\($0)\":[\($0),\"é\"]" }.joined(separator: ",") + "}"
    #expect(refusal(of: bytes(many)) == nil)
    #expect(refusal(of: bytes(String(many.dropLast()))) == .unexpectedEnd)
    let long = "\"" + String(repeating: "x\\n", count: 100_000) + "\""
    #expect(refusal(of: bytes(long)) == nil)
    #expect(refusal(of: bytes(String(repeating: "9", count: 300_000))) == nil)
  }

  // MARK: Foundation as an oracle

  @Test func randomMutationsAreJudgedAsFoundationDoes() {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let originals = validDocuments.map { bytes($0) } + invalidDocuments.map(\.bytes)
    for _ in 0..<20_000 {
      var sample = originals.randomElement(using: &generator)!
      for _ in 0..<Int.random(in: 0...3, using: &generator) { mutate(&sample, using: &generator) }
      guard isComparable(sample) else { continue }
      let refusal = refusal(of: sample)
      if refusal == nil { expectReadable(sample, "\(sample), seed \(generator.seed)") }
      if (refusal == nil) != foundationTakes(sample), !isKnownDifference(sample, refused: refusal != nil) {
        Issue.record("\(text(sample)) \(sample): \(String(describing: refusal)), seed \(generator.seed)")
      }
    }
  }

  /// No way to look at a value that was taken may fail; a string is the one that Foundation reads.
  private func expectReadable(_ document: [UInt8], _ comment: Comment) {
    guard let value = try? JSONValue(parsing: document.span) else { return }
    let member = value["a"]?.kind
    #expect(member == nil || value.kind == .object, comment)
    #expect(!value.equals("a") || value.kind == .string, comment)
    #expect((value.uint64 == nil) || value.kind == .number, comment)
    var string: [UInt8] = []
    if value.appendString(to: &string) {
      let oracle = try? JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed)
      if !string.starts(with: bytes("\u{FEFF}")) {  // Foundation drops it
        #expect((oracle as? String).map { bytes($0) } == string, comment)
      }
    }
  }

  /// Replaces, inserts, removes or doubles something, mostly with bytes that mean something in JSON.
  private func mutate(_ sample: inout [UInt8], using generator: inout SeededGenerator) {
    let meaningful = bytes("{}[]:,\"\\/ \t\n0123456789+-.eEutrfalsn")
    let byte = Bool.random(using: &generator)
      ? meaningful.randomElement(using: &generator)! : UInt8.random(in: 1 ... .max, using: &generator)
    let place = Int.random(in: 0...sample.count, using: &generator)
    switch Int.random(in: 0..<4, using: &generator) {
    case 0 where place < sample.count: sample[place] = byte
    case 1 where place < sample.count: sample.remove(at: place)
    case 2: sample.insert(contentsOf: sample[..<place], at: place)
    default: sample.insert(byte, at: place)
    }
  }

  /// Whether Foundation takes it for UTF-8: it guesses other encodings from NULs and byte order marks.
  private func isComparable(_ sample: [UInt8]) -> Bool {
    !sample.contains(0) && !sample.starts(with: [0xEF, 0xBB, 0xBF]) && !sample.starts(with: [0xFE, 0xFF])
      && !sample.starts(with: [0xFF, 0xFE])
  }

  /// Foundation takes a comma before a closing bracket, and refuses numbers beyond what a Double holds.
  private func isKnownDifference(_ sample: [UInt8], refused: Bool) -> Bool {
    let pattern = refused ? ",[ \\t\\n\\r]*[\\]}]" : "[eE][+-]?[0-9]{3}"
    return text(sample).range(of: pattern, options: .regularExpression) != nil
  }

  private func foundationTakes(_ document: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed)) != nil
  }

  private func refusal(of document: [UInt8]) -> JSONError? {
    do throws(JSONError) {
      _ = try JSONValue(parsing: document.span)
      return nil
    } catch { return error }
  }
}
