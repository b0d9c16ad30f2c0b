// SPDX-License-Identifier: MIT

// A command to a selection, and what became of it at each device. MQTT has no answers: a device has done what it was told
// when its part says so, and when it says nothing for five seconds, nobody knows. A command is never kept for a device
// that is not there: a relay must not click an hour later.

import Bytes
import DeviceServer
import Timebase

/// What became of a command at one device.
enum FleetOutcome: UInt8, Sendable {
  /// It has yet to be sent, or to be answered.
  case waiting, sent
  /// The part says that it did it.
  case done
  /// The broker did not take it.
  case refused
  /// The device said nothing in time.
  case noAnswer
  /// The device was not there: nothing was sent.
  case absent
  /// There is no such device.
  case unknownDevice
  /// The device has no such part.
  case unknownPart
  /// The part cannot do that.
  case unsuitable
  /// The broker was lost meanwhile.
  case disconnected
  /// The broker was lost before it was sent.
  case unsent
  /// The broker has not taken what was sent before it.
  case noRoom

  /// Whether nothing more will happen.
  var isFinal: Bool { self != .waiting && self != .sent }

  /// What the page says.
  var words: StaticString {
    switch self {
    case .waiting, .sent: "waiting"
    case .done: "done"
    case .refused: "refused by the broker"
    case .noAnswer: "no answer"
    case .absent: "not sent: it is silent"
    case .unknownDevice: "not sent: there is no such device"
    case .unknownPart: "not sent: it has no such part"
    case .unsuitable: "not sent: its part cannot do that"
    case .disconnected: "unknown: the broker was lost"
    case .unsent: "not sent: the broker was lost"
    case .noRoom: "not sent: the broker does not answer"
    }
  }
}

/// A command on its way.
struct FleetCommand: Sendable {
  struct Target: Sendable {
    let identifier: [UInt8]
    /// Its row, if it has one.
    let row: Int?
    var outcome = FleetOutcome.waiting
    var deadline = MonotonicTime.distantFuture
    /// Whether the part was on when the command was sent.
    var wasOn: Bool?

    /// Whether its device still has that row.
    func isAt(_ row: Int, in table: borrowing FleetTable) -> Bool {
      table.devices.indices.contains(row) && table.devices[row].isListed && table.devices[row].identifier == identifier
    }
  }

  /// Its number, from 1.
  let number: UInt64
  /// Who gave it; nil: a request.
  let client: ClientID?
  /// The number that the client gave it.
  let message: UInt64
  let part: [UInt8]
  let payload: [UInt8]
  var targets: [Target]
  /// The next target to send it to.
  var next = 0
  /// Targets before this one are done with.
  var oldest = 0
  /// How many are not.
  var open: Int
  /// When nothing more of it is sent.
  var sendDeadline = MonotonicTime.distantFuture
  /// The targets whose outcome the client has yet to be told.
  var news: [Int] = []
  private var places: [Int: Int] = [:]

  init(
    number: UInt64, client: ClientID?, message: UInt64, part: [UInt8], payload: [UInt8],
    targets: [(identifier: [UInt8], row: Int?)]
  ) {
    self.number = number
    self.client = client
    self.message = message
    self.part = part
    self.payload = payload
    self.targets = targets.map { Target(identifier: $0.identifier, row: $0.row) }
    open = targets.count
    for (place, target) in targets.enumerated() {
      if let row = target.row { places[row] = place }
    }
  }

  /// Nothing is looked up in a command that is done.
  mutating func forgetPlaces() { places = [:] }

  /// The target whose device has this row, unless another device has taken the row.
  func place(ofRow row: Int, in table: borrowing FleetTable) -> Int? {
    guard let place = places[row], targets[place].isAt(row, in: table) else { return nil }
    return place
  }

  /// Whether a state of the part, which came after the command was sent to this target, is what it asked for.
  func isAnswered(_ place: Int, by part: borrowing FleetPart) -> Bool {
    let payload = payload.span
    if payload.equals("ON") { return part.isOn == true }
    if payload.equals("OFF") { return part.isOn == false }
    if payload.equals("TOGGLE") { return part.isOn != targets[place].wasOn }
    if part.kind == .number { return Decimal(payload) == Decimal(part.state.span) }
    return true
  }
}
