// SPDX-License-Identifier: MIT

// What the writer writes: byte-exact where the form is ours, and read back by Foundation's JSONSerialization
// and by our own reader for random contents. String(decoding:) is the oracle for where U+FFFD stands.

import Bytes
import ConformanceSupport
import Foundation
import Testing

@Suite struct JSONWriterTests {
  @Test func aMessageIsWrittenWithItsCommas() {
    let message = written { json in
      json.beginObject()
      json.member("type", "state")
      json.member("rev", UInt64(42))
      json.name("pins")
      json.beginObject()
      json.name("led")
      json.beginObject()
      json.member("on", true)
      json.endObject()
      json.name("button")
      json.beginObject()
      json.member("pressed", false)
      json.endObject()
      json.endObject()
      json.name("by")
      json.null()
      json.name("list")
      json.beginArray()
      json.value(UInt8(1))
      json.beginArray()
      json.endArray()
      json.value("two")
      json.beginObject()
      json.endObject()
      json.value(true)
      json.null()
      json.endArray()
      json.member("clients", UInt32(1))
      json.endObject()
    }
    #expect(
      text(message) == #"{"type":"state","rev":42,"pins":{"led":{"on":true},"button":{"pressed":false}},"#
        + #""by":null,"list":[1,[],"two",{},true,null],"clients":1}"#)
  }

  @Test(arguments: ["[", "{", "data: ", "x,"])
  func aTextIsAppendedToWhatIsThereWithoutAComma(_ before: String) {
    var output = bytes(before)
    JSONWriter.append(to: &output) { $0.value(true) }
    JSONWriter.append(to: &output) { $0.value("") }
    #expect(text(output) == before + "true\"\"")
  }

  @Test func aReusedArrayKeepsItsMemory() {
    var output: [UInt8] = []
    func write() {
      output.removeAll(keepingCapacity: true)
      JSONWriter.append(to: &output) { json in
        json.beginObject()
        json.member("name", "Kitchen <1>")
        json.member("rev", UInt64.max)
        json.endObject()
      }
    }
    write()
    let capacity = output.capacity
    let address = output.withUnsafeBufferPointer { $0.baseAddress }
    for _ in 0..<100 { write() }
    #expect(output.capacity == capacity)
    #expect(output.withUnsafeBufferPointer { $0.baseAddress } == address)
  }

  @Test func numbersAreWrittenExactly() {
    #expect(text(written { $0.value(UInt64.max) }) == "18446744073709551615")
    #expect(text(written { $0.value(UInt64.min) }) == "0")
    #expect(text(written { $0.value(UInt32.max) }) == "4294967295")
    #expect(text(written { $0.value(UInt8(7)) }) == "7")
    #expect(text(written { $0.value(Int64.min) }) == "-9223372036854775808")
    #expect(text(written { $0.value(-7) }) == "-7")
    #expect(text(written { $0.value(Bytes.Decimal(-215, exponent: -1)) }) == "-21.5")
  }

  @Test func aNumberThatIsNotThereIsNullAndNamesMayBeKnownAtRunTimeOnly() {
    let name = bytes("ce\"lsius")
    let message = written { json in
      json.beginObject()
      json.name(name.span)
      json.beginObject()
      json.member("value", Bytes.Decimal(214, exponent: -1))
      json.member("at", Int64(-3))
      json.member("min", nil as Bytes.Decimal?)
      json.endObject()
      json.endObject()
    }
    #expect(text(message) == #"{"ce\"lsius":{"value":21.4,"at":-3,"min":null}}"#)
  }

  // MARK: strings

  @Test(arguments: [
    ("", ""), ("abc", "abc"), ("\"", "\\\""), ("\\", "\\\\"), ("/", "/"), ("\n\r\t", "\\n\\r\\t"),
    ("\u{0}", "\\u0000"), ("\u{8}\u{B}\u{C}", "\\u0008\\u000b\\u000c"), ("\u{1F}", "\\u001f"),
    ("\u{7F}", "\u{7F}"), ("é日\u{1F600}", "é日\u{1F600}"), ("</script><!--", "\\u003C/script>\\u003C!--"),
    ("a<b", "a\\u003Cb"), ("a\"b\"", "a\\\"b\\\""), ("\"é\"", "\\\"é\\\""),
  ])
  func aStringIsEscaped(_ plain: String, _ escaped: String) {
    #expect(text(written { $0.value(bytes(plain).span) }) == "\"\(escaped)\"")
  }

  @Test func literalsNamesAndMembersAreEscapedAlike() {
    let message = written { json in
      json.beginArray()
      json.value("\"<\\")
      json.beginObject()
      json.member("a\"", "<")
      json.member("\n", bytes("\"").span)
      json.endObject()
      json.endArray()
    }
    #expect(text(message) == #"["\"\u003C\\",{"a\"":"\u003C","\n":"\""}]"#)
  }

  @Test func everyByteBecomesWhatFoundationReadsBackAsTheSameText() throws {
    for byte in UInt8.min ... .max { try expectRoundTrip([byte]) }
  }

  @Test func randomBytesBecomeTheTextThatStringDecodesThemTo() throws {
    var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
    let pieces: [[UInt8]] = [
      bytes("abc"), bytes("é"), bytes("日"), bytes("\u{1F600}"), bytes("<\"\\"),  // whole
      [0x80], [0xC0], [0xC3], [0xE0], [0xE0, 0xA0],
      [0xED, 0xA0, 0x80], [0xEF, 0xBF], [0xF0, 0x90], [0xF0, 0x9F, 0x98], [0xF4, 0x90], [0xF5], [0xFF],
      [0x0A], [0x1F],
    ]
    for _ in 0..<2000 {
      let length = Int.random(in: 0...8, using: &generator)
      let plain = (0..<length).flatMap { _ in pieces.randomElement(using: &generator)! }
      try expectRoundTrip(plain, "\(plain), seed \(generator.seed)")
    }
  }

  /// Foundation and our reader both read back what the writer made of `plain`.
  private func expectRoundTrip(_ plain: [UInt8], _ comment: Comment? = nil) throws {
    let document = written { $0.value(plain.span) }
    let expected = String(decoding: plain, as: UTF8.self)
    let read = try JSONSerialization.jsonObject(with: Data(document), options: .fragmentsAllowed) as? String
    #expect(read.map { bytes($0) } == bytes(expected), comment)

    var ours: [UInt8] = []
    let isString = try JSONValue(parsing: document.span).appendString(to: &ours)
    #expect(isString && ours == bytes(expected), comment)
    #expect(!document.contains(UInt8(ascii: "<")), comment)
  }

  private func written(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var output: [UInt8] = []
    JSONWriter.append(to: &output, body)
    return output
  }
}
