// SPDX-License-Identifier: MIT

// The interfaces as the system lists them: an entry for every address, the hardware address being one of them.
// Source: getifaddrs(3), netdevice(7), packet(7) on Linux; getifaddrs(3) and net/if_dl.h on macOS.

import DeviceServer
import SystemCalls

extension InterfaceStatus {
  /// All interfaces, in the system's order, those that are off included.
  public static func all() throws(HostNetworkError) -> [InterfaceStatus] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { throw .cannotListInterfaces(code: SystemError.last.code) }
    defer { freeifaddrs(first) }
    var interfaces: [InterfaceStatus] = []
    var next = first
    while let entry = next?.pointee {
      let name = Self.name(entry.ifa_name)
      let index = interfaces.firstIndex { $0.name == name } ?? interfaces.endIndex
      if index == interfaces.endIndex { interfaces.append(InterfaceStatus(name, flags: entry.ifa_flags)) }
      if let address = entry.ifa_addr { interfaces[index].add(address) }
      next = entry.ifa_next
    }
    return interfaces
  }

  /// An IPv4 address may go by a label of its own, such as `eth0:1`; no interface has a colon in its name.
  private static func name(_ label: UnsafePointer<CChar>) -> String {
    let label = UnsafeBufferPointer(start: label, count: strlen(label)).lazy.map { UInt8(bitPattern: $0) }
    return String(decoding: label.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self)
  }

  private init(_ name: String, flags: UInt32) {
    func has(_ flag: Int) -> Bool { flags & UInt32(flag) != 0 }
    self.init(
      name: name, isLoopback: has(Int(IFF_LOOPBACK)), isRunning: has(Int(IFF_UP)) && has(Int(IFF_RUNNING)))
  }

  private mutating func add(_ address: UnsafePointer<sockaddr>) {
    if let hardware = Self.hardwareAddress(address) {
      hardwareAddress = hardware
    } else if let address = InterfaceAddress(address) {
      add(address)
    }
  }

  /// The six bytes in a hardware address; nil if it is another kind of address, or of another length.
  ///
  /// Not every C library declares the structures to Swift: these are the offsets of `sockaddr_ll` and `sockaddr_dl`.
  private static func hardwareAddress(_ address: UnsafePointer<sockaddr>) -> InlineArray<6, UInt8>? {
    let raw = UnsafeRawPointer(address)
    #if canImport(Darwin)
      // sdl_len, sdl_family, sdl_index (2), sdl_type, sdl_nlen, sdl_alen, sdl_slen; then the name and the address
      let length = raw.load(fromByteOffset: 6, as: UInt8.self)
      let start = 8 + Int(raw.load(fromByteOffset: 5, as: UInt8.self))
      guard Int32(address.pointee.sa_family) == AF_LINK, length == 6 else { return nil }
    #else
      // sll_family (2), sll_protocol (2), sll_ifindex (4), sll_hatype (2), sll_pkttype, sll_halen; then the address
      let length = raw.load(fromByteOffset: 11, as: UInt8.self)
      let start = 12
      guard Int32(address.pointee.sa_family) == AF_PACKET, length == 6 else { return nil }
    #endif
    return InlineArray { raw.load(fromByteOffset: start + $0, as: UInt8.self) }
  }
}
