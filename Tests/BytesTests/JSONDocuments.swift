// SPDX-License-Identifier: MIT

// JSON texts that a reader must take, and texts that it must refuse, each with the reason. They walk through
// the grammar of RFC 8259 rule by rule: white space, structure, literals, numbers, strings, encoding.

import Bytes
import ConformanceSupport
import Testing

/// Texts that RFC 8259 allows.
let validDocuments: [String] = [
  // Any value may be a whole text (section 2).
  "true", "false", "null", "0", "-1", #""""#, #""a""#, "[]", "{}", "4.2",
  // White space around every token.
  " true", "true ", "\t\n\r true \r\n\t", " [ ] ", " { } ", "[ 1 , 2 ]", #"{ "a" : 1 , "b" : 2 }"#, "[\n]",
  "{\r\n}", "\n[\n1\n,\n2\n]\n", "{\"a\"\t:\t[\t]\t}",
  // Arrays.
  "[1]", "[1,2,3]", "[[]]", "[[],[]]", "[[[[[]]]]]", "[null,true,false]", #"["a",1,{},[]]"#, #"[""]"#,
  "[[],1]", "[1,[]]", "[{},{}]", "[0]", "[-0]", #"[{"a":[]},[{"b":{}}]]"#,
  // Objects.
  #"{"a":1}"#, #"{"":0}"#, #"{"a":null}"#, #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":"b"}"#, #"{"a":1,"b":2}"#,
  #"{"a":1,"a":2}"#, #"{"a":1,"a":1}"#, #"{"a\u0000b":1}"#, #"{"a b":{"c":[1,{"d":true}]}}"#,
  #"{"min":-1.0e+28,"max":1.0e+28}"#,
  #"{"long":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#,
  // Numbers (section 6).
  "10", "123456789", "-0", "-12", "0.0", "0.5", "-0.5", "1.25", "10.01", "-0.000000000000000000000000001",
  "0e0", "0e1", "0E1", "0e+1", "0e-1", "1e2", "1E2", "1e+2", "1E+2", "1e-2", "1E-2", "1.5e3", "-1.5E-3",
  "123.456e78", "1e00", "1e01", "20e1", "18446744073709551615", "18446744073709551616", "9007199254740993",
  "123456789012345678901234567890", "[1 ]", "[0,1e1,2.0]",
  // Strings (section 7).
  #""abc""#, #"" ""#, #""\"""#, #""\\""#, #""\/""#, #""/""#, #""\b\f\n\r\t""#, #""\\\"""#,
  #""\\n""#, #""\\u0041""#, #""\u0041""#, #""\u00e9""#, #""\u00E9""#, #""\u0000""#, #""\u001F""#,
  #""\u007F""#, #""\u0022""#, #""\u005C""#, #""\u20AC""#, #""\uD7FF""#, #""\uE000""#, #""\uFFFF""#,
  #""\uFDD0""#, #""\uD834\uDD1E""#, #""\ud83d\ude00""#, #""\uD800\uDC00""#, #""\uDBFF\uDFFF""#,
  #""\uD83D\uDE00\uD83D\uDE00""#, #""\u0061\u30af\u30EA\u30b9""#, #""a/*b*/c""#, #""//""#,
  #""[{,:}]""#, #""'""#, "\"\u{7F}\"", #""true""#, #"["\"","\\"]"#,
  // UTF-8 of every length, and what only looks special (section 8.1).
  #""é""#, #""€""#, "\"\u{1F600}\"", "\"\u{10FFFF}\"", "\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\"",
  "\"\u{2028}\u{2029}\"", "\"\u{FEFF}\"", "\"\u{200B}\"", #"{"ключ":"значение"}"#, "[\"日本\",\"\u{A0}\"]",
]

/// A text to be refused, and why.
struct InvalidDocument: Sendable, CustomTestStringConvertible {
  var bytes: [UInt8]
  var error: JSONError
  var testDescription: String { text(bytes) }

  init(_ document: String, _ error: JSONError) { self.init(bytes: Array(document.utf8), error) }

  init(bytes: [UInt8], _ error: JSONError) {
    self.bytes = bytes
    self.error = error
  }

  /// Invalid UTF-8 between quotation marks.
  init(stringOf hex: String) {
    self.init(bytes: [0x22] + ConformanceSupport.bytes(hex: hex) + [0x22], .invalidUTF8)
  }
}

private func refused(_ error: JSONError, _ documents: [String]) -> [InvalidDocument] {
  documents.map { InvalidDocument($0, error) }
}

/// Texts that RFC 8259 does not allow.
let invalidDocuments: [InvalidDocument] =
  refused(.unexpectedEnd, [
    // Nothing, or not yet all of a value.
    "", " ", "\t\n\r ", "[", "{", "[ ", "{ ", "[[", "[[]", "[1", "[1,", "[1, ", #"["a""#, #"["a"#, "[{",
    "[{}", #"{"a""#, #"{"a" "#, #"{"a":"#, #"{"a": "#, #"{"a":1"#, #"{"a":1 "#, #"{"a":1,"#, #"{"a":{"#,
    #"{"a":{}"#, #"{"a":["#, #"{"a"#, #"{""#, #"["\"#, "t", "tru", "fals", "nul", "-", "1.", "0.", "1e", "1E",
    "1e+", "1e-", "1.5e", #"""#, #""abc"#, #""\"#, #""\""#, #""\u"#, #""\u0"#, #""\u00"#, #""\u004"#,
    #""\u0041"#, #""\uD834\u"#, #""\uD834\uDD1"#, #""\\\""#, "[1,[2,[3", "[true,false",
  ])
  + refused(.unexpectedByte, [
    // Structure.
    "]", "}", ",", ":", "[}", "{]", "[1}", #"{"a":1]"#, "[,]", "[,1]", "[1,]", "[1,,2]", "[1,,]", "[1 2]",
    "[1:2]", #"["a":1]"#, "[[]1]", "[1[]]", "[1,}", "[{]}", "[[}]", "{,}", #"{,"a":1}"#, #"{"a":1,}"#,
    #"{"a":1,,"b":2}"#, #"{"a"}"#, #"{"a",1}"#, #"{"a" 1}"#, #"{"a":}"#, #"{"a":,}"#, #"{"a"::1}"#,
    #"{"a":1:2}"#, #"{"a":1 "b":2}"#, #"{"a":"b" "c"}"#, "{:1}", "{1:1}", "{a:1}", "{'a':1}",
    "{true:1}", "{null:null}", "{[]:1}", "{{}:1}", #"{"a":1;}"#, "[1;2]", "(1)", "<null>", "[*]", "[<null>]",
    #"{"a"=1}"#, "{1}", #"{"a":1,1}"#,
    // Literals.
    "True", "TRUE", "nil", "nulL", "truE", "tru e", "falze", "undefined", "none", #"t"""#, "[nul]", "[fals,]",
    "[tr]", #"{"a":tru}"#,
    // Numbers.
    "+1", "-a", "--1", "-+1", "+-1", ".5", "-.5", "[1.]", "[1.,2]", "1.e1", "1..2", "1.a", "[1e]", "1ee2",
    "1e+-2", "1e++2", "1e-+2", "1ea", "1e.5", "[0.e1]", "NaN", "nan", "Infinity", "-Infinity", "-NaN", "Inf",
    "[1e+]", "[-]", "[- 1]", "[0x]", "[01]", "[-01]", "[00]", "[1 000]", "[1_000]", "[0x42]", "[1.2.3]",
    "[1e5.5]", "[1a]", "[1+2]", "１", "[１]", "[−1]",
    // Strings and comments.
    "'a'", "`a`", "a", "abc", "[a", #"\u0041"#, #"[\n]"#, #"["a"b]"#, #"["a""b"]"#, #"["a\"""]"#, "/**/1",
    "//\n1", "[1/**/]", "[1,//\n2]", "#1\n1", #"{"a":/*x*/1}"#, "“a”", "«»",
    // White space that is none.
    "\u{B}1", "\u{C}[]", "\u{A0}1", "\u{2028}1", "\u{3000}1", "[\u{B}]", "[\u{C}]", "[1\u{A0}]", "{\u{85}}",
    "\u{FEFF}", "\u{FEFF}{}", "[\u{2060}]", "\u{0}", "\u{0}1", "[\u{0}]", "\u{1}", "[1,\u{0}2]",
  ])
  + refused(.trailingBytes, [
    "1 2", "1,2", "1,", "01", "00", "-01", "-00", "0x42", "012", "1a", "1.5.5", "1e5e5", "1.0+", "1-1",
    "true false", "truer", "true,", "truetrue", "nulls", "null]", "[]]", "[][]", "[],", "[]x", "[] //", "{}}",
    "{}{}", "{},", "{}x", "{}#", "{} /**/", #""a"b"#, #""a""b""#, #""a":1"#, #""","#, #"{"a":1}/"#,
    #"{"a":1}}"#, "[1]\u{0}", "1\u{0}", "1\u{B}", "[]\u{A0}", "1\u{FEFF}", #""\\"""#,
  ])
  + refused(.controlCharacter, [
    "\"\u{0}\"", "\"\u{1}\"", "\"\u{8}\"", "\"\t\"", "\"\n\"", "\"\r\"", "\"\u{B}\"", "\"\u{1B}\"",
    "\"\u{1F}\"", "\"a\nb\"", "[\"a\u{0}a\"]", "\"new\nline", "{\"a\tb\":1}", "{\"\n\":1}", "[\"\\n\n\"]",
  ])
  + refused(.malformedEscape, [
    #""\a""#, #""\x41""#, #""\0""#, #""\1""#, #""\v""#, #""\'""#, #""\ ""#, #""\U0041""#, #""\B""#,
    #""\N""#, "\"\\\n\"", "\"\\\u{0}\"", #""\é""#, #""\u""#, #""\u0""#, #""\u00""#, #""\u004""#,
    #""\u00G0""#, #""\u 041""#, #""\u-041""#, #""\u+041""#, #""\u{41}""#, #""\u0x41""#, #""\u004é""#,
    #""\uD834\uDD1""#, #""\uD834\uDDXX""#, #""\u００41""#, #"{"\x":1}"#, #"["\u00A"]"#,
    "\"\\\u{1F600}\"",
  ])
  + refused(.unpairedSurrogate, [
    #""\uD800""#, #""\uDBFF""#, #""\uDC00""#, #""\uDFFF""#, #""\uD834x""#, #""\uD834\n""#,
    #""\uD834\\""#, #""\uD834\u0041""#, #""\uD834\uD834""#, #""\uD834\uD834\uDD1E""#,
    #""\uDD1E\uD834""#, #""\uD83D \uDE00""#, #""\uD834"#, #""\uD834\"#, #""\uD834\uE000""#,
    #""\uDC00\uDC00""#, #""\uDC00\uDC""#,
    #"{"\uDEAD":1}"#, #"["\ud800a"]"#, #""\uD834\uDBFF""#,
  ])
  + [
    "80", "BF", "C0 80", "C0 AF", "C1 BF", "C2", "C2 20", "E0 80 80", "E0 9F BF", "E2 82", "ED A0 80",
    "ED BF BF", "EF BF", "F0 80 80 80", "F0 8F BF BF", "F0 9F 98", "F4 90 80 80", "F5 80 80 80",
    "F8 88 80 80 80", "FE", "FF", "61 E9 62", "FF FE 61 00", "ED A0 BD ED B8 80",
  ].map { InvalidDocument(stringOf: $0) }
  + [
    // UTF-8 is judged before anything else: outside of strings, at either end, and in UTF-16 and UTF-32.
    "FF", "5B E9 5D", "5B 5D C3", "80 5B 5D", "7B 22 61 22 3A 31 7D E2 82", "FE FF 00 5B 00 5D",
    "FF FE 5B 00 5D 00", "22 5C E9 22", "31 A0",
  ].map { InvalidDocument(bytes: bytes(hex: $0), .invalidUTF8) }
