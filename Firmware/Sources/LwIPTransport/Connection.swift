// SPDX-License-Identifier: MIT

// One TCP connection in lwIP's terms. lwIP calls back in the middle of its work; the callbacks only record what
// happened, in a row that never moves, and `LwIPTransport` looks at the rows when lwIP has returned. lwIP's buffers are
// given back at once: input that the application has left is copied, and the receive window stays closed by as much.

import CLwIP
import DeviceServer

/// A row of the table: free if it has neither `pcb` nor `id`, new without `id`, gone without `pcb`.
struct Connection {
  /// How far this direction is on its way to its end.
  enum Direction: UInt8 { case open, ending, ended }

  /// lwIP's side of the connection, for as long as it is.
  var pcb: UnsafeMutablePointer<tcp_pcb>?
  /// The application's side of it, from accept to the end.
  var id: ConnectionID?
  /// What has come since the last look.
  var received: UnsafeMutablePointer<pbuf>?
  /// Input that the application has not taken yet: at most a receive window.
  var held: [UInt8] = []
  /// Whether the input waits for memory, not for the application.
  var isDeferred = false
  /// `ending` from the peer's FIN until all that came before it has been taken.
  var input = Direction.open
  /// `ending` until all output is lwIP's.
  var output = Direction.open
  /// The application has output; it was asked for none, or not for all.
  var isWriteDue = false
  /// Output that lwIP had no memory for, copied and then in place: it cannot be given back to the
  /// application.
  var refused: [UInt8] = []
  var refusedInPlace = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
  #if !WITHOUT_MQTT
    /// Why `pcb` is gone.
    var error: err_t = 0
  #endif

  /// Makes a row as good as new. An assignment would do so member by member, which takes more code.
  static func renew(_ row: Row) {
    row.deinitialize(count: 1)
    row.initialize(to: Connection())
  }

  // MARK: From lwIP

  /// Lets lwIP's calls about `pcb` reach `row`.
  static func adopt(_ pcb: UnsafeMutablePointer<tcp_pcb>, in row: Row) {
    renew(row)
    row.pointee.pcb = pcb
    tcp_arg(pcb, row)
    tcp_recv(pcb) { row, _, buffers, _ in
      row?.assumingMemoryBound(to: Connection.self).pointee.receive(buffers)
      return ok
    }
    #if WITHOUT_MQTT
      tcp_err(pcb) { row, _ in row?.assumingMemoryBound(to: Connection.self).pointee.lose() }
    #else
      tcp_err(pcb) { row, error in
        row?.assumingMemoryBound(to: Connection.self).pointee.error = error
        row?.assumingMemoryBound(to: Connection.self).pointee.lose()
      }
    #endif
    pcb.pointee.flags |= tcpflags_t(TF_NODELAY)
  }

  /// Buffers, or nil for the peer's FIN.
  private mutating func receive(_ buffers: UnsafeMutablePointer<pbuf>?) {
    guard let buffers else { return input = .ending }
    if let received { pbuf_cat(received, buffers) } else { received = buffers }
  }

  /// lwIP has freed `pcb`: a reset, too many retransmissions, our abort, or the acknowledgment of our FIN.
  private mutating func lose() {
    pcb = nil
    if let received { pbuf_free(received) }
    received = nil
  }

  // MARK: From the transport

  /// Keeps input for later. The memory is that of a receive window from the start: it never grows by
  /// doubling.
  mutating func hold(_ bytes: UnsafeBufferPointer<UInt8>) {
    if held.isEmpty { held.reserveCapacity(Int(TCP_WND)) }
    held.append(contentsOf: bytes)
  }

  var remoteAddress: RemoteAddress {
    guard let pcb else { return .unknown }
    return .ipv4(lwip_address(pcb.pointee.remote_ip), port: pcb.pointee.remote_port)
  }

  /// Both directions have ended; what is left (TIME-WAIT) lwIP does alone.
  mutating func releaseIfOver() {
    guard let pcb, pcb.pointee.state == TIME_WAIT || pcb.pointee.state == CLOSING else { return }
    tcp_arg(pcb, nil)
    tcp_recv(pcb, nil)
    tcp_err(pcb, nil)
    lose()
  }

  /// How many bytes may be copied for lwIP now.
  ///
  /// When lwIP's memory is more than half used, only connections with nothing under way get some, and a rest stays
  /// for handshakes and acknowledgments: peers that have gone silent cannot keep it from the others.
  var room: Int {
    guard let pcb, output == .open, refused.isEmpty, refusedInPlace.isEmpty,
      Int(pcb.pointee.snd_queuelen) <= Int(TCP_SND_QUEUELEN) / 2
    else { return 0 }
    let room = min(Int(pcb.pointee.snd_buf), Int(TCP_MSS))
    let free = lwip_free_heap()
    if free >= Int(MEM_SIZE) / 2, lwip_free_segments() >= Int(MEMP_NUM_TCP_SEG) / 2 { return room }
    return pcb.pointee.snd_queuelen == 0 ? min(room, max(free - Int(MEM_SIZE) / 8, 0)) : 0
  }

  /// Hands `copied` and then `inPlace`, which is in flash, to lwIP, and keeps what it has no memory for.
  mutating func write(_ copied: UnsafeBufferPointer<UInt8>, inPlace: UnsafeBufferPointer<UInt8>) {
    if !give(copied, flags: TCP_WRITE_FLAG_COPY) {
      refused = Array(copied)
      refusedInPlace = inPlace
    } else if !give(inPlace, flags: 0) {
      refusedInPlace = inPlace
    }
    if let pcb { tcp_output(pcb) }
  }

  /// Tries again what lwIP had no memory for, then ends this direction if that is due. At every turn of the
  /// loop: memory may become free through another connection, when lwIP has no reason to call back about this
  /// one.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  mutating func flush() {
    if !refused.isEmpty || !refusedInPlace.isEmpty {
      guard refused.withUnsafeBufferPointer({ give($0, flags: TCP_WRITE_FLAG_COPY) }) else { return }
      refused = []
      guard give(refusedInPlace, flags: 0) else { return }
      refusedInPlace = UnsafeBufferPointer(start: nil, count: 0)
      if let pcb { tcp_output(pcb) }
    }
    guard output == .ending, let pcb else { return }
    output = .ended
    tcp_shutdown(pcb, 0, 1)  // tries again by itself when there is no memory for the FIN
  }

  @inline(never)
  private func give(_ bytes: UnsafeBufferPointer<UInt8>, flags: Int32) -> Bool {
    guard let pcb, let count = UInt16(exactly: bytes.count), count > 0 else { return true }
    if tcp_write(pcb, bytes.baseAddress, count, UInt8(flags)) == ok { return true }
    lwip_transport_statistics().pointee.refusals &+= 1
    return false
  }

  /// Ends this direction after what was written.
  mutating func endOutput() {
    guard output == .open else { return }
    output = .ending
    isWriteDue = false
    flush()
  }

  /// Resets the connection. lwIP calls `lose` during that, so nothing else may be using the row.
  static func abort(_ row: Row) {
    if let pcb = row.pointee.pcb { tcp_abort(pcb) }
  }

  #if !WITHOUT_MQTT
    /// Ends both directions behind what was written, and leaves the rest of it to lwIP.
    mutating func close() {
      guard let pcb else { return }
      tcp_arg(pcb, nil)
      tcp_recv(pcb, nil)
      tcp_err(pcb, nil)
      lose()
      tcp_close(pcb)
    }
  #endif
}

/// The address of a connection, which lwIP has.
typealias Row = UnsafeMutablePointer<Connection>
