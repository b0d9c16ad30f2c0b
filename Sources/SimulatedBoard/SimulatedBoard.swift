// SPDX-License-Identifier: MIT

// A board made of memory: parts to press, to warm and to break, for a terminal or a test.
// Rule: it is owned by one thread, reads no clock and does nothing by itself. A press is a level on a wire, as on a
// real board, so it goes through the same debouncing; each level lasts long enough for that, and is reported in a
// report of its own, so that everyone sees it even if the host is late.

public import Bytes
public import Parts
public import Timebase

/// A board whose inputs are driven by calls and whose outputs can be read.
///
/// Let it report after each `apply(_:)`, and at the deadline that `report(to:now:)` returned.
public final class SimulatedBoard: Board {
  /// What is connected to the board under one name.
  public struct Part: Equatable, Sendable {
    /// The name by which commands call it.
    public var name: String
    /// What is connected: it decides how many inputs and outputs there are.
    public var kind: PartView.Kind
    /// The device's numbers of the inputs: one for a button, a contact and a sensor.
    public var inputs: [Int]
    /// The device's numbers of the outputs: one for a switch, as many as a light has channels.
    public var outputs: [Int]
    /// How long a level of a button may be taken for a bounce.
    public var debounce: Milliseconds

    /// A part called `name`.
    public init(
      _ name: String, _ kind: PartView.Kind, inputs: [Int] = [], outputs: [Int] = [],
      debounce: Milliseconds = Debouncer.standardDuration
    ) {
      self.name = name
      self.kind = kind
      self.inputs = inputs
      self.outputs = outputs
      self.debounce = debounce
    }
  }

  /// Something that happens to a part, by its index in `parts`; one that the part does not have changes nothing, and
  /// neither does one to a part that is not there.
  public enum Event: Equatable, Sendable {
    /// A button is pushed down, or a contact opened, and stays so; nothing if it already is or is about to be, or if as
    /// many taps wait as may.
    case activate(Int)
    /// A button is let go, or a contact closed; nothing if it already is or is about to be.
    case deactivate(Int)
    /// A button is pushed down and let go, after all earlier events; taps are not merged, unless more than
    /// `SimulatedBoard.tapLimit` wait: then it is dropped, and counted.
    ///
    /// A button that is held down is let go.
    case tap(Int)
    /// A sensor measures this, before any scale and offset; nil: it cannot be read.
    case measure(Int, Decimal?)
    /// The channels of the part are gone, for a reason in words of UTF-8 that are not empty.
    case fault(Int, [UInt8])
    /// The channels of the part are back, and are as they would be if they had never been gone.
    case heal(Int)
  }

  /// How many taps of one button may wait: three minutes of work for a finger.
  public static let tapLimit = 1000

  /// How many taps were dropped because as many as may wait did.
  public private(set) var droppedTaps = 0

  /// How long each level lasts at least, if the debouncing does not take longer.
  static let shortestLevel: Milliseconds = 50

  /// What is connected.
  public let parts: [Part]

  private var channels: [Channel]
  private var levels: [Int: UInt16] = [:]
  /// When there is something to report; nil: after the next event.
  private var due: MonotonicTime? = .zero

  /// A board at rest: everything is dark, up and closed, and no sensor has measured anything.
  public init(_ parts: [Part]) {
    self.parts = parts
    channels = parts.map { Channel($0) }
  }

  /// The index of the part with that name; nil if there is none.
  public func index(of name: String) -> Int? { parts.firstIndex { $0.name == name } }

  /// The level that an output was given last: 0 is off, and for one that was given none; 65,535 is full.
  public func level(ofOutput output: Int) -> UInt16 { levels[output] ?? 0 }

  /// Takes note of what happens; it shows in the next reports.
  public func apply(_ event: Event) {
    switch event {
    case .activate(let part): change(part) { $0.turn(active: true) }
    case .deactivate(let part): change(part) { $0.turn(active: false) }
    case .tap(let part):
      guard channels.indices.contains(part) else { return }
      guard channels[part].hasRoomForTap else {
        droppedTaps += 1
        return
      }
      change(part) { channel in
        channel.turn(active: true)
        channel.turn(active: false)
      }
    case .measure(let part, let value): change(part) { $0.measure(value) }
    case .fault(let part, let words): change(part) { $0.fault = words }
    case .heal(let part): change(part) { $0.fault = [] }
    }
  }

  private func change(_ part: Int, _ body: (inout Channel) -> Void) {
    guard channels.indices.contains(part) else { return }
    body(&channels[part])
    due = .zero
  }

  // MARK: Board

  /// Tells `device` what is due, and returns when to call again; nil when there is nothing left to tell.
  ///
  /// Each input changes at most once in a report, so however late they come, every level is there for one.
  public func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? {
    guard let due, now >= due else { return due }
    var next: MonotonicTime?
    for index in channels.indices {
      let deadline = channels[index].report(to: &device, now: now)
      if let deadline { next = min(next ?? deadline, deadline) }
    }
    self.due = next
    return next
  }

  public func drive(_ drive: Drive) { levels[drive.output] = drive.level }
}

/// What is behind the inputs and outputs of one part.
private struct Channel {
  private let part: SimulatedBoard.Part
  private let levelTime: Milliseconds

  var fault: [UInt8] = []
  private var isActive = false
  private var pendingEdges = 0
  private var nextEdge = MonotonicTime.zero
  private var measured: Decimal?
  private var isUnreadable = false

  private var reportedFault: [UInt8] = []
  private var hasNews = true

  init(_ part: SimulatedBoard.Part) {
    self.part = part
    let (sum, overflow) = part.debounce.count.addingReportingOverflow(SimulatedBoard.shortestLevel.count / 2)
    levelTime = max(SimulatedBoard.shortestLevel, Milliseconds(overflow ? .max : sum))
  }

  private var isDigital: Bool { part.kind == .button || part.kind == .contact }

  /// Whether the input will be active when all pending edges are done: each one turns it over.
  private var isActiveInTheEnd: Bool { isActive != (pendingEdges % 2 == 1) }

  mutating func turn(active: Bool) {
    guard isDigital, isActiveInTheEnd != active, !active || hasRoomForTap else { return }
    pendingEdges += 1
  }

  /// Whether one more tap may wait.
  var hasRoomForTap: Bool { pendingEdges < 2 * SimulatedBoard.tapLimit }

  mutating func measure(_ value: Decimal?) {
    guard part.kind == .sensor else { return }
    measured = value
    isUnreadable = value == nil
    hasNews = true
  }

  /// Reports what is due, and returns when the next edge is.
  mutating func report(to device: inout Device, now: MonotonicTime) -> MonotonicTime? {
    if pendingEdges > 0, now >= nextEdge {
      isActive.toggle()
      pendingEdges -= 1
      nextEdge = now + levelTime
      hasNews = true
    }
    reportFault(to: &device)
    if hasNews, reportedFault.isEmpty {
      hasNews = false
      for input in part.inputs {
        if let reading { device.sense(input, reading, at: now) }
      }
    }
    return pendingEdges > 0 ? nextEdge : nil
  }

  private mutating func reportFault(to device: inout Device) {
    let words = fault.isEmpty && isUnreadable ? Array("no reading".utf8) : fault
    guard words != reportedFault else { return }
    if words.isEmpty { hasNews = true }
    reportedFault = words
    for input in part.inputs { device.noteFault(words, ofInput: input) }
    for output in part.outputs { device.noteFault(words, ofOutput: output) }
  }

  private var reading: Reading? {
    switch part.kind {
    case .button, .contact: isActive ? .active : .inactive
    case .sensor: measured.map { .value($0) }
    case .switch, .light, .number: nil
    }
  }
}
