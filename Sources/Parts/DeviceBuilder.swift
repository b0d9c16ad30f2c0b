// SPDX-License-Identifier: MIT

// A device described in Swift: parts between braces, with `if` and `for` where they help.

import Bytes

/// Collects the parts between braces.
@resultBuilder
public enum DeviceBuilder {
  /// A part by itself.
  public static func buildExpression(_ part: Part) -> [Part] { [part] }
  /// A list of parts, such as a function returns.
  public static func buildExpression(_ parts: [Part]) -> [Part] { parts }
  /// All parts between two braces, in order.
  public static func buildBlock(_ parts: [Part]...) -> [Part] { parts.flatMap { $0 } }
  /// The parts of an `if` without `else`; none if it does not apply.
  public static func buildOptional(_ parts: [Part]?) -> [Part] { parts ?? [] }
  /// The parts of an `if` that applies.
  public static func buildEither(first: [Part]) -> [Part] { first }
  /// The parts of its `else`.
  public static func buildEither(second: [Part]) -> [Part] { second }
  /// The parts of each turn of a `for`, in order.
  public static func buildArray(_ parts: [[Part]]) -> [Part] { parts.flatMap { $0 } }
}

extension Device {
  /// A device called `name` with the parts between the braces.
  ///
  /// - Throws: `DeviceMistake` if a name, a channel, an interlock or an action is wrong.
  public init(
    _ name: StaticString, statusOutput: Int? = nil, @DeviceBuilder _ parts: () -> [Part]
  ) throws(DeviceMistake) {
    try self.init([UInt8](name), parts: parts(), statusOutput: statusOutput)
  }
}
