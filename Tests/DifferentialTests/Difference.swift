// SPDX-License-Identifier: MIT

// Where two readings of one stream part, and what stands there: the request that only one of them took, or that they
// took differently, looked at with the simplest of means, so that a rule can see for itself what is odd about it.

import HTTPCore
import NIOHTTP1

/// The first difference between our reading of a stream and llhttp's.
struct Difference {
  enum Kind {
    /// We refuse, or take no more, where llhttp goes on.
    case onlyTheyTake
    /// llhttp refuses where we go on.
    case onlyWeTake
    /// Both took a request, and saw it differently.
    case seenDifferently
  }

  let kind: Kind
  let ours: Reading<RemoteProtocolError>
  let theirs: Reading<HTTPParserError>
  /// The number of the request, from 0.
  let index: Int
  /// That request, as far as we take it, or the rest of the stream; and the one before it.
  let request: RequestText
  let previous: RequestText

  /// The first difference, or nil if there is none.
  init?(_ bytes: [UInt8]) {
    let (ours, starts) = Reading.ours(bytes)
    let theirs = Reading.llhttp(bytes)
    let index = zip(ours.requests, theirs.requests).prefix { $0 == $1 }.count
    if ours.requests.count > index, theirs.requests.count > index {
      kind = .seenDifferently
    } else if ours.requests.count > index {
      kind = .onlyWeTake
    } else if theirs.requests.count > index {
      kind = .onlyTheyTake
    } else if (ours.refusal == nil) == (theirs.refusal == nil) {
      return nil
    } else {
      kind = ours.refusal == nil ? .onlyWeTake : .onlyTheyTake
    }
    self.ours = ours
    self.theirs = theirs
    self.index = index
    request = RequestText(bytes[starts[index]..<(starts.count > index + 1 ? starts[index + 1] : bytes.count)])
    previous = RequestText(index > 0 ? bytes[starts[index - 1]..<starts[index]] : [])
  }
}

/// A request taken apart at its line ends, colons and spaces, whatever it holds.
struct RequestText {
  /// The bytes, each as one character.
  let text: String
  /// What stands before the first space, between the first and the last, and behind the last.
  let method: String
  let target: String
  let version: String
  /// Names in lower case; values as they are, white space included.
  let fields: [(name: String, value: String)]
  /// The lines behind the empty line.
  let bodyLines: [String]

  init(_ bytes: ArraySlice<UInt8>) {
    text = Self.text(bytes)
    var lines = Self.lines(bytes)
    if lines.first == "" { lines.removeFirst() }  // one empty line may come first
    let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    method = words.first ?? ""
    version = words.last ?? ""
    target = words.dropFirst().dropLast().joined(separator: " ")
    let fieldLines = lines.dropFirst().prefix { !$0.isEmpty }
    fields = fieldLines.map { line in
      let name = line.prefix { $0 != ":" }
      return (name.lowercased(), String(line.dropFirst(name.count + 1)))
    }
    bodyLines = Array(lines.dropFirst(fieldLines.count + 2))
  }

  /// The values of all fields of that name, without white space around them.
  func values(_ name: String) -> [String] {
    fields.filter { $0.name == name }.map { $0.value.trimmingBlanks }
  }

  /// The elements of the list in all fields of that name, in lower case; empty ones too.
  func list(_ name: String) -> [String] {
    values(name).flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
      .map { String($0).trimmingBlanks.lowercased() }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
    var lines: [String] = []
    var start = bytes.startIndex
    for index in bytes.indices.dropFirst() where bytes[index - 1] == 13 && bytes[index] == 10 && index > start {
      lines.append(text(bytes[start..<index - 1]))
      start = index + 1
    }
    lines.append(text(bytes[start...]))
    return lines
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    let start = drop { $0 == " " || $0 == "\t" }
    return String(start.prefix(start.count - start.reversed().prefix { $0 == " " || $0 == "\t" }.count))
  }
}
