// SPDX-License-Identifier: MIT

// The words for what an output shows after a start, as a file and an option have them. (They are not in the portable
// module: a microcontroller reads no file.)

public import Parts

extension RestoreMode {
  /// The mode with this name; nil if there is none.
  public init?(name: String) {
    guard let mode = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = mode
  }

  /// Its name, which is ESPHome's in small letters.
  public var name: String {
    switch self {
    case .alwaysOff: "always-off"
    case .alwaysOn: "always-on"
    case .restoreDefaultOff: "restore-default-off"
    case .restoreDefaultOn: "restore-default-on"
    }
  }
}
