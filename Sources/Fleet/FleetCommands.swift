// SPDX-License-Identifier: MIT

// All commands that are on their way, and the last of those that have arrived. However many devices are selected, only
// so many messages are in flight as the broker takes, and no page waits for another's command: they take turns.

import Bytes
import DeviceServer
import Timebase

struct FleetCommands: Sendable {
  private(set) var commands: [FleetCommand] = []
  private var lastNumber: UInt64 = 0
  /// Messages that the broker has yet to acknowledge, with the command and the place in it.
  private var inFlight: [(message: UInt16, command: UInt64, place: Int)] = []
  private var turn = 0

  /// So many are remembered after they are done, for pages that ask later.
  private static var remembered: Int { 32 }

  /// How many have yet to be done.
  var openCount: Int { commands.count { $0.open > 0 } }

  /// Whether something waits to be sent.

  func command(_ number: UInt64) -> FleetCommand? { commands.first { $0.number == number } }

  /// Takes a command on; its number.
  mutating func begin(
    client: ClientID?, message: UInt64, part: [UInt8], payload: [UInt8],
    targets: [(identifier: [UInt8], row: Int?)], table: inout FleetTable
  ) -> UInt64 {
    lastNumber += 1
    var command = FleetCommand(
      number: lastNumber, client: client, message: message, part: part, payload: payload, targets: targets)
    for place in command.targets.indices {
      if let outcome = Self.obstacle(command.targets[place], part, payload, table) {
        command.finish(place, outcome, &table)
      }
    }
    while commands.count >= Self.remembered, let done = firstFinished { commands.remove(at: done) }
    commands.append(command)
    return lastNumber
  }

  /// The oldest command that is done with: best one of which no page has yet to be told.
  private var firstFinished: Int? {
    commands.firstIndex { $0.open == 0 && $0.news.isEmpty } ?? commands.firstIndex { $0.open == 0 }
  }

  /// Why a command is not even sent; nil if it is.
  private static func obstacle(
    _ target: FleetCommand.Target, _ part: [UInt8], _ payload: [UInt8], _ table: borrowing FleetTable
  ) -> FleetOutcome? {
    guard let row = target.row, target.isAt(row, in: table) else { return .unknownDevice }
    if table.devices[row].presence != .alive { return .absent }
    guard let place = table.devices[row].part(named: part.span) else { return .unknownPart }
    return table.devices[row].parts[place].takes(payload.span) ? nil : .unsuitable
  }

  // MARK: Sending

  /// Sends what there is room for; `publish` says the number of the message, or nil if there is no room.
  mutating func send(
    table: inout FleetTable, now: MonotonicTime, _ publish: (_ device: [UInt8], _ part: [UInt8], _ payload: [UInt8]) -> UInt16?
  ) {
    guard !commands.isEmpty else { return }
    var idle = 0
    while idle < commands.count {
      turn = (turn + 1) % commands.count
      guard commands[turn].skipFinal() else {
        idle += 1
        continue
      }
      idle = 0
      let place = commands[turn].next
      let target = commands[turn].targets[place]
      if let outcome = Self.obstacle(target, commands[turn].part, commands[turn].payload, table) {
        commands[turn].finish(place, outcome, &table)  // it has gone since
        continue
      }
      guard let message = publish(target.identifier, commands[turn].part, commands[turn].payload) else { return }
      inFlight.append((message, commands[turn].number, place))
      commands[turn].sent(place, &table, now: now)
    }
  }

  // MARK: What comes back

  /// The broker has taken a message, or refused it.
  mutating func acknowledged(_ message: UInt16, isRefused: Bool, table: inout FleetTable) {
    guard let found = inFlight.firstIndex(where: { $0.message == message }) else { return }
    let (_, number, place) = inFlight.remove(at: found)
    guard let index = commands.firstIndex(where: { $0.number == number }) else { return }
    let name = commands[index].part
    if isRefused {
      commands[index].finish(place, .refused, &table)
    } else if let row = commands[index].targets[place].row, commands[index].targets[place].isAt(row, in: table),
      let part = table.devices[row].part(named: name.span),
      table.devices[row].parts[part].kind != .button, commands[index].isIdempotent,
      commands[index].isAnswered(place, by: table.devices[row].parts[part])
    {
      commands[index].finish(place, .done, &table)  // it was so before: the device has nothing new to say
    }
  }

  /// A part of a device has said something.
  mutating func heard(row: Int, part: Int, table: inout FleetTable) {
    guard table.devices[row].awaiting > 0 else { return }
    for index in commands.indices where commands[index].open > 0 {
      guard let place = commands[index].place(ofRow: row, in: table), commands[index].targets[place].outcome == .sent,
        table.devices[row].parts[part].name == commands[index].part,
        commands[index].isAnswered(place, by: table.devices[row].parts[part])
      else { continue }
      commands[index].finish(place, .done, &table)
    }
  }

  /// Gives up on those who have not answered; when to look again.
  mutating func poll(table: inout FleetTable, now: MonotonicTime) -> MonotonicTime {
    var next = MonotonicTime.distantFuture
    for index in commands.indices where commands[index].open > 0 {
      next = min(next, commands[index].expire(&table, now: now))
    }
    return next
  }

  /// The broker is gone: what was sent may have arrived or not, and nothing is sent later.
  mutating func disconnected(table: inout FleetTable) {
    inFlight.removeAll()
    for index in commands.indices where commands[index].open > 0 { commands[index].abandon(&table) }
  }

  // MARK: What the pages are told

  /// The next command with news for a client, and the places of the targets that they are about, at most `limit`.
  mutating func takeNews(limit: Int, _ isReady: (ClientID) -> Bool?) -> (command: FleetCommand, places: [Int])? {
    for index in commands.indices where !commands[index].news.isEmpty {
      guard let client = commands[index].client else {
        commands[index].news.removeAll()
        continue
      }
      switch isReady(client) {
      case nil: commands[index].news.removeAll()  // nobody is there to hear it
      case false?: continue
      case true?:
        let places = Array(commands[index].news.prefix(limit))
        commands[index].news.removeFirst(places.count)
        return (commands[index], places)
      }
    }
    return nil
  }

  /// Whether a client has yet to be told something.
  var hasNews: Bool { commands.contains { !$0.news.isEmpty } }
}

extension FleetCommand {
  /// Whether a device that is as the command wants it has nothing to do.
  fileprivate var isIdempotent: Bool { !payload.span.equals("TOGGLE") && payload.first != UInt8(ascii: "{") }

  /// Goes on to the next target that is to be sent to; false if there is none.
  fileprivate mutating func skipFinal() -> Bool {
    while next < targets.count, targets[next].outcome != .waiting { next += 1 }
    return next < targets.count
  }

  fileprivate mutating func sent(_ place: Int, _ table: inout FleetTable, now: MonotonicTime) {
    targets[place].outcome = .sent
    targets[place].deadline = now + table.limits.answer
    next = place + 1
    guard let row = targets[place].row else { return }
    table.changeAwaiting(of: row, by: 1)
    if let part = table.devices[row].part(named: part.span) { targets[place].wasOn = table.devices[row].parts[part].isOn }
  }

  fileprivate mutating func finish(_ place: Int, _ outcome: FleetOutcome, _ table: inout FleetTable) {
    guard !targets[place].outcome.isFinal else { return }
    if targets[place].outcome == .sent, let row = targets[place].row, targets[place].isAt(row, in: table) {
      table.changeAwaiting(of: row, by: -1)
    }
    targets[place].outcome = outcome
    open -= 1
    if client != nil { news.append(place) }  // a script asks for the outcome itself
    if open == 0 { forgetPlaces() }
  }

  /// Targets are sent to in order, so their deadlines come in order, too.
  fileprivate mutating func expire(_ table: inout FleetTable, now: MonotonicTime) -> MonotonicTime {
    // What finds no room for so long is not sent any more: the broker acknowledges nothing.
    if sendDeadline == .distantFuture { sendDeadline = now + table.limits.sending }
    if now >= sendDeadline, next < targets.count {
      for place in next..<targets.count where targets[place].outcome == .waiting { finish(place, .noRoom, &table) }
      next = targets.count
    }
    let answer = expireAnswers(&table, now: now)
    return next < targets.count ? min(answer, sendDeadline) : answer
  }

  private mutating func expireAnswers(_ table: inout FleetTable, now: MonotonicTime) -> MonotonicTime {
    while oldest < next {
      if targets[oldest].outcome == .sent {
        guard now >= targets[oldest].deadline else { return targets[oldest].deadline }
        finish(oldest, .noAnswer, &table)
      }
      oldest += 1
    }
    return .distantFuture
  }

  fileprivate mutating func abandon(_ table: inout FleetTable) {
    for place in targets.indices where !targets[place].outcome.isFinal {
      finish(place, targets[place].outcome == .sent ? .disconnected : .unsent, &table)
    }
    next = targets.count
  }
}

extension FleetPart {
  /// Whether a command can be meant for a part of its kind.
  func takes(_ payload: Span<UInt8>) -> Bool {
    guard isCommandable else { return false }
    switch kind {
    case .switch: return payload.equals("ON") || payload.equals("OFF") || payload.equals("TOGGLE")
    case .number: return Decimal(payload) != nil
    case .light, .button, .unknown, .contact, .sensor: return true
    }
  }
}
