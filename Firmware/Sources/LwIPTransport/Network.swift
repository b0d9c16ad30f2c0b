// SPDX-License-Identifier: MIT

// The board's Ethernet as lwIP's only interface. Received frames are copied into lwIP's buffers one at a
// time, so that few are needed; frames to be sent go straight from lwIP's chain into the controller. DHCP
// gives the address.

import CBoard
import CLwIP
public import DeviceServer
public import Timebase

/// lwIP with its interface. There is one at most: lwIP keeps its state in globals.
public struct Network: ~Copyable {
  private let interface: UnsafeMutablePointer<netif>

  /// Frames at a time, so that a flood leaves time for the rest of the program.
  static var framesPerPoll: Int { 16 }

  /// Starts lwIP, and asks for an address.
  public init() {
    interface = .allocate(capacity: 1)
    interface.initialize(to: netif())
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 6) { address in
      guard let base = address.baseAddress else { return }
      board_hardware_address(base)
      for octet in address { lwip_stir(UInt32(octet)) }
    }
    lwip_init()
    netif_add_noaddr(
      interface, nil,
      { interface in
        Network.configure(interface)
        return ok
      }, ethernet_input)
    netif_set_default(interface)
    dhcp_start(interface)
  }

  /// The address that DHCP gave; nil until then. A renewal keeps it.
  public var address: RemoteAddress? {
    guard lwip_has_address(interface) else { return nil }
    return .ipv4(lwip_address(interface.pointee.ip_addr), port: 0)
  }

  /// A number that is another one at each start once frames have come: their times are in it. It is not a key.
  public static func randomNumber() -> UInt32 { lwip_random() }

  /// Takes in the frames that wait, does what lwIP's timers want, and returns when to be called next at the
  /// latest.
  ///
  /// Only for a network without a transport yet; `LwIPTransport.poll` does the same and more.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime {
    for _ in 0..<Self.framesPerPoll where !receiveFrame() { return serveTimers(now: now) }
    _ = serveTimers(now: now)
    return now
  }

  /// Gives lwIP the next frame, or returns false if none waits.
  @inline(never)
  mutating func receiveFrame() -> Bool {
    let length = board_frame_length()
    guard length > 0 else { return false }
    let statistics = lwip_transport_statistics()
    statistics.pointee.frames_received &+= 1
    lwip_stir(UInt32(truncatingIfNeeded: length))
    guard let length = UInt16(exactly: length), let frame = pbuf_alloc(PBUF_RAW, length, PBUF_POOL) else {
      statistics.pointee.frames_dropped &+= 1
      board_end_read()
      return true
    }
    var next: UnsafeMutablePointer<pbuf>? = frame
    while let piece = next {
      board_read_frame(piece.bytes, piece.count)
      next = piece.pointee.next
    }
    board_end_read()
    lwip_make_room_for_handshake()
    _ = ethernet_input(frame, interface)  // which frees it, whatever it says
    return true
  }

  /// Does what is due in lwIP, and returns when something is due again.
  mutating func serveTimers(now: MonotonicTime) -> MonotonicTime {
    now + Milliseconds(lwip_serve_timers())
  }

  private static func configure(_ interface: UnsafeMutablePointer<netif>?) {
    guard let interface else { return }
    interface.pointee.name = (0x65, 0x6E)  // "en"
    interface.pointee.mtu = 1500
    // Up from the start: the functions for it would tell others of a change, and there is no address yet to tell of.
    interface.pointee.flags = UInt8(
      NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_UP | NETIF_FLAG_LINK_UP)
    interface.pointee.hwaddr_len = 6
    withUnsafeMutableBytes(of: &interface.pointee.hwaddr) { address in
      if let base = address.bindMemory(to: UInt8.self).baseAddress { board_hardware_address(base) }
    }
    interface.pointee.output = etharp_output
    interface.pointee.linkoutput = { _, frame in Network.send(frame) }
  }

  /// Copies a frame into the controller. When that is busy TCP keeps the segment; of all else the sender
  /// sends again.
  private static func send(_ frame: UnsafeMutablePointer<pbuf>?) -> err_t {
    guard let frame, board_begin_frame(Int(frame.pointee.tot_len)) else {
      lwip_transport_statistics().pointee.frames_deferred &+= 1
      return err_t(truncatingIfNeeded: ERR_IF.rawValue)
    }
    var next: UnsafeMutablePointer<pbuf>? = frame
    while let piece = next {
      board_write_frame(piece.bytes, piece.count)
      next = piece.pointee.next
    }
    board_end_frame()
    return ok
  }
}

/// lwIP's word for success.
var ok: err_t { 0 }

extension UnsafeMutablePointer<pbuf> {
  /// The bytes of this buffer of a chain.
  var bytes: UnsafeMutablePointer<UInt8> { pointee.payload.assumingMemoryBound(to: UInt8.self) }

  /// How many.
  var count: Int { Int(pointee.len) }
}
