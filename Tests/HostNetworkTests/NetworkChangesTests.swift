// SPDX-License-Identifier: MIT

// A real kernel tells of changes, in a network of the test's own: nothing else on the machine is touched or seen.

#if os(Linux)
  import DeviceServer
  import Foundation
  import Glibc
  import SystemCalls
  import Testing

  @testable import HostNetwork

  @Suite(.timeLimit(.minutes(1))) struct NetworkChangesTests {
    @Test func readingDoesNotBlockAndNoOtherProgramGetsTheDescriptor() throws {
      let changes = try open()
      _ = try drain(changes)
      #expect(fcntl(changes.number, F_GETFL) & O_NONBLOCK != 0)
      #expect(fcntl(changes.number, F_GETFD) & FD_CLOEXEC != 0)
    }

    /// What is done, and what loopback and the default route are afterwards.
    static let changes: [(command: [String], address: String?, hasDefaultRoute: Bool)] = [
      (["link", "set", "lo", "up"], "127.0.0.1", false),
      (["address", "delete", "127.0.0.1/8", "dev", "lo"], nil, false),
      (["address", "add", "169.254.1.2/16", "dev", "lo"], "169.254.1.2", false),
      (["address", "add", "192.0.2.77/24", "dev", "lo", "label", "lo:7"], "192.0.2.77", false),
      (["route", "add", "default", "dev", "lo"], "192.0.2.77", true),
      (["route", "delete", "default"], "192.0.2.77", false),
      (["link", "set", "lo", "down"], nil, false),
    ]

    @Test(.enabled(if: OwnNetwork.isAvailable, "needs ip of iproute2, and root with network namespaces"))
    func everyChangeIsToldAndSeen() async throws {
      struct Seen: Sendable { var wasTold: Bool, address: String?, defaultRoute: String? }
      let seen = try await OwnNetwork.run {
        let changes = try open()
        return try Self.changes.map { change in
          _ = try drain(changes)
          try IPCommand.run(change.command)
          var wait = pollfd(fd: changes.number, events: Int16(POLLIN), revents: 0)
          let isReadable = poll(&wait, 1, 10_000) == 1
          let wasTold = try isReadable && drain(changes)
          let loopback = try InterfaceStatus.named("lo")
          return Seen(
            wasTold: wasTold, address: loopback.ranked.first { $0.isIPv4 && loopback.isRunning }?.address.text,
            defaultRoute: try InterfaceStatus.ofDefaultRoute()?.name)
        }
      }
      for (seen, change) in zip(seen, Self.changes) {
        #expect(seen.wasTold, "\(change.command)")
        #expect(seen.address == change.address, "\(change.command)")
        #expect(seen.defaultRoute == (change.hasDefaultRoute ? "lo" : nil), "\(change.command)")
      }
    }

    @Test(.enabled(if: OwnNetwork.isAvailable, "needs ip of iproute2, and root with network namespaces"))
    func moreChangesThanTheSocketHoldsAreToldAndAreNoError() async throws {
      let results = try await OwnNetwork.run {
        let changes = try open()
        var size: Int32 = 1  // the kernel makes it its least, room for one or two messages
        try SystemError.check {
          setsockopt(changes.number, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        for state in ["up", "down", "up", "down", "up"] { try IPCommand.run(["link", "set", "lo", state]) }
        var message = [UInt8](repeating: 0, count: 16)
        var results: [Int32] = []
        repeat {
          results.append(read(changes.number, &message, message.count) < 0 ? errno : 0)
        } while results.last == 0
        return results
      }
      #expect((2..<20).contains(results.count))
      #expect(results.last == EAGAIN)
    }
  }

  /// The kernel's messages; there are none where there is no netlink.
  private func open() throws -> Descriptor {
    guard let changes = try NetworkChanges.open() else { throw SystemError(code: EAFNOSUPPORT) }
    return changes
  }

  /// Takes all messages that are there; whether there were any.
  private func drain(_ changes: borrowing Descriptor) throws -> Bool {
    var count = 0
    var message = [UInt8](repeating: 0, count: 256)  // the rest of a longer one is let go
    while read(changes.number, &message, message.count) >= 0 { count += 1 }
    guard SystemError.last == .wouldBlock else { throw SystemError.last }
    return count > 0
  }

  extension InterfaceAddress {
    fileprivate var isIPv4: Bool { reach == .ipv4 || reach == .linkIPv4 }
  }
#endif
