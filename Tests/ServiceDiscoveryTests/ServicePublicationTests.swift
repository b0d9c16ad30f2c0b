// SPDX-License-Identifier: MIT

// The conversation with avahi, as its introspection files and the D-Bus Specification tell it; real avahi daemons are
// in Conformance/names.

import ServiceDiscovery
import Testing

@testable import ServiceDiscovery

@Suite struct ServicePublicationTests {
  static let description = ServiceDescription(
    name: "Kitchen", types: ["_http._tcp", "_heliograph._tcp"], port: 8080, texts: ["id=kitchen", "path=/"])

  /// A bus with an avahi, which answers what it is asked.
  struct Bus {
    var publication: ServicePublication
    /// The members that were called, in order.
    var called: [String] = []
    /// The names under which entries were added.
    var names: [String] = []
    /// Names that another machine has.
    var taken: Set<String> = []
    var takenHere: Set<String> = []
    var isAvahiThere = true
    var hostName = "lamp.local"
    /// What was said to be the machine's name.
    var hostNames: [String] = []
    private var sent: [UInt8] = []

    init(_ description: ServiceDescription? = ServicePublicationTests.description) {
      publication = ServicePublication(description, userIdentifier: 1000)
    }

    /// Lets both talk until none has anything to say; what has happened to the announcement.
    mutating func talk(_ first: [UInt8] = []) throws -> [ServicePublication.Event] {
      try allEvents(first).filter { event in
        guard case .hostName(let name) = event else { return true }
        hostNames.append(name)
        return false
      }
    }

    private mutating func allEvents(_ first: [UInt8]) throws -> [ServicePublication.Event] {
      var events = publication.receive(first)
      while true {
        let output = publication.takeOutput()
        if output.isEmpty, publication.isWaiting {
          publication.tryAgain()
          continue
        }
        guard !output.isEmpty else { return events }
        for bytes in try answers(to: output) { events += publication.receive(bytes) }
      }
    }

    private mutating func answers(to output: [UInt8]) throws -> [[UInt8]] {
      if output.starts(with: [0]) {
        #expect(String(decoding: output.dropFirst(), as: UTF8.self) == "AUTH EXTERNAL 31303030\r\n")
        return [Array("OK 0123456789abcdef0123456789abcdef\r\n".utf8)]
      }
      var rest = output[...]
      if rest.starts(with: "BEGIN\r\n".utf8) { rest = rest.dropFirst(7) }
      var answers: [[UInt8]] = []
      while let (call, length) = try DBusMessage.read(ArraySlice(Array(rest))) {
        let serial = rest.dropFirst(8).prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
        rest = rest.dropFirst(length)
        called.append(call.member)
        answers.append(contentsOf: try answer(to: call, serial))
      }
      #expect(rest.isEmpty)
      return answers
    }

    private mutating func answer(to call: DBusMessage, _ serial: UInt32) throws -> [[UInt8]] {
      switch call.member {
      case "GetState" where !isAvahiThere:
        return [Message.error(serial, "org.freedesktop.DBus.Error.ServiceUnknown", "nobody has that name")]
      case "GetState": return [Message.answer(serial) { $0.int32(2) }]
      case "GetHostNameFqdn": return [Message.answer(serial) { $0.string(hostName) }]
      case "EntryGroupNew": return [Message.answer(serial) { $0.string("/Client1/EntryGroup1") }]
      case "AddService":
        guard case .text(let name)? = call.values.dropFirst(3).first else { throw TestFailure() }
        names.append(name)
        if takenHere.contains(name) {
          return [Message.error(serial, "org.freedesktop.Avahi.CollisionError", "Local name collision")]
        }
        return [Message.answer(serial) { _ in }]
      case "Commit":
        if takenHere.contains(names.last ?? "") { return [Message.answer(serial) { _ in }] }
        let state: Int32 = taken.contains(names.last ?? "") ? 3 : 2
        return [Message.answer(serial) { _ in }, Message.group(state)]
      default: return [Message.answer(serial) { _ in }]
      }
    }
  }

  struct TestFailure: Error {}

  @Test func bothKindsAreAnnounced() throws {
    var bus = Bus()
    #expect(try bus.talk() == [.published("Kitchen")])
    #expect(
      bus.called == [
        "Hello", "AddMatch", "AddMatch", "GetState", "GetHostNameFqdn", "EntryGroupNew", "AddService", "AddService",
        "Commit",
      ])
  }

  /// Avahi renames a machine whose name another one has; the device is told each time.
  @Test func theMachinesNameIsSaidAndSaidAgainWhenItChanges() throws {
    var bus = Bus()
    _ = try bus.talk()
    bus.hostName = "lamp-2.local"
    for state: Int32 in [3, 1, 2] { _ = try bus.talk(Message.server(state)) }
    #expect(bus.hostNames == ["lamp.local", "lamp-2.local"])
  }

  @Test func withoutADescriptionOnlyTheMachinesNameIsAsked() throws {
    var bus = Bus(nil)
    #expect(try bus.talk() == [])
    #expect(bus.hostNames == ["lamp.local"])
    #expect(bus.called == ["Hello", "AddMatch", "AddMatch", "GetState", "GetHostNameFqdn"])
  }

  @Test func aNameThatIsTakenGetsANumber() throws {
    var bus = Bus()
    bus.taken = ["Kitchen", "Kitchen #2"]
    #expect(try bus.talk() == [.nameTaken("Kitchen"), .nameTaken("Kitchen #2"), .published("Kitchen #3")])
    #expect(bus.names == ["Kitchen", "Kitchen", "Kitchen #2", "Kitchen #2", "Kitchen #3", "Kitchen #3"])
  }

  /// Both entries are refused at once where another program of this machine has the name.
  @Test func aNameThatIsTakenHereIsPassedOverOnce() throws {
    var bus = Bus()
    bus.takenHere = ["Kitchen"]
    #expect(try bus.talk() == [.nameTaken("Kitchen"), .published("Kitchen #2")])
  }

  @Test func aLongNameIsCutBetweenCharacters() throws {
    var description = Self.description
    description.name = String(repeating: "ü", count: 40)
    var bus = Bus(description)
    bus.taken = [String(repeating: "ü", count: 31)]
    #expect(try bus.talk().last == .published(String(repeating: "ü", count: 30) + " #2"))
  }

  @Test func whereThereIsNoAvahiThatIsSaidAndItsComingIsNoticed() throws {
    var bus = Bus()
    bus.isAvahiThere = false
    #expect(try bus.talk() == [.absent])
    bus.isAvahiThere = true
    #expect(try bus.talk(Message.avahiOwner("", ":1.7")) == [.published("Kitchen")])
    #expect(try bus.talk(Message.avahiOwner(":1.7", "")) == [.absent])
    #expect(try bus.talk(Message.avahiOwner("", ":1.9")) == [.published("Kitchen")])
  }

  @Test func whileTheMachineGetsAnotherNameNothingIsAnnounced() throws {
    var bus = Bus()
    _ = try bus.talk()
    bus.called = []
    #expect(try bus.talk(Message.server(3)) == [])
    #expect(bus.called == ["Reset"])
    #expect(try bus.talk(Message.server(1)) == [])
    #expect(try bus.talk(Message.server(2)) == [.published("Kitchen")])
  }

  @Test func whoLosesANameLaterTriesItThreeTimesMoreAndThenAnother() throws {
    var bus = Bus()
    _ = try bus.talk()
    #expect(try bus.talk(Message.group(3)) == [.nameTaken("Kitchen"), .published("Kitchen")])
    bus.taken = ["Kitchen"]
    let taken = ServicePublication.Event.nameTaken("Kitchen")
    #expect(try bus.talk(Message.group(3)) == [taken, taken, taken, taken, .published("Kitchen #2")])
  }

  @Test func nothingIsAnnouncedUntilTheMomentIsOver() throws {
    var bus = Bus()
    _ = try bus.talk()
    bus.called = []
    #expect(bus.publication.receive(Message.group(3)) == [.nameTaken("Kitchen")])
    #expect(bus.publication.isWaiting)
    _ = bus.publication.receive(Message.server(2))
    #expect(bus.publication.isWaiting)
    #expect(try bus.talk() == [.published("Kitchen")])
    #expect(bus.called == ["Reset", "GetHostNameFqdn", "AddService", "AddService", "Commit"])
  }

  @Test func aBusThatDoesNotKnowTheUserIsSaid() {
    var publication = ServicePublication(Self.description, userIdentifier: 0)
    #expect(String(decoding: publication.takeOutput().dropFirst(), as: UTF8.self) == "AUTH EXTERNAL 30\r\n")
    #expect(publication.receive(Array("REJECTED EXTERNAL\r\n".utf8)) == [.failed("the bus does not know this user")])
  }

  /// Cut into single bytes, the same conversation comes to the same.
  @Test func bytesMayComeOneByOne() throws {
    var bus = Bus()
    _ = try bus.talk()
    var events: [ServicePublication.Event] = []
    for byte in Message.avahiOwner(":1.7", "") { events += bus.publication.receive([byte]) }
    #expect(events == [.absent])
  }

  @Test func noBytesTrap() {
    let seed = UInt64.random(in: .min ... .max)
    var random = seed | 1
    func next() -> UInt64 {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return random
    }
    print("service discovery: seed \(seed)")
    for _ in 0..<2000 {
      var message = Message.group(2)
      for _ in 0...Int(next() % 4) { message[Int(next() % UInt64(message.count))] = UInt8(truncatingIfNeeded: next()) }
      var publication = ServicePublication(Self.description, userIdentifier: 0)
      _ = publication.receive(Array("OK x\r\n".utf8))
      _ = publication.receive(message)
      _ = publication.receive(Array(message.prefix(Int(next() % 60))))
    }
  }
}
