// SPDX-License-Identifier: MIT

// A network in memory, in virtual time, for any `Application`: what a transport does with sockets, done with
// arrays. It keeps the contract of `Application` to the letter, and whatever the application does against it
// is an issue of the test that runs. Each connection has a "kernel" that holds only so much of the output,
// so a client that does not read is felt as it is on a real network.

public import DeviceServer
import Testing
public import Timebase

/// An application, its connections and their clients, all in one place.
///
/// Connections go by the order in which they were made: 0, 1, 2, …
public final class VirtualNetwork<App: Application & ~Copyable>: CustomReflectable {
  /// What runs.
  public var application: App
  /// The time that the application is told.
  public private(set) var now: MonotonicTime
  /// When the application wants to be polled next.
  public private(set) var nextDeadline: MonotonicTime?
  private var sockets: [VirtualSocket] = []
  private var numbers: [ConnectionID: Int] = [:]

  /// The most that one read or one write moves.
  private let pieceSize = 16_384

  public init(_ application: consuming App, now: MonotonicTime = .zero) {
    self.application = application
    self.now = now
  }

  /// Nothing: a failed expectation looks into what it names, and an application that cannot be copied allows no look.
  public var customMirror: Mirror { Mirror(self, children: [:]) }

  // MARK: What clients do

  /// Connects a client. The kernel holds at most `capacity` bytes that it has not read.
  public func connect(
    from remote: RemoteAddress = .ipv4(0xC0A8_0164, port: 50_000), over scheme: Scheme = .http,
    capacity: Int = 65_536, isReading: Bool = true
  ) -> Int {
    var socket = VirtualSocket(capacity: capacity, isReading: isReading)
    socket.id = application.accept(from: remote, over: scheme, now: now)
    let number = sockets.count
    if let id = socket.id {
      if numbers[id] != nil { complain("an identifier in use was given again") }
      numbers[id] = number
    } else {
      socket.hasReachedEnd = true
    }
    sockets.append(socket)
    settle()
    return number
  }

  /// Sends bytes and lets everything happen that follows from them.
  public func send(_ bytes: [UInt8], on number: Int) {
    guard sockets[number].id != nil, !sockets[number].hasFinished else { return }
    sockets[number].toServer += bytes
    settle()
  }

  /// Ends the client's direction (FIN).
  public func finish(_ number: Int) {
    sockets[number].hasFinished = true
    settle()
  }

  /// The connection breaks: the client is gone without a word that the server could read.
  public func breakOff(_ number: Int) {
    drop(number)
    settle()
  }

  /// Lets the client read again, or stops it: then the kernel fills.
  public func setReading(_ isReading: Bool, on number: Int) {
    sockets[number].isReading = isReading
    settle()
  }

  /// Lets a stopped client read once, at most `count` bytes.
  public func read(_ count: Int, on number: Int) {
    moveToClient(number, count: count)
    settle()
  }

  /// Whether a client ends its direction when it sees the end of the server's; at first it does.
  public func setFinishesAtEnd(_ finishes: Bool, on number: Int) { sockets[number].finishesAtEnd = finishes }

  /// What the client has read and nobody has taken.
  public func received(on number: Int) -> [UInt8] { sockets[number].received }

  /// Takes the first `count` bytes of what the client has read, by default all.
  @discardableResult
  public func take(_ count: Int = .max, on number: Int) -> [UInt8] {
    let taken = Array(sockets[number].received.prefix(count))
    sockets[number].received.removeFirst(taken.count)
    return taken
  }

  // MARK: What can be seen

  /// Whether the application has this connection.
  public func isConnected(_ number: Int) -> Bool { sockets[number].id != nil }

  /// Whether the client has read the end of the server's direction, or the connection broke.
  public func hasReachedEnd(_ number: Int) -> Bool { sockets[number].hasReachedEnd }

  /// Whether the application had it aborted: the client sees a reset.
  public func wasAborted(_ number: Int) -> Bool { sockets[number].wasAborted }

  /// How many bytes the client has sent that the application has not taken.
  public func heldInput(on number: Int) -> Int { sockets[number].toServer.count }

  /// How many bytes the kernel holds for the client.
  public func heldOutput(on number: Int) -> Int { sockets[number].toClient.count }

  /// The application's name for the connection; nil once it is gone.
  public func id(of number: Int) -> ConnectionID? { sockets[number].id }

  // MARK: Time

  /// Lets time pass, stopping at every deadline on the way.
  public func advance(by duration: Milliseconds) { advance(to: now + duration) }

  /// Lets time pass until `target`, stopping at every deadline on the way.
  public func advance(to target: MonotonicTime) {
    settle()
    while let deadline = nextDeadline, deadline <= target {
      if deadline <= now { complain("a deadline that had passed stayed due") }
      now = max(deadline, now + 1)
      settle()
    }
    now = max(now, target)
    settle()
  }

  /// Changes the application as its owner would, and lets everything happen that follows.
  public func change<Result>(_ body: (inout App, MonotonicTime) -> Result) -> Result {
    let result = body(&application, now)
    settle()
    return result
  }

  // MARK: The transport

  /// Lets everything happen that can happen now.
  public func settle() {
    var rounds = 0
    var isQuiet = false
    while !isQuiet {
      isQuiet = true
      nextDeadline = application.poll(now: now)
      while let action = application.nextAction() {
        perform(action)
        isQuiet = false
        rounds += 1
        if rounds > 1_000_000 { return complain("the application never comes to rest") }
      }
      for number in sockets.indices where serve(number) { isQuiet = false }
      rounds += 1
    }
  }

  private func perform(_ action: TransportAction) {
    switch action {
    case .write(let id): if let number = number(of: id) { write(number) }
    case .resume(let id):
      guard let number = number(of: id) else { return }
      sockets[number].isInputHeld = false
      offer(number)
    case .endOutput(let id):
      guard let number = number(of: id) else { return }
      if sockets[number].isOutputEnded { complain("the output was ended twice") }
      sockets[number].isOutputEnded = true
    case .abort(let id):
      guard let number = number(of: id) else { return }
      sockets[number].wasAborted = true
      drop(number)
    }
  }

  private func number(of id: ConnectionID) -> Int? {
    let number = numbers[id]
    if number == nil { complain("an action for a connection that is gone") }
    return number
  }

  /// One step of everything but the application's own wishes; false if there was nothing to do.
  private func serve(_ number: Int) -> Bool {
    var hasMoved = false
    if sockets[number].isReading, !sockets[number].toClient.isEmpty {
      moveToClient(number, count: .max)
      hasMoved = true
    }
    if sockets[number].isOutputEnded, sockets[number].isReading, !sockets[number].hasReachedEnd {
      sockets[number].hasReachedEnd = true
      if sockets[number].finishesAtEnd { sockets[number].hasFinished = true }
      hasMoved = true
    }
    guard let id = sockets[number].id else { return hasMoved }
    if !sockets[number].isInputHeld, !sockets[number].toServer.isEmpty {
      offer(number)
      return true
    }
    if sockets[number].hasFinished, sockets[number].toServer.isEmpty {
      if sockets[number].isOutputEnded {
        drop(number, isOrderly: true)
        return true
      }
      if !sockets[number].isInputEnded {
        sockets[number].isInputEnded = true
        application.endOfStream(id, now: now)
        return true
      }
    }
    return hasMoved
  }

  /// Offers input to the application, even if there is none.
  private func offer(_ number: Int) {
    guard let id = sockets[number].id else { return }
    let input = Array(sockets[number].toServer.prefix(pieceSize))
    let taken = application.receive(input.span, from: id, now: now)
    guard 0...input.count ~= taken else { return complain("more was taken than there was") }
    sockets[number].toServer.removeFirst(taken)
    if taken < input.count { sockets[number].isInputHeld = true }
  }

  private func write(_ number: Int) {
    guard let id = sockets[number].id else { return }
    while true {
      let room = min(sockets[number].capacity - sockets[number].toClient.count, pieceSize)
      guard room > 0 else {
        sockets[number].isWriteDue = true
        return
      }
      var output: [UInt8] = []
      application.writeOutput(id, now: now) { bytes in
        let count = min(bytes.count, room - output.count)
        for index in 0..<count { output.append(bytes[index]) }
        return count
      }
      if !output.isEmpty, sockets[number].isOutputEnded { complain("output after its end") }
      sockets[number].toClient += output
      if output.count < room { return }
    }
  }

  /// The client reads; the kernel has room again.
  private func moveToClient(_ number: Int, count: Int) {
    let read = sockets[number].toClient.prefix(count)
    sockets[number].received += read
    sockets[number].toClient.removeFirst(read.count)
    if sockets[number].isWriteDue, sockets[number].toClient.count < sockets[number].capacity {
      sockets[number].isWriteDue = false
      write(number)
    }
  }

  /// Ends a connection; what its kernel holds is lost unless both directions had ended.
  private func drop(_ number: Int, isOrderly: Bool = false) {
    guard let id = sockets[number].id else { return }
    sockets[number].id = nil
    numbers[id] = nil
    sockets[number].toServer = []
    sockets[number].isWriteDue = false
    if !isOrderly {
      sockets[number].toClient = []
      sockets[number].hasReachedEnd = true
    }
    application.disconnected(id, now: now)
  }

  private func complain(_ what: String) {
    Issue.record("against the contract of Application: \(what), at \(now.milliseconds) ms")
  }
}

/// One connection, both ends of it.
private struct VirtualSocket {
  var id: ConnectionID?
  let capacity: Int
  /// Sent by the client, not taken by the application.
  var toServer: [UInt8] = []
  /// Written by the application, not read by the client.
  var toClient: [UInt8] = []
  var received: [UInt8] = []
  var isReading: Bool
  var finishesAtEnd = true
  /// The application left input; it is offered again after `.resume`.
  var isInputHeld = false
  /// The application may have output, and the kernel is full.
  var isWriteDue = false
  /// The client has ended its direction, and whether the application knows.
  var hasFinished = false
  var isInputEnded = false
  /// The application has ended its direction, and whether the client knows.
  var isOutputEnded = false
  var hasReachedEnd = false
  var wasAborted = false

  init(capacity: Int, isReading: Bool) {
    self.capacity = capacity
    self.isReading = isReading
  }
}
