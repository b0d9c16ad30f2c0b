// SPDX-License-Identifier: MIT

// systemd, if it started the program: it learns when the device serves and that its loop is alive, and it holds the
// GPIO lines while the program restarts. Without systemd everything here does nothing.

import Bytes
import DeviceServer
import HostTransport
import ServiceNotification
import SystemCalls
import Timebase

#if os(Linux)
  import LinuxBoard
#endif

final class Supervisor: Sendable {
  private let manager: ServiceManager
  #if os(Linux)
    /// Lines that the run before this one held.
    private let stored: Locked<StoredLines>
    /// The names of the lines that the manager holds, as far as it has heard.
    private let held = Locked<[String]>([])
  #endif

  /// To be made first of all, while nothing else runs.
  init() {
    var manager = ServiceManager()
    #if os(Linux)
      var stored = StoredLines()
      manager.takeStored { name, descriptor in stored.add(name, descriptor) }
      self.stored = Locked(stored)
    #endif
    self.manager = manager
  }

  /// Says that the device serves at `url`.
  func ready(_ url: String) async throws { try await insist { manager.notify(.ready, .status(url)) != .wouldBlock } }

  /// Sends the manager the messages that are sent only once, again as long as its socket is full.
  func insist(_ isHeard: () async throws -> Bool) async throws {
    while try await !isHeard() { try await Task.sleep(for: .milliseconds(100)) }
  }

  /// The program has begun to end.
  func stopping() { manager.notify(.stopping) }

  /// Reports, as often as the manager wants and until the task is cancelled, that the application's thread is alive: the
  /// report is made on that thread.
  func reportLife<App: ~Copyable>(of transport: HostTransport<App>) async {
    guard let interval = manager.watchdogInterval else { return }
    while !Task.isCancelled {
      transport.notify { _, _ in self.manager.notify(.watchdog) }
      try? await Task.sleep(for: .milliseconds(Int(interval.count)))
    }
  }

  #if os(Linux)
    /// The lines that the run before this one held; given once.
    func takeStoredLines() -> StoredLines {
      stored.withLock { lines in
        var taken = StoredLines()
        swap(&taken, &lines)
        return taken
      }
    }

    /// Has the manager let go of the lines of these names.
    func release(_ names: [String]) {
      for name in names { manager.remove(name) }
    }

    /// Has the manager hold the lines of `board` from now on, and let go of all others: what it holds of a chip that is
    /// gone must not keep it busy. False if it had no room to hear all of that.
    func hold(_ board: LinuxBoard) -> Bool {
      held.withLock { names in
        while let name = names.last {
          guard manager.remove(name) != .wouldBlock else { return false }
          names.removeLast()
        }
        for (name, descriptor) in board.heldLines {
          guard manager.store(descriptor: descriptor, name: name) != .wouldBlock else { return false }
          names.append(name)
        }
        return true
      }
    }
  #endif
}
