// SPDX-License-Identifier: MIT

// JSON read by a parser that is not ours.

import Foundation
import Testing

/// A JSON object as Foundation reads it.
struct JSON {
  let members: [String: Any]

  init(_ text: String) throws {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    members = try #require(object as? [String: Any], "not an object: \(text)")
  }

  var names: Set<String> { Set(members.keys) }

  /// What is at the end of a path of names.
  private func member(_ path: [String]) -> Any? {
    path.reduce(members as Any?) { value, name in (value as? [String: Any])?[name] }
  }

  func string(_ path: String...) -> String? { member(path) as? String }
  func number(_ path: String...) -> UInt64? { (member(path) as? NSNumber)?.uint64Value }
  func truth(_ path: String...) -> Bool? { member(path) as? Bool }
  func double(_ path: String...) -> Double? { (member(path) as? NSNumber)?.doubleValue }
  func names(of path: String...) -> Set<String> { Set((member(path) as? [String: Any] ?? [:]).keys) }
  func has(_ path: String...) -> Bool { member(path) != nil }
}
