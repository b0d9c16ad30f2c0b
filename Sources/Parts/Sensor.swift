// SPDX-License-Identifier: MIT

// A sensor has a measured value, or none. What its input gives is scaled, moved and rounded; small changes need not be
// reported at once.

public import Bytes
public import Timebase

/// An input with a measured value.
public struct Sensor: Equatable, Sendable {
  /// How often a sensor reports.
  public struct Report: Equatable, Sendable {
    /// The smallest change that is reported at once, in the unit of the value; zero or less for any.
    public var change: Decimal = .zero
    /// The longest that a smaller change waits; nil: forever.
    public var interval: Milliseconds?

    /// Every change, at once.
    public init(change: Decimal = .zero, interval: Milliseconds? = nil) {
      self.change = change
      self.interval = interval
    }
  }

  /// The number of its input, 0 to 4095.
  public let input: Int
  /// What a reading is multiplied by.
  public let scale: Decimal
  /// What is then added.
  public let offset: Decimal
  /// How many decimals are kept, the last one rounded half away from zero; nil for all.
  public let decimals: UInt8?
  /// When it reports.
  public let report: Report
  /// The value that was reported last; nil if it is unknown, or too large for `Decimal` once it is scaled.
  public private(set) var value: Decimal?

  private var latest: Decimal?
  private var lastReport = MonotonicTime.zero

  init(input: Int, scale: Decimal, offset: Decimal, decimals: UInt8?, report: Report) {
    self.input = input
    self.scale = scale
    self.offset = offset
    self.decimals = decimals
    self.report = report
  }

  /// Takes a reading; returns whether there is something to report.
  mutating func sense(_ raw: Decimal, at time: MonotonicTime) -> Bool {
    latest = converted(raw)
    guard latest != value else { return false }
    if let latest, let value, let change = latest - value, change.magnitude < report.change, deadline > time {
      return false
    }
    publish(at: time)
    return true
  }

  private func converted(_ raw: Decimal) -> Decimal? {
    guard let scaled = raw * scale, let value = scaled + offset else { return nil }
    guard let decimals else { return value }
    return value.rounded(toDecimals: decimals)
  }

  /// Reports the latest value.
  mutating func publish(at time: MonotonicTime) {
    value = latest
    lastReport = max(lastReport, time)
  }

  /// When a small change is to be reported, if nothing else happens.
  var deadline: MonotonicTime {
    guard latest != value, let interval = report.interval else { return .distantFuture }
    return lastReport + interval
  }

  /// The input is out of order: the value is unknown.
  mutating func reset() {
    latest = nil
    value = nil
  }

  func writeValues(to json: inout JSONWriter) {
    json.name("value")
    if let value { json.value(value) } else { json.null() }
  }
}
