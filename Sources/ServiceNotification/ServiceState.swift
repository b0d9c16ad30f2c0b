// SPDX-License-Identifier: MIT

// What a service reports about itself. Source: sd_notify(3), "Well-known assignments".

/// Something about this service that its manager wants to know.
public enum ServiceState: Equatable, Sendable {
  /// It has started and serves (`Type=notify`).
  case ready
  /// It has begun to end.
  case stopping
  /// What it is doing, in a line for people; control characters become spaces, and of a long text the beginning is
  /// told.
  case status(String)
  /// It is alive (`WatchdogSec=`).
  case watchdog

  /// The line of the message.
  var assignment: String {
    switch self {
    case .ready: "READY=1"
    case .stopping: "STOPPING=1"
    case .status(let text): "STATUS=\(Self.line(text))"
    case .watchdog: "WATCHDOG=1"
    }
  }

  /// A manager takes no message of more than 4096 bytes; a scalar has four at the most.
  private static func line(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(1000).map { scalar -> Unicode.Scalar in
      scalar.properties.generalCategory == .control ? " " : scalar
    }
    return String(String.UnicodeScalarView(scalars))
  }
}
