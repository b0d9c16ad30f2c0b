// SPDX-License-Identifier: MIT

// A device described in Swift: parts between braces, with `if` and `for` where they help.

import Bytes

/// Collects the parts between braces.
@resultBuilder
public enum DeviceBuilder {
  public static func buildExpression(_ part: Part) -> [Part] { [part] }
  public static func buildExpression(_ parts: [Part]) -> [Part] { parts }
  public static func buildBlock(_ parts: [Part]...) -> [Part] { parts.flatMap { $0 } }
  public static func buildOptional(_ parts: [Part]?) -> [Part] { parts ?? [] }
  public static func buildEither(first: [Part]) -> [Part] { first }
  public static func buildEither(second: [Part]) -> [Part] { second }
  public static func buildArray(_ parts: [[Part]]) -> [Part] { parts.flatMap { $0 } }
}

extension Device {
  /// A device called `name` with the parts between the braces.
  public init(
    _ name: StaticString, statusOutput: Int? = nil, @DeviceBuilder _ parts: () -> [Part]
  ) throws(DeviceMistake) {
    try self.init([UInt8](name), parts: parts(), statusOutput: statusOutput)
  }
}
