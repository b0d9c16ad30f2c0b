// SPDX-License-Identifier: MIT

// The device and its network: the wait for an address, and the news when the address changes later. Nothing
// polls after the wait: the kernel says when to look again.

import Bytes
import DeviceServer
import HostNetwork
import Logging
import HostTransport
import RemoteControl
import SystemCalls
import Timebase

struct NetworkKeeper {
  let settings: ProgramSettings
  let transport: HostTransport<RemoteControl>
  let console: Console
  /// Why the interfaces could not be listed when they were last looked at; nil if they could.
  var problem: HostNetworkError?

  /// The interface of the settings; nil for the one with the default route.
  private var interface: String? { settings.interface }

  /// Prints a dot every 500 ms until the interface has an address. An interface that the settings name must exist.
  mutating func waitForAddress() async throws -> InterfaceStatus {
    if let interface {
      do throws(HostNetworkError) { _ = try InterfaceStatus.named(interface) } catch {
        throw StartFailure(description: error.description)
      }
    }
    var wait: NetworkWait?
    var settling = AddressSettling()
    while true {
      let status = look(last: nil)
      let now = try await transport.withApplication { _, now in now }
      var line: [UInt8] = []
      var started = wait ?? NetworkWait(hardwareAddress: status?.hardwareAddress ?? InlineArray(repeating: 0))
      let next = started.poll(now: now, address: settling.poll(status, now: now), to: &line)
      wait = started
      console.grow(line, isEnd: next == nil)
      if let status, next == nil { return status }
      try await Task.sleep(for: .milliseconds(Int(((next ?? now) - now).count)))
    }
  }

  /// Logs each change of the address until the task is cancelled; or says that it cannot.
  mutating func watch(since first: InterfaceStatus) async {
    let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    do {
      guard let changes = try NetworkChanges.open() else { return }
      try await transport.watch(changes.release()) { _, _, _ in
        continuation.yield()
      } end: { _, _, _ in
        continuation.finish()
      }
    } catch {
      return console.log(.warning, "changes of the address are not noticed: \(error)")
    }
    continuation.yield()  // it may have changed since it was looked at
    var last: InterfaceStatus? = first
    for await _ in news {
      let status = look(last: last)
      guard status?.address != last?.address || status?.name != last?.name else { continue }
      console.log(.notice, Self.words(last, status))
      last = status
    }
    if !Task.isCancelled { console.log(.warning, "changes of the address are not noticed any more") }
  }

  /// The interface at this moment. A failure to list interfaces is logged once, and the last status is kept.
  private mutating func look(last: InterfaceStatus?) -> InterfaceStatus? {
    do throws(HostNetworkError) {
      let status = try find()
      problem = nil
      return status
    } catch {
      if error != problem { console.log(.warning, error.description) }
      problem = error
      return last
    }
  }

  /// Without a default route (a network that leads nowhere else, or whose routes cannot be read) it is any interface
  /// that has an address.
  private func find() throws(HostNetworkError) -> InterfaceStatus? {
    if let interface { return try InterfaceStatus.all().first { $0.name == interface } }
    if let main = try? InterfaceStatus.ofDefaultRoute() { return main }
    return try InterfaceStatus.all().first { !$0.isLoopback && $0.address != nil }
  }

  private static func words(_ before: InterfaceStatus?, _ after: InterfaceStatus?) -> String {
    guard let after, let address = after.address else {
      return "the network is gone: \(before?.name ?? "no interface")"
    }
    let old = before.flatMap { $0.address }.map { " (was \($0.string))" } ?? ""
    return "the address has changed: \(after.name) \(address.string)\(old)"
  }
}

extension NetworkIdentity {
  /// The interface that has `address`, on which the server listens; a hardware address of zero if none has it.
  init(boundTo address: RemoteAddress) {
    let interface = try? InterfaceStatus.all().first { $0.addresses.contains { $0.isSameHost(as: address) } }
    self.init(hardwareAddress: interface?.hardwareAddress ?? InlineArray(repeating: 0), address: address)
  }
}
