// SPDX-License-Identifier: MIT

// Numbers as Prometheus reads them: its text format, version 0.0.4 (https://prometheus.io/docs/instrumenting/
// exposition_formats/), with names by its conventions: what only grows ends in `_total`, and units are written out.
// Every number is finite; what is unknown is left out.

import Bytes

#if !WITHOUT_METRICS
  /// Metrics in the making. Samples of one name follow their `begin`.
  struct MetricsText {
    enum Kind { case counter, gauge }

    /// What its media type is.
    static var mediaType: StaticString { "text/plain; version=0.0.4; charset=utf-8" }

    private(set) var text: [UInt8] = []
    private var name: StaticString = ""

    /// Begins the samples of a metric. `help` is one line without backslashes.
    mutating func begin(_ name: StaticString, _ kind: Kind, _ help: StaticString) {
      self.name = name
      text.append("# HELP ")
      text.append(name)
      text.append(" ")
      text.append(help)
      text.append("\n# TYPE ")
      text.append(name)
      text.append(kind == .counter ? " counter\n" : " gauge\n")
    }

    /// A metric that grows, with one sample. (One that wraps at 2³² is taken for one that began anew.)
    mutating func counter(_ name: StaticString, _ value: UInt32, _ help: StaticString) {
      begin(name, .counter, help)
      sample(UInt64(value))
    }

    /// A metric that goes up and down, with one sample.
    mutating func gauge(_ name: StaticString, _ value: UInt64, _ help: StaticString) {
      begin(name, .gauge, help)
      sample(value)
    }

    /// A sample without labels.
    mutating func sample(_ value: UInt64) {
      text.append(name)
      end(value)
    }

    /// A sample of one part.
    mutating func sample(_ value: UInt64, part: Span<UInt8>) {
      beginLabels()
      label("part", part)
      text.append("}")
      end(value)
    }

    /// A sample of one part, with the unit of its value.
    mutating func sample(_ value: Decimal, part: Span<UInt8>, unit: Span<UInt8>) {
      beginLabels()
      label("part", part)
      text.append(",")
      label("unit", unit)
      text.append("} ")
      text.append(value)
      text.append("\n")
    }

    mutating func beginLabels() {
      text.append(name)
      text.append("{")
    }

    mutating func append(_ text: StaticString) { self.text.append(text) }

    /// A label's name and its value, in which backslash, quote and line end are escaped.
    mutating func label(_ name: StaticString, _ value: Span<UInt8>) {
      text.append(name)
      text.append("=\"")
      for index in value.indices {
        switch value[index] {
        case UInt8(ascii: "\\"): text.append("\\\\")
        case UInt8(ascii: "\""): text.append("\\\"")
        case UInt8(ascii: "\n"): text.append("\\n")
        case let byte: text.append(byte)
        }
      }
      text.append("\"")
    }

    private mutating func end(_ value: UInt64) {
      text.append(" ")
      text.append(decimal: value)
      text.append("\n")
    }
  }
#endif
