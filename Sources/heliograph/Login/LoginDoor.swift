// SPDX-License-Identifier: MIT

// The gatekeeper in this program: made at the start, asked in every loop, and given its results. What it wants done is
// done by a task beside the event loop.

import Accounts
import DeviceServer
import Foundation
import Logging
import HostTransport
import RemoteControl
import SystemCalls
import Timebase

/// What is needed for people to log in.
struct LoginDoor: Sendable {
  /// Something for the task beside the event loop.
  enum Errand: Sendable {
    case work(AccountWork)
    /// Somebody has logged out: their sockets are to be closed.
    case settle
  }

  private let settings: ProgramSettings
  private let service: AccountService
  private let table: AccountTable
  private let errands: AsyncStream<Errand>
  private let news: AsyncStream<Errand>.Continuation

  /// Reads the accounts; nil if nobody is asked who they are.
  init?(_ settings: ProgramSettings) throws {
    guard settings.login.isOn(host: settings.host) else { return nil }
    guard AccountSupport.isBuiltIn else {
      throw StartFailure(
        description: "this program was built without logins: build it with the trait Login, "
          + "or let everybody in with --no-login")
    }
    guard let file = AccountFile(beside: settings.stateFile) else {
      throw StartFailure(
        description: "a login needs a place for its accounts: give one with --state-file, or start with --no-login")
    }
    self.settings = settings
    service = AccountService(file: file)
    do throws(AccountFileError) {
      table = try service.load()
    } catch {
      throw StartFailure(description: error.description)
    }
    (errands, news) = AsyncStream.makeStream(of: Errand.self)
  }

  /// The gatekeeper, for the loop that will own it.
  func makeGatekeeper() -> Gatekeeper {
    let now = MonotonicTime.systemNow
    let seconds = UInt64(max(Date().timeIntervalSince1970, 0))
    let suffix = settings.port == 0 ? [] : Array(String(settings.port).utf8)
    return Gatekeeper(
      AccountBook(table, at: Moment(now, unixSeconds: seconds)), guests: settings.login.guests.role,
      cookieSuffix: suffix, unixSeconds: seconds)
  }

  /// What the first start says, until there is an administrator; `link` is that of the gatekeeper.
  static func words(for link: String?, at url: String) -> [String] {
    guard let link else { return [] }
    return ["Nobody owns this device yet. To choose a name and a password, within a day, open", url + link]
  }

  /// Hands on what the gatekeeper wants after a loop, and logs what has happened.
  func afterActivity(_ gatekeeper: Gatekeeper, log: (Logger.Level, String) -> Void) {
    while let work = gatekeeper.nextWork() { news.yield(.work(work)) }
    if gatekeeper.isUnsettled { news.yield(.settle) }
    for event in gatekeeper.takeEvents() {
      switch event {
      case .notice(let line): log(.notice, line)
      case .warning(let line): log(.warning, line)
      }
    }
  }

  /// Does what is wanted until the task is cancelled; `gatekeeper` is asked for on the transport's loop.
  func run<Context: ~Copyable>(
    _ transport: HostTransport<ServerApplication<Context>>, _ gatekeeper: @escaping @Sendable () -> Gatekeeper?
  ) async {
    for await errand in errands {
      switch errand {
      case .work(let work): service.perform(work) { settle($0, transport, gatekeeper) }
      case .settle: settle(nil, transport, gatekeeper)
      }
    }
  }

  private func settle<Context: ~Copyable>(
    _ result: AccountResult?, _ transport: HostTransport<ServerApplication<Context>>,
    _ gatekeeper: @escaping @Sendable () -> Gatekeeper?
  ) {
    transport.notify { application, now in
      guard let gatekeeper = gatekeeper() else { return }
      if let result { gatekeeper.receive(result, now: now) }
      gatekeeper.settle(&application.server, &application.context, now: now)
    }
  }
}
