// SPDX-License-Identifier: MIT

// The recent values of the sensors: a ring of samples for each, at regular intervals, in memory. Nothing wakes for a
// sample: a value holds until the next reading, so the samples that are due are taken before that. Firmware keeps none.

import Bytes
import Parts
public import Timebase

/// How much of each sensor's past a device keeps.
public struct HistorySpan: Sendable {
  /// The time between two samples, at least 1 ms.
  public var interval: Milliseconds
  /// How many there are.
  public var count: Int

  /// The default: an hour at one sample a minute.
  public init(interval: Milliseconds = .seconds(60), count: Int = 60) {
    self.interval = max(interval, 1)
    self.count = max(count, 0)
  }
}

#if !hasFeature(Embedded)
  /// The last samples of all sensors.
  struct History: Sendable {
    /// The samples of one part; `start` is where the oldest one lies once the ring is full.
    private struct Ring: Sendable {
      var values: [Decimal?] = []
      var start = 0
    }

    private let span: HistorySpan
    /// For each part; those that are not sensors stay empty.
    private var rings: [Ring] = []
    /// When the last samples were taken; nil before the first call.
    private var last: MonotonicTime?

    init(_ span: HistorySpan) { self.span = span }

    /// Takes the samples that were due by `now`, from the current values.
    mutating func note(_ device: borrowing Device, now: MonotonicTime) {
      guard let last else {
        last = now
        rings = Array(repeating: Ring(), count: device.parts.count)
        return
      }
      guard now > last, now.milliseconds - last.milliseconds >= UInt64(span.interval.count) else { return }
      let due = (now.milliseconds - last.milliseconds) / UInt64(span.interval.count)
      self.last = MonotonicTime(milliseconds: last.milliseconds + due * UInt64(span.interval.count))
      for index in rings.indices {
        guard case .sensor(let sensor) = device.parts[index].kind else { continue }
        for _ in 0..<min(due, UInt64(span.count)) { append(sensor.value, to: index) }
      }
    }

    private mutating func append(_ value: Decimal?, to index: Int) {
      guard rings[index].values.count == span.count else { return rings[index].values.append(value) }
      rings[index].values[rings[index].start] = value
      rings[index].start = (rings[index].start + 1) % span.count
    }

    /// Writes `[[age, value], …]`, newest last: the samples, and the value of this moment.
    func write(_ index: Int, _ device: borrowing Device, now: MonotonicTime, to json: inout JSONWriter) {
      json.beginArray()
      if let last, rings.indices.contains(index) {
        let ring = rings[index]
        var age = UInt64((now - last).count) + UInt64(span.interval.count) * UInt64(max(ring.values.count - 1, 0))
        for step in ring.values.indices {
          Self.write(age, ring.values[(ring.start + step) % ring.values.count], to: &json)
          age -= min(age, UInt64(span.interval.count))
        }
      }
      if case .sensor(let sensor) = device.parts[index].kind { Self.write(0, sensor.value, to: &json) }
      json.endArray()
    }

    private static func write(_ age: UInt64, _ value: Decimal?, to json: inout JSONWriter) {
      json.beginArray()
      json.value(age)
      json.value(value)
      json.endArray()
    }

    /// How far the samples are apart.
    var interval: Milliseconds { span.interval }
  }
#endif
