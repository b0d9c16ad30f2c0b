// SPDX-License-Identifier: MIT

// Announces a device on the local network (DNS-SD, RFC 6763, over multicast DNS, RFC 6762) through avahi's daemon, to
// which the system's bus leads. A value: it is fed the bus's bytes, and yields bytes for it and events. What avahi
// says decides: it may be stopped and started, rename the machine, or find the name taken, now or later. Source:
// avahi's introspection files (org.freedesktop.Avahi.Server, .EntryGroup), avahi-common/defs.h.

/// What is announced.
public struct ServiceDescription: Equatable, Sendable {
  /// The name that people see: at most 63 bytes of UTF-8 (RFC 6763 section 4.1.1).
  public var name: String
  /// The kinds of service, each as `_http._tcp`.
  public var types: [String]
  /// The TCP port.
  public var port: UInt16
  /// What else browsers are told, each as `path=/`, of at most 255 bytes (RFC 6763 section 6.1).
  public var texts: [String]

  public init(name: String, types: [String], port: UInt16, texts: [String]) {
    (self.name, self.types, self.port, self.texts) = (name, types, port, texts)
  }

  /// The longest name, in bytes of UTF-8.
  public static let nameLimit = 63
}

/// An announcement, as long as its owner keeps the connection to the bus.
public struct ServicePublication: Sendable {
  public enum Event: Equatable, Sendable {
    /// It is announced, under this name.
    case published(String)
    /// Another one has that name, too; see `isWaiting`.
    case nameTaken(String)
    /// What avahi calls this machine, as `lamp.local`: another name than the system's if another machine has that one.
    case hostName(String)
    /// Avahi does not run. As soon as it does, the announcement is made.
    case absent
    /// Avahi, or the bus, refuses; in their words. No more is tried as long as avahi is not started again.
    case failed(String)
  }

  /// What a call of ours was for.
  private enum Call: Equatable {
    case watch, state, hostName, group, other
    /// An entry under the name of this number.
    case service(Int)
  }

  private enum AvahiState { static let registering: UInt32 = 1, running: UInt32 = 2, collision: UInt32 = 3 }
  private enum GroupState { static let established: UInt32 = 2, collision: UInt32 = 3, failure: UInt32 = 4 }

  private let description: ServiceDescription?
  /// What is to be written to the bus; its owner takes it.
  private var output: [UInt8] = []
  private var events: [Event] = []
  private var input: [UInt8] = []
  private var isAuthenticated = false
  private var serial: UInt32 = 0
  private var calls: [UInt32: Call] = [:]
  /// The path of our group of entries; nil if avahi has none of us.
  private var group: String?
  private var isGroupFilled = false
  /// How often a name was taken before it was ours.
  private var collisions = 0
  /// How often the name is tried again when another one has it: it is ours, or was until a moment ago.
  private var triesLeft = 0
  /// Whether a moment of chance length is to pass before `tryAgain` is called.
  ///
  /// Two that had one name each on a network of its own, and now meet, may both lose it: which of two records gives way is
  /// decided for each kind of record (RFC 6762 section 8.2). Without chance both would go on to the next name together,
  /// again and again.
  public private(set) var isWaiting = false

  /// Begins the conversation; `userIdentifier` is the process's effective one, by which the bus knows it. Without a
  /// description nothing is announced: then it only says what this machine is called.
  public init(_ description: ServiceDescription?, userIdentifier: UInt32) {
    self.description = description
    let digits = String(userIdentifier).utf8.flatMap { Array(String($0, radix: 16).utf8) }  // each digit in hexadecimal
    output = [0] + "AUTH EXTERNAL ".utf8 + digits + "\r\n".utf8
  }

  /// The name that is tried.
  public var name: String {
    let number = collisions > 0 ? " #\(collisions + 1)" : ""
    return Self.shortened(description?.name ?? "", to: ServiceDescription.nameLimit - number.utf8.count) + number
  }

  private static func shortened(_ name: String, to limit: Int) -> String {
    var name = name
    while name.utf8.count > limit { name.removeLast() }
    return name
  }

  /// What is to be written to the bus, once.
  public mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  /// Takes what the bus says; what has happened by that.
  public mutating func receive(_ bytes: [UInt8]) -> [Event] {
    input += bytes
    do throws(DBusError) {
      if !isAuthenticated { try authenticate() }
      while isAuthenticated, let (message, length) = try DBusMessage.read(input[...]) {
        input.removeFirst(length)
        take(message)
      }
    } catch {
      input = []
      events.append(.failed("the bus sends what is no message"))
    }
    defer { events = [] }
    return events
  }

  private mutating func authenticate() throws(DBusError) {
    guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else {
      if input.count > 1024 { throw .malformed }
      return
    }
    let line = String(decoding: input[..<end], as: UTF8.self)
    input.removeFirst(end + 1)
    guard line.hasPrefix("OK ") else { return events.append(.failed("the bus does not know this user")) }
    isAuthenticated = true
    output += "BEGIN\r\n".utf8
    call(.other, "Hello", of: .bus)
    watch("type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='\(DBusObject.avahi.service)'")
    watch("type='signal',sender='\(DBusObject.avahi.service)'")
    askForState()
  }

  // MARK: What we ask

  private mutating func call(_ call: Call, _ member: String, of object: DBusObject, _ arguments: DBusWriter = DBusWriter()) {
    serial += 1
    calls[serial] = call
    // Avahi is not started: whether it runs is the administrator's choice.
    output += DBusWriter.call(member, of: object, serial: serial, startsService: false, arguments)
  }

  private mutating func watch(_ rule: String) {
    var arguments = DBusWriter()
    arguments.string(rule)
    call(.watch, "AddMatch", of: .bus, arguments)
  }

  private mutating func askForState() { call(.state, "GetState", of: .avahi) }

  /// Puts the entries into our group, or asks for a group first.
  private mutating func publish() {
    guard let description else { return }
    guard let group else { return call(.group, "EntryGroupNew", of: .avahi) }
    guard !isGroupFilled else { return }
    isGroupFilled = true
    for type in description.types {
      var arguments = DBusWriter()
      arguments.int32(-1)  // on every interface,
      arguments.int32(-1)  // in IPv4 and IPv6
      arguments.uint32(0)
      arguments.string(name)
      arguments.string(type)
      arguments.string("")  // in the domain local,
      arguments.string("")  // on this machine
      arguments.uint16(description.port)
      arguments.byteStrings(description.texts)
      call(.service(collisions), "AddService", of: .entryGroup(group), arguments)
    }
    call(.other, "Commit", of: .entryGroup(group))
  }

  /// Takes the entries back, to make others.
  private mutating func withdraw() {
    guard let group, isGroupFilled else { return }
    isGroupFilled = false
    call(.other, "Reset", of: .entryGroup(group))
  }

  /// Another machine has the name. One that has had it tries it a few times more: if both have lost it, it is free, and one
  /// of them is to keep it.
  private mutating func giveWay() {
    events.append(.nameTaken(name))
    if triesLeft > 0 { triesLeft -= 1 } else { collisions += 1 }
    withdraw()
    isWaiting = true
  }

  /// Another program of this machine has the name.
  private mutating func tryAnotherName() {
    events.append(.nameTaken(name))
    collisions += 1
    withdraw()
    publish()
  }

  /// Goes on after the moment for which `isWaiting` asks.
  public mutating func tryAgain() {
    guard isWaiting else { return }
    isWaiting = false
    publish()
  }

  // MARK: What we hear

  private mutating func take(_ message: DBusMessage) {
    switch message.kind {
    case .call: break
    case .answer: answered(calls.removeValue(forKey: message.answers), message)
    case .error: refused(calls.removeValue(forKey: message.answers), message)
    case .signal: signal(message)
    }
  }

  private mutating func answered(_ call: Call?, _ message: DBusMessage) {
    switch (call, message.values.first) {
    case (.state, .number(let state)): avahiIs(state)
    case (.hostName, .text(let name)): events.append(.hostName(name))
    case (.group, .text(let path)):
      group = path
      publish()
    default: break
    }
  }

  private mutating func refused(_ call: Call?, _ message: DBusMessage) {
    let isTaken = message.errorName == "org.freedesktop.Avahi.CollisionError"
    switch call {
    case .service(let number) where isTaken:
      if isGroupFilled, number == collisions { tryAnotherName() }  // the first of several that say so
    case .state where Self.meansAbsence(message.errorName): events.append(.absent)
    case .watch, .state, .group, .service: events.append(.failed(Self.words(of: message)))
    case .hostName, .other, nil: break  // the end of a group that is gone already
    }
  }

  private static func meansAbsence(_ error: String) -> Bool {
    ["ServiceUnknown", "NameHasNoOwner"].contains { error == "org.freedesktop.DBus.Error.\($0)" }
  }

  private static func words(of message: DBusMessage) -> String {
    if case .text(let words)? = message.values.first { words } else { message.errorName }
  }

  private mutating func signal(_ message: DBusMessage) {
    switch (message.interface, message.member) {
    case (DBusObject.bus.interface, "NameOwnerChanged"):
      guard message.values.count == 3, message.values[0] == .text(DBusObject.avahi.service) else { return }
      (group, isGroupFilled, collisions) = (nil, false, 0)
      (triesLeft, isWaiting) = (0, false)
      if message.values[2] == .text("") { events.append(.absent) } else { askForState() }
    case (DBusObject.avahi.interface, "StateChanged"):
      if case .number(let state)? = message.values.first { avahiIs(state) }
    case (DBusObject.entryGroup("").interface, "StateChanged"):
      guard message.path == group, case .number(let state)? = message.values.first else { return }
      groupIs(state, message)
    default: break
    }
  }

  private mutating func avahiIs(_ state: UInt32) {
    switch state {
    case AvahiState.running:
      call(.hostName, "GetHostNameFqdn", of: .avahi)
      if !isWaiting { publish() }
    // The machine gets another name: what leads to the old one is to be taken back until then.
    case AvahiState.registering, AvahiState.collision: withdraw()
    default: break
    }
  }

  private mutating func groupIs(_ state: UInt32, _ message: DBusMessage) {
    guard isGroupFilled else { return }
    switch state {
    case GroupState.established:
      triesLeft = 3
      events.append(.published(name))
    case GroupState.collision: giveWay()
    case GroupState.failure:
      let words = if case .text(let text)? = message.values.dropFirst().first { text } else { "avahi has failed" }
      events.append(.failed(words))
    default: break
    }
  }
}

extension DBusObject {
  /// Avahi's daemon.
  static let avahi = DBusObject(
    service: "org.freedesktop.Avahi", path: "/", interface: "org.freedesktop.Avahi.Server")

  /// Entries of one client that come and go together.
  static func entryGroup(_ path: String) -> DBusObject {
    DBusObject(service: avahi.service, path: path, interface: "org.freedesktop.Avahi.EntryGroup")
  }
}
