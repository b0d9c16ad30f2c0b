// SPDX-License-Identifier: MIT

// The device and its network: the seed's wait for an address, and the news when the address changes later. Nothing
// polls after the wait: the kernel says when to look again.

import Bytes
import DeviceServer
import HostNetwork
import Logging
import NIOTransport
import RemoteControl
import SystemCalls
import Timebase

struct NetworkKeeper {
  /// The interface that was asked for; nil for the one that has the default route.
  let interface: String?
  let transport: NIOTransport<HostDevice>
  let console: Console

  /// How long an interface that has just come up may have no address but one for its own link: DHCP takes its time.
  private static var settling: Milliseconds { .seconds(10) }

  /// Prints a dot every 500 ms until the interface has an address. An interface that was asked for must be there.
  func waitForAddress() async throws -> InterfaceStatus {
    if let interface {
      do throws(HostNetworkError) { _ = try InterfaceStatus.named(interface) } catch {
        throw StartFailure(description: error.description)
      }
    }
    var wait: NetworkWait?
    var start: MonotonicTime?
    while true {
      let status = look()
      let now = try await transport.withApplication { _, now in now }
      start = start ?? now
      var line: [UInt8] = []
      var started = wait ?? NetworkWait(hardwareAddress: status?.hardwareAddress ?? InlineArray(repeating: 0))
      let isSettled = status?.isLinkLocal != true || now - (start ?? now) > Self.settling
      let next = started.poll(now: now, address: isSettled ? status?.address : nil, to: &line)
      wait = started
      console.grow(line, isEnd: next == nil)
      if let status, next == nil { return status }
      try await Task.sleep(for: .milliseconds(Int(((next ?? now) - now).count)))
    }
  }

  /// Logs each change of the address until the task is cancelled.
  func watch(since first: InterfaceStatus) async throws {
    guard let changes = try NetworkChanges.open() else { return }
    let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    try await transport.watch(changes.release()) { _, _, _ in
      continuation.yield()
    } end: { _, _, _ in
      continuation.finish()
    }
    var last: InterfaceStatus? = first
    for await _ in news {
      let status = look()
      guard status?.address != last?.address || status?.name != last?.name else { continue }
      console.log(.notice, Self.words(last, status))
      last = status
    }
  }

  /// The interface at this moment: without a default route (a network that leads nowhere else) any that has an address.
  /// One that cannot be looked at is not there.
  private func look() -> InterfaceStatus? {
    if let interface { return try? .named(interface) }
    if let main = try? InterfaceStatus.ofDefaultRoute() { return main }
    return try? InterfaceStatus.all().first { !$0.isLoopback && $0.address != nil }
  }

  private static func words(_ before: InterfaceStatus?, _ after: InterfaceStatus?) -> String {
    guard let after, let address = after.address else { return "the network is gone: \(before?.name ?? "no interface")" }
    let old = before.flatMap { $0.address }.map { " (was \(text($0)))" } ?? ""
    return "the address has changed: \(after.name) \(text(address))\(old)"
  }

  private static func text(_ address: RemoteAddress) -> String {
    var text: [UInt8] = []
    address.appendAddress(to: &text)
    return String(decoding: text, as: UTF8.self)
  }
}

extension NetworkIdentity {
  /// The interface that has `address`, which somebody listens on; a hardware address of zero if none has it.
  init(boundTo address: RemoteAddress) {
    let interface = try? InterfaceStatus.all().first { $0.addresses.contains { $0.isSameHost(as: address) } }
    self.init(hardwareAddress: interface?.hardwareAddress ?? InlineArray(repeating: 0), address: address)
  }
}
