// SPDX-License-Identifier: MIT

// A device is a list of parts: the one state that pages and messages show and change. It is a plain value. Readings and
// commands go in with a time, levels for the outputs come out, and between two calls it needs nothing but the time of
// the next. So a day with eight buttons and a storm of commands is a test of a millisecond.

public import Bytes
public import Timebase

/// The parts of a device, and everything that they do.
public struct Device: Sendable {
  /// What people call it, in UTF-8.
  public var name: [UInt8]
  /// The parts, in the order of their description.
  public internal(set) var parts: [Part]
  /// Counts changes since the start, from 1 to at most 2^53 − 1, which JavaScript holds exactly; there it stops.
  public internal(set) var revision: UInt64 = 1
  /// The number of the output that shows the heartbeat; nil if none does. One outside of 0 to 4095 shows nothing.
  public let statusOutput: Int?
  /// Whether there is nothing to serve: the status LED blinks its failure pattern.
  public var hasFailed = false { didSet { statusChange = .zero } }

  /// The present, as far as it is known: the owner sets it before it lets the board report.
  public var now = MonotonicTime.zero

  #if !WITHOUT_MQTT
    /// Whether gestures are kept for `takeGestures`.
    public var keepsGestures = false
    var gestures: [MadeGesture] = []
    /// At most so many are kept.
    static var gestureLimit: Int { 64 }
  #endif

  /// For each output: the part that has it, and what it shows and is to show.
  var outputs: [Channel]
  /// For each input: the part that has it.
  var inputs: [Channel]
  /// The events of the inputs that are not yet processed, in the order of their times.
  var events: [InputEvent] = []
  /// No part has anything to do before this time.
  var deadline = MonotonicTime.zero
  /// When the board was last given, or is to be given, the drive of a switch that rests; never if each rest has begun.
  var driveTime = MonotonicTime.distantFuture
  /// When the status LED changes.
  var statusChange = MonotonicTime.zero
  /// Some output may show something else than it is to show.
  var hasDrives = true

  /// An output, or an input, which has no level: arrays of one type cost less flash than those of two.
  struct Channel: Sendable {
    var part: Int?
    var fault: [UInt8] = []
    /// The level that an output should have.
    var level: UInt16 = 0
    /// The level that the board was given last; nil if it must be given again.
    var driven: UInt16?
  }

  /// The greatest revision, 2^53 − 1.
  public static var greatestRevision: UInt64 { 1 << 53 - 1 }

  /// A device called `name` with these parts, whose outputs have yet to be driven: see `start(now:)`.
  ///
  /// - Throws: `DeviceMistake` if a name, a channel, an interlock or an action is wrong.
  public init(_ name: [UInt8] = [], parts: [Part], statusOutput: Int? = nil) throws(DeviceMistake) {
    self.name = name
    self.parts = parts
    self.statusOutput = statusOutput
    outputs = []
    inputs = []
    try link()
    for index in parts.indices { showAtStart(index) }
  }

  /// How many outputs the device uses: one more than the greatest number, 4096 at most.
  public var outputCount: Int { outputs.count }
  /// How many inputs the parts use: one more than the greatest number, 4096 at most.
  public var inputCount: Int { inputs.count }

  /// The number of the part with this name, counted from 0, or nil.
  public func index(of name: Span<UInt8>) -> Int? {
    for index in parts.indices where parts[index].isCalled(name) { return index }
    return nil
  }

  /// The number of the first switch or light, or nil: the part that a client means that knows only one.
  public var mainPart: Int? {
    for index in parts.indices {
      switch parts[index].kind {
      case .switch, .light: return index
      case .button, .contact, .sensor, .number: continue
      }
    }
    return nil
  }

  /// The level that an output should have, from 0, off, to 65,535, fully on; 0 for one that the device does not have.
  public func level(ofOutput output: Int) -> UInt16 { outputs.indices.contains(output) ? outputs[output].level : 0 }

  /// Whether some part does not work at present.
  public var hasFault: Bool {
    for index in parts.indices where !parts[index].fault.isEmpty { return true }
    return false
  }

  /// Writes the parts that changed after `revision` as a JSON object; if that is nil all, with their description.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public func writeParts(to json: inout JSONWriter, since revision: UInt64?, now: MonotonicTime) {
    let parts = parts.span  // an element of the array itself would be copied, with its texts
    json.beginObject()
    for index in parts.indices where parts[index].revision > revision ?? 0 {
      json.name(parts[index].name.span)
      json.beginObject()
      if revision == nil { parts[index].writeDescription(to: &json) }
      parts[index].writeValues(to: &json, now: now)
      json.endObject()
    }
    json.endObject()
  }

  #if !WITHOUT_MQTT
    /// The gestures that were made since the last call, in their order; those after the 64th are lost.
    public mutating func takeGestures() -> [MadeGesture] {
      guard !gestures.isEmpty else { return [] }
      defer { gestures = [] }
      return gestures
    }
  #endif

  /// Counts a change of something else that pages show beside the parts.
  public mutating func noteChange() {
    if revision < Self.greatestRevision { revision += 1 }
  }

  /// Counts a change of a part.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func note(_ index: Int, by author: Author?) {
    noteChange()
    parts[index].revision = revision
    if let author { parts[index].author = author }
  }
}
