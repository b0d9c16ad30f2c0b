// SPDX-License-Identifier: MIT

// What we send is what a manager in another language receives, descriptors included; what it hands over is ours.

import Foundation
import Synchronization
import SystemCalls
import Testing
import Timebase

@testable import ServiceNotification

@Suite(.timeLimit(.minutes(1))) struct ServiceManagerTests {
  static func manager(_ variables: [String: String], firstDescriptor: Int32 = 3) -> ServiceManager {
    let environment = ServiceEnvironment(process: getpid(), taking: { variables[$0] })
    return ServiceManager(environment, firstDescriptor: firstDescriptor)
  }

  @Test func withoutAManagerNothingHappens() {
    var manager = Self.manager([:])
    #expect(manager.watchdogInterval == nil)
    #expect(manager.notify(.ready, .status("up")) == nil)
    #expect(manager.store(descriptor: 0, name: "line") == nil)
    #expect(manager.remove("line") == nil)
    manager.takeStored { name, _ in Issue.record("\(name) came from nowhere") }
  }

  #if os(Linux)
    static let isAbstract = [false, true]
  #else
    static let isAbstract = [false]
  #endif

  @Test(.enabled(if: Receiver.isAvailable, "python3 (3.9) is needed"), arguments: isAbstract)
  func theManagerHearsEveryState(_ isAbstract: Bool) throws {
    let receiver = try Receiver(isAbstract: isAbstract)
    let manager = Self.manager(["NOTIFY_SOCKET": receiver.name])
    #expect(manager.notify(.status("waits for the network\nREADY=1")) == nil)
    #expect(try receiver.next().lines == ["STATUS=waits for the network READY=1"])
    #expect(manager.notify(.ready, .status("serves 3 clients")) == nil)
    #expect(try receiver.next().lines == ["READY=1", "STATUS=serves 3 clients"])
    #expect(manager.notify(.watchdog) == nil)
    #expect(try receiver.next().lines == ["WATCHDOG=1"])
    #expect(manager.notify(.status(String(repeating: "🔆", count: 2000))) == nil)
    #expect(try receiver.next().lines == ["STATUS=" + String(repeating: "🔆", count: 1000)])
    #expect(manager.notify(.stopping) == nil)
    #expect(try receiver.next() == Receiver.Message(lines: ["STOPPING=1"], content: nil))
  }

  @Test(.enabled(if: Receiver.isAvailable, "python3 (3.9) is needed"))
  func theManagerCanReadFromADescriptorThatItIsGiven() throws {
    let receiver = try Receiver()
    let manager = Self.manager(["NOTIFY_SOCKET": receiver.name])
    for content in ["light", "dark"] {
      let pipe = Pipe()
      try pipe.fileHandleForWriting.write(contentsOf: Data(content.utf8))
      #expect(manager.store(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "gpiochip0-26") == nil)
      #expect(
        try receiver.next() == Receiver.Message(lines: ["FDSTORE=1", "FDNAME=gpiochip0-26"], content: content))
    }
    #expect(manager.remove("gpiochip0-26") == nil)
    #expect(try receiver.next() == Receiver.Message(lines: ["FDSTOREREMOVE=1", "FDNAME=gpiochip0-26"], content: nil))
  }

  @Test(.enabled(if: Receiver.isAvailable, "python3 (3.9) is needed"))
  func whatCannotBeSentIsReturnedAndSendsNothing() throws {
    let receiver = try Receiver()
    let manager = Self.manager(["NOTIFY_SOCKET": receiver.name])
    #expect(manager.store(descriptor: 0, name: "a\nREADY=1") == SystemError(code: EINVAL))
    #expect(manager.remove("a:b") == SystemError(code: EINVAL))
    #expect(manager.store(descriptor: -1, name: "line") == SystemError(code: EBADF))
    #expect(manager.notify(.ready) == nil)
    #expect(try receiver.next().lines == ["READY=1"])
  }

  @Test func aManagerThatIsGoneIsAnErrorEachTime() {
    let manager = Self.manager(["NOTIFY_SOCKET": "/nonexistent/notify"])
    for _ in 0..<3 { #expect(manager.notify(.watchdog) == .noSuchEntry) }
  }

  @Test func aManagerThatIsBehindIsNotWaitedFor() throws {
    let name = "notify-\(UInt32.random(in: 0 ... .max))"
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("socket").path
    let listener = try Self.listener(at: path)
    let manager = Self.manager(["NOTIFY_SOCKET": path])
    var failure: SystemError?
    while failure == nil { failure = manager.notify(.watchdog) }
    #expect(failure == Self.isFull)
    _ = consume listener
    #expect(manager.notify(.watchdog) == SystemError(code: ECONNREFUSED))
  }

  @Test func whatTheManagerHandsOverIsTakenOnceByName() throws {
    let pipes = [Pipe(), Pipe()]
    let first = try Self.handOver(pipes.map { $0.fileHandleForReading.fileDescriptor })
    var manager = Self.manager(
      ["LISTEN_FDS": "2", "LISTEN_PID": "\(getpid())", "LISTEN_FDNAMES": "line:status"], firstDescriptor: first)
    for (pipe, text) in zip(pipes, ["light", "heartbeat"]) {
      try pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try pipe.fileHandleForWriting.close()
    }
    var taken: [String] = []
    manager.takeStored { name, descriptor in
      #expect(fcntl(descriptor.number, F_GETFD) & FD_CLOEXEC != 0)
      taken.append(name + ": " + String(decoding: (try? descriptor.bytes(count: 100)) ?? [], as: UTF8.self))
    }
    #expect(taken == ["line: light", "status: heartbeat"])
    manager.takeStored { name, _ in taken.append(name) }
    #expect(taken.count == 2)
    #expect(Self.isClosed(first) && Self.isClosed(first + 1))
  }

  @Test func whatIsNotTakenIsClosed() throws {
    let pipe = Pipe()
    let first = try Self.handOver([pipe.fileHandleForReading.fileDescriptor])
    do {
      let manager = Self.manager(["LISTEN_FDS": "1", "LISTEN_PID": "\(getpid())"], firstDescriptor: first)
      #expect(manager.notify(.ready) == nil)
      #expect(!Self.isClosed(first))
    }
    #expect(Self.isClosed(first))
  }

  @Test func moreThanIsOpenIsNotTaken() throws {
    let pipe = Pipe()
    let first = try Self.handOver([pipe.fileHandleForReading.fileDescriptor])
    var manager = Self.manager(["LISTEN_FDS": "1048576", "LISTEN_PID": "\(getpid())"], firstDescriptor: first)
    var count = 0
    manager.takeStored { _, _ in count += 1 }
    #expect(count == 1)
  }

  @Test func theVariablesAreGoneFromTheEnvironment() async {
    await #expect(processExitsWith: .success) {
      let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES"]
      let values = ["@nobody", "2000000", "\(getpid())", "0", "\(getpid())", ""]
      for (name, value) in zip(names, values) { setenv(name, value, 1) }
      let manager = ServiceManager()
      precondition(manager.watchdogInterval == 1000 && manager.notify(.ready) != nil)
      for name in names { precondition(getenv(name) == nil) }
    }
  }

  /// A socket that nobody reads from.
  private static func listener(at path: String) throws -> Descriptor {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    try #require(path.utf8.count < MemoryLayout.size(ofValue: address.sun_path))
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let listener = Descriptor(owning: try SystemError.check { socket(AF_UNIX, datagram, 0) })
    try SystemError.check {
      withUnsafeBytes(of: &address) {
        bind(listener.number, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
      }
    }
    return listener
  }

  #if os(Linux)
    private static let (datagram, isFull) = (Int32(SOCK_DGRAM.rawValue), SystemError.wouldBlock)
  #else
    private static let (datagram, isFull) = (SOCK_DGRAM, SystemError(code: ENOBUFS))
  #endif

  /// Numbers beyond those that the system gives out by itself here.
  private static let places = Mutex<Int32>(600)

  /// Makes copies of the descriptors, one after the other from a number on that it returns.
  private static func handOver(_ descriptors: [Int32]) throws -> Int32 {
    let first = places.withLock { next in
      defer { next += 10 }
      return next
    }
    for (number, descriptor) in zip(first..., descriptors) { try SystemError.check { dup2(descriptor, number) } }
    return first
  }

  private static func isClosed(_ number: Int32) -> Bool { fcntl(number, F_GETFD) < 0 }
}
