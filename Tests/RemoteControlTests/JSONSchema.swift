// SPDX-License-Identifier: MIT

// As much of JSON Schema (2020-12) as the description of the API uses, to hold real answers against it. A keyword that
// it does not know is an issue of the test.

import Foundation
import Testing

/// A schema, and the description that its references point into.
struct JSONSchema {
  let schema: [String: Any]
  let root: [String: Any]

  init(_ schema: [String: Any], in root: [String: Any]) {
    self.schema = schema
    self.root = root
  }

  /// Why `value` does not fit; nil if it does.
  func mistake(in value: Any, at path: String = "$") -> String? {
    for (keyword, argument) in schema {
      if let mistake = mistake(keyword, argument, value, path) { return mistake }
    }
    return nil
  }

  private func sub(_ schema: Any) -> JSONSchema { JSONSchema(schema as? [String: Any] ?? ["?": schema], in: root) }

  private func mistake(_ keyword: String, _ argument: Any, _ value: Any, _ path: String) -> String? {
    let object = value as? [String: Any]
    let array = value as? [Any]
    let number = isBool(value) ? nil : value as? NSNumber
    switch keyword {
    case "$ref":
      let found = (argument as? String ?? "").split(separator: "/").dropFirst()
        .reduce(root as Any?) { ($0 as? [String: Any])?[String($1)] }
      guard let found else { return "\(path): no schema \(argument)" }
      return sub(found).mistake(in: value, at: path)
    case "type":
      let types = argument as? [String] ?? [argument as? String ?? "?"]
      return types.contains { isOf($0, value) } ? nil : "\(path): \(value) is no \(types)"
    case "const": return isEqual(argument, value) ? nil : "\(path): \(value) is not \(argument)"
    case "enum":
      let choices = argument as? [Any] ?? []
      return choices.contains { isEqual($0, value) } ? nil : "\(path): \(value) is none of \(choices)"
    case "required":
      guard let object else { return nil }
      let missing = (argument as? [String] ?? []).first { object[$0] == nil }
      return missing.map { "\(path): no \($0)" }
    case "properties":
      for (name, schema) in argument as? [String: Any] ?? [:] {
        guard let member = object?[name] else { continue }
        if let mistake = sub(schema).mistake(in: member, at: "\(path).\(name)") { return mistake }
      }
      return nil
    case "additionalProperties":
      for (name, member) in object ?? [:] where (schema["properties"] as? [String: Any])?[name] == nil {
        if let mistake = sub(argument).mistake(in: member, at: "\(path).\(name)") { return mistake }
      }
      return nil
    case "propertyNames":
      return (object ?? [:]).keys.lazy.compactMap { sub(argument).mistake(in: $0, at: "\(path) name") }.first
    case "items", "prefixItems":
      for (index, element) in (array ?? []).enumerated() {
        guard let schema = keyword == "items" ? argument : (argument as? [Any]).flatMap({ $0.dropFirst(index).first })
        else { continue }
        if let mistake = sub(schema).mistake(in: element, at: "\(path)[\(index)]") { return mistake }
      }
      return nil
    case "minItems": return (array?.count ?? .max) >= argument as? Int ?? 0 ? nil : "\(path): too short"
    case "maxItems": return (array?.count ?? 0) <= argument as? Int ?? 0 ? nil : "\(path): too long"
    case "minimum": return (number?.doubleValue ?? .infinity) >= argument as? Double ?? 0 ? nil : "\(path): too small"
    case "maximum": return (number?.doubleValue ?? -.infinity) <= argument as? Double ?? 0 ? nil : "\(path): too large"
    case "exclusiveMinimum":
      return (number?.doubleValue ?? .infinity) > argument as? Double ?? 0 ? nil : "\(path): too small"
    case "pattern":
      guard let text = value as? String, let regex = try? Regex(argument as? String ?? "") else { return nil }
      return text.firstMatch(of: regex) == nil ? "\(path): \(text) does not match" : nil
    case "allOf": return (argument as? [Any] ?? []).lazy.compactMap { sub($0).mistake(in: value, at: path) }.first
    case "anyOf", "oneOf":
      let mistakes = (argument as? [Any] ?? []).map { sub($0).mistake(in: value, at: path) }
      let fitting = mistakes.count { $0 == nil }
      return fitting == 1 || (keyword == "anyOf" && fitting > 1) ? nil : "\(path): fits \(fitting) of \(mistakes)"
    case "examples", "description": return nil
    default: return "\(path): unknown keyword \(keyword)"
    }
  }

  private func isBool(_ value: Any) -> Bool {
    (value as? NSNumber).map { String(cString: $0.objCType) == "c" } ?? false
  }

  private func isOf(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "boolean": isBool(value)
    case "null": value is NSNull
    case "number": !isBool(value) && value is NSNumber
    case "integer": !isBool(value) && (value as? NSNumber).map { $0.doubleValue.rounded() == $0.doubleValue } == true
    default: false
    }
  }

  private func isEqual(_ left: Any, _ right: Any) -> Bool { (left as? NSObject) == (right as? NSObject) }
}
