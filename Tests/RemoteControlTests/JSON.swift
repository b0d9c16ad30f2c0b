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
  func string(_ name: String) -> String? { members[name] as? String }
  func number(_ name: String) -> UInt64? { (members[name] as? NSNumber)?.uint64Value }

  /// A truth value some objects deep.
  func truth(_ path: String...) -> Bool? {
    var value: Any? = members
    for name in path { value = (value as? [String: Any])?[name] }
    return value as? Bool
  }
}
