// SPDX-License-Identifier: MIT

// What the reader finds in a text that is JSON: members by name, kinds, numbers, strings; with Foundation's
// JSONSerialization as an oracle for strings and members.

import Bytes
import ConformanceSupport
import Foundation
import Testing

@Suite struct JSONReadingTests {
  @Test func aMessageIsReadMemberByMember() throws {
    let payload = bytes(#" {"type":"set", "id":17, "pin":"led", "on":true, "at":{"boot":{"n":3}}} "#)
    let message = try JSONValue(parsing: payload.span)
    let isSet = message["type"]?.equals("set")
    let id = message["id"]?.uint64
    let isOn = message["on"]?.bool
    let boot = message["at"]?["boot"]?["n"]?.uint32
    #expect(isSet == true)
    #expect(id == 17)
    #expect(isOn == true)
    #expect(boot == 3)
  }

  @Test func absentNullAndWrongTypeAreThreeThings() throws {
    let payload = bytes(#"{"by":null,"id":"17"}"#)
    let message = try JSONValue(parsing: payload.span)
    let absent = message["on"]?.kind
    let null = message["by"]?.kind
    let wrong = message["id"]?.kind
    #expect(absent == nil)
    #expect(null == .null)
    #expect(wrong == .string)
    let nullAsBool = message["by"]?.bool
    let textAsNumber = message["id"]?.uint64
    #expect(nullAsBool == nil)
    #expect(textAsNumber == nil)
  }

  @Test(arguments: [
    ("{}", .object), ("{\"a\":[]}", .object), ("[]", .array), ("[{}]", .array), ("\"\"", .string),
    ("\"true\"", .string), ("0", .number), ("-1", .number), ("1.5e3", .number), ("true", .bool),
    ("false", .bool), ("null", .null),
  ] as [(String, JSONValue.Kind)])
  func aValueKnowsItsKindAndIsNothingElse(_ document: String, _ kind: JSONValue.Kind) throws {
    let payload = bytes(" \(document) ")
    let value = try JSONValue(parsing: payload.span)
    #expect(value.kind == kind)
    #expect(value.isNull == (kind == .null))
    #expect((value.bool != nil) == (kind == .bool))
    #expect((string(payload) != nil) == (kind == .string))
    let hasMember = value["a"] != nil
    #expect(hasMember == (document == "{\"a\":[]}"))
    #expect([UInt8](value.text) == bytes(document))
  }

  // MARK: numbers with sign and decimals, elements and members one by one

  @Test(arguments: [
    ("21.50", 215, -1), ("-4e-3", -4, -3), ("1e1", 1, 1), ("0", 0, 0), ("\"1\"", nil, 0), ("true", nil, 0), ("null", nil, 0),
    ("[1]", nil, 0), ("1e400", nil, 0), ("1234567890123456789", nil, 0),
  ] as [(String, Int64?, Int8)])
  func aNumberIsReadAsADecimal(_ document: String, _ significand: Int64?, _ exponent: Int8) throws {
    let payload = bytes(document)
    let decimal = try JSONValue(parsing: payload.span).decimal
    #expect(decimal == significand.map { Bytes.Decimal($0, exponent: exponent) })
  }

  @Test(arguments: [
    ("[]", []), ("[ ]", []), ("[255,128,0]", ["255", "128", "0"]), (" [ {\"a\":[1]} , [2,3],\"]\" ]", ["{\"a\":[1]}", "[2,3]", "\"]\""]),
    ("{\"a\":1}", nil), ("1", nil), ("\"[]\"", nil),
  ] as [(String, [String]?)])
  func elementsComeInOrder(_ document: String, _ elements: [String]?) throws {
    let payload = bytes(document)
    var seen: [String] = []
    let isArray = try JSONValue(parsing: payload.span).forEachElement { element in
      seen.append(ConformanceSupport.text([UInt8](element.text)))
      return true
    }
    #expect(isArray == (elements != nil))
    #expect(seen == elements ?? [])
  }

  @Test func membersComeInOrderAndAWalkMayEnd() throws {
    let payload = bytes(#"{"parts":{"d\u0065sk":{"on":true},"lamp" : {}, "desk":1}}"#)
    let message = try JSONValue(parsing: payload.span)
    var seen: [String] = []
    var isDesk: [Bool] = []
    message["parts"]?.forEachMember { name, value in
      seen.append(ConformanceSupport.text([UInt8](name.text) + bytes("=") + [UInt8](value.text)))
      isDesk.append(name.equals("desk"))
      return true
    }
    #expect(seen == [#""d\u0065sk"={"on":true}"#, #""lamp"={}"#, #""desk"=1"#])
    #expect(isDesk == [true, false, true])

    var count = 0
    message["parts"]?.forEachMember { _, _ in
      count += 1
      return false
    }
    let numbers = bytes("[1,2,3]")
    try JSONValue(parsing: numbers.span).forEachElement { _ in
      count += 1
      return false
    }
    #expect(count == 2)
    let isObject = try JSONValue(parsing: numbers.span).forEachMember { _, _ in true }
    #expect(!isObject)
  }

  // MARK: members

  @Test(arguments: [
    (#"{"a":1}"#, 1), (#"{"b":2,"a":1}"#, 1), (#"{"a":1,"b":2}"#, 1), (#"{ "a" : 1 }"#, 1),
    (#"{"\u0061":1}"#, 1), (#"{"a":1,"a":2}"#, 2), (#"{"a":1,"\u0061":3,"b":4}"#, 3),
    (#"{"b":{"a":1},"a":5}"#, 5), (#"{"b":{"a":1}}"#, nil), (#"{"b":[{"a":1}]}"#, nil), (#"{"b":"a"}"#, nil),
    (#"{"b":"\"a\":1"}"#, nil), (#"{"aa":1}"#, nil), (#"{"":1}"#, nil), (#"{"A":1}"#, nil),
    (#"{"a\u0000":1}"#, nil), (#"{"\\u0061":1}"#, nil), (#"{" a":1,"a ":1}"#, nil), ("{}", nil), ("[1]", nil),
    (#"["a",1]"#, nil), (#""a""#, nil), ("1", nil), ("null", nil),
  ] as [(String, UInt64?)])
  func aMemberIsFoundByItsDecodedNameAndTheLastOneCounts(_ document: String, _ expected: UInt64?) throws {
    let payload = bytes(document)
    let found = try JSONValue(parsing: payload.span)["a"]?.uint64
    #expect(found == expected)
  }

  @Test func aNullBehindAValueCountsAsNull() throws {
    let payload = bytes(#"{"a":1,"a":null}"#)
    let isNull = try JSONValue(parsing: payload.span)["a"]?.isNull
    #expect(isNull == true)
  }

  @Test(arguments: ["\"/\\ ü\n", "", "日本\u{1F600}"] as [StaticString])
  func namesOfAllCharactersAreFound(_ name: StaticString) throws {
    let document = try [UInt8](JSONSerialization.data(withJSONObject: [name.description: 7, "other": 8]))
    let found = try JSONValue(parsing: document.span)[name]?.uint64
    #expect(found == 7)
  }

  @Test func membersOfRandomObjectsAreThoseThatFoundationFinds() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let values = [
      "1", #"[1,{"a":2}]"#, #"{"a":{"b":3},"c":["}"]}"#, #""}\"{""#, "true", "null", "-1.5e3", #""""#, "[]",
      "{}",
    ]
    for _ in 0..<500 {
      var names = ["a", "b", "c", "d", "e"].shuffled(using: &generator)
      names.removeLast(Int.random(in: 0...5, using: &generator))
      let members = names.map { "\"\($0)\" :\n\(values.randomElement(using: &generator)!)" }
      let document = bytes("{" + members.joined(separator: " , ") + "}")
      let oracle = try #require(try JSONSerialization.jsonObject(with: Data(document)) as? [String: Any])

      let value = try JSONValue(parsing: document.span)
      for name in ["a", "b", "c", "d", "e"] as [StaticString] {
        var found: NSObject?
        if let member = value[name] {
          let text = Data([UInt8](member.text))
          found = try JSONSerialization.jsonObject(with: text, options: .fragmentsAllowed) as? NSObject
        }
        #expect(found == oracle[name.description] as? NSObject, "\(name), seed \(generator.seed)")
      }
    }
  }

  // MARK: numbers

  @Test(arguments: [
    ("0", 0), ("1", 1), ("42", 42), ("4294967295", 4_294_967_295), ("4294967296", 4_294_967_296),
    ("9007199254740993", 9_007_199_254_740_993), ("18446744073709551615", .max),
    ("18446744073709551616", nil), ("99999999999999999999", nil), ("100000000000000000000000", nil),
    ("-1", nil), ("-0", nil), ("1.0", nil), ("0.0", nil), ("1e2", nil), ("1E0", nil), ("0e0", nil),
    ("1.5", nil), ("\"1\"", nil), ("true", nil), ("[1]", nil), ("null", nil),
  ] as [(String, UInt64?)])
  func onlyDigitsThatFitAreAnUnsignedInteger(_ document: String, _ number: UInt64?) throws {
    let payload = bytes(document)
    let value = try JSONValue(parsing: payload.span)
    #expect(value.uint64 == number)
    #expect(value.uint32 == number.flatMap { UInt32(exactly: $0) })
  }

  // MARK: strings

  @Test(arguments: [
    (#""""#, ""), (#""abc""#, "abc"), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u0041\u00e9\u20AC""#, "Aé€"), (#""\ud83d\ude00!""#, "\u{1F600}!"), (#""\uD800\uDC00""#, "\u{10000}"),
    (#""\uDBFF\uDFFF""#, "\u{10FFFF}"), (#""\uD7FF\uE000\uFFFF""#, "\u{D7FF}\u{E000}\u{FFFF}"),
    (#""a\u0000b""#, "a\u{0}b"), (#""é\u00e9日""#, "éé日"), (#""\\u0041""#, "\\u0041"),
  ])
  func escapesAreDecoded(_ document: String, _ expected: String) {
    #expect(string(bytes(document)) == bytes(expected))
  }

  @Test func aStringIsAppendedToWhatIsThereAndNeverLongerThanItsText() throws {
    for document in validDocuments {
      let payload = bytes(document)
      let value = try JSONValue(parsing: payload.span)
      var output = bytes("x")
      let isString = value.appendString(to: &output)
      #expect(isString == (value.kind == .string))
      #expect(output.first == UInt8(ascii: "x"))
      #expect(output.count <= 1 + payload.count)
      if !isString { #expect(output.count == 1) }
    }
  }

  @Test func everyEscapedCodeUnitGivesItsScalar() {
    for unit in UInt16.min ... .max {
      let digits = String(unit, radix: 16)
      let document = bytes("\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\"")
      let expected = Unicode.Scalar(unit).map { bytes(String($0)) }
      if string(document) != expected { Issue.record("\(text(document))") }
    }
  }

  @Test func randomStringsAreThoseThatFoundationReads() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let pieces = [
      "a", " ", "é", "日", "\u{1F600}",
      #"\n"#, #"\""#, #"\\"#, #"\/"#, #"\u0041"#, #"\u00e9"#, #"\u20ac"#, #"\ud83d\ude00"#,
    ]
    for _ in 0..<1000 {
      let length = Int.random(in: 0...10, using: &generator)
      let content = (0..<length).map { _ in pieces.randomElement(using: &generator)! }.joined()
      let document = bytes("\"\(content)\"")
      let oracle = try JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed)
      #expect(string(document) == (oracle as? String).map { bytes($0) }, "\(content), seed \(generator.seed)")
    }
  }

  @Test(arguments: [
    (#""on""#, true), (#""\u006fn""#, true), (#""\u006F\u006e""#, true), (#""""#, false), (#""o""#, false),
    (#""onn""#, false), (#""On""#, false), (#""on ""#, false), (#""on\u0000""#, false),
    (#""\\u006fn""#, false), ("[\"on\"]", false), ("true", false), ("1", false), ("null", false),
    ("{\"on\":1}", false),
  ])
  func aStringEqualsALiteralByItsDecodedBytes(_ document: String, _ isEqual: Bool) throws {
    let payload = bytes(document)
    let value = try JSONValue(parsing: payload.span)
    #expect(value.equals("on") == isEqual)
  }

  /// The decoded bytes of the string that `document` is, or nil if it is no string or no JSON.
  private func string(_ document: [UInt8]) -> [UInt8]? {
    var output: [UInt8] = []
    guard let isString = try? JSONValue(parsing: document.span).appendString(to: &output) else { return nil }
    return isString ? output : nil
  }
}
