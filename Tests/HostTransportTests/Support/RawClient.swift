// SPDX-License-Identifier: MIT

// A peer with nothing between the test and the BSD socket calls, which block: they run on threads of their own, each
// with a time limit. Frames are read and written here by hand, from RFC 6455 section 5.2.

import NIOCore
import NIOPosix
import SystemCalls

/// A TCP client; used by one task at a time for sending and one for receiving.
final class RawClient: @unchecked Sendable {
  /// What a call on the socket said.
  struct SocketError: Error, Equatable {
    let call: String
    let code: Int32
  }

  private static let threads: NIOThreadPool = {
    let threads = NIOThreadPool(numberOfThreads: 8)
    threads.start()
    return threads
  }()

  private var descriptor: Int32
  /// What was received and not asked for yet.
  private var received: [UInt8] = []

  private init(_ descriptor: Int32) { self.descriptor = descriptor }
  deinit { close() }

  /// Connects; a small `receiveBuffer` (before the kernel doubles it) and segments as small make a peer that takes
  /// little at a time.
  static func connect(to address: SocketAddress, receiveBuffer: Int32? = nil) async throws -> RawClient {
    try await threads.runIfActive { try connectNow(to: address, receiveBuffer: receiveBuffer) }
  }

  /// For many connections on one thread, `connect` without leaving it.
  private static func connectNow(to address: SocketAddress, receiveBuffer: Int32? = nil) throws -> RawClient {
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    let family = address.protocol == .inet6 ? AF_INET6 : AF_INET
    let client = RawClient(try check("socket", socket(family, type, 0)))
    if let receiveBuffer {
      try client.set(SOL_SOCKET, SO_RCVBUF, receiveBuffer)
      try client.set(Int32(IPPROTO_TCP), TCP_MAXSEG, Int32(536))  // loopback's own is 64 KB
    }
    try client.set(Int32(IPPROTO_TCP), TCP_NODELAY, Int32(1))
    try client.set(SOL_SOCKET, SO_RCVTIMEO, timeval(tv_sec: 10, tv_usec: 0))
    try client.set(SOL_SOCKET, SO_SNDTIMEO, timeval(tv_sec: 10, tv_usec: 0))
    #if canImport(Darwin)
      try client.set(SOL_SOCKET, SO_NOSIGPIPE, Int32(1))
    #endif
    _ = try address.withSockAddr { name, length in
      try check("connect", systemConnect(client.descriptor, name, socklen_t(length)))
    }
    return client
  }

  @discardableResult
  private static func check(_ call: String, _ result: Int32) throws -> Int32 {
    guard result >= 0 else { throw SocketError(call: call, code: errno) }
    return result
  }

  private func set<Value: BitwiseCopyable>(_ level: Int32, _ option: Int32, _ value: Value) throws {
    _ = try withUnsafeBytes(of: value) {
      try Self.check("setsockopt", setsockopt(descriptor, level, option, $0.baseAddress, socklen_t($0.count)))
    }
  }

  /// The port of this end.
  var localPort: UInt16 {
    // The structures' fields belong to a module that SwiftNIO keeps to itself; the port is the second 16 bits of each.
    var name = InlineArray<14, UInt16>(repeating: 0)
    var length = socklen_t(28)
    withUnsafeMutablePointer(to: &name) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(descriptor, $0, &length) }
    }
    return UInt16(bigEndian: name[1])
  }

  #if os(Linux)
    /// How many segments with data have come so far: `tcpi_data_segs_in`.
    var dataSegments: UInt32 { information[152 / 4] }

    /// Whether the peer has ended its direction, whatever of it was received here: `tcpi_state` is CLOSE_WAIT.
    var hasPeerEnded: Bool { UInt32(littleEndian: information[0]) & 0xFF == 8 }

    /// Linux's `tcp_info` (uapi/linux/tcp.h), for which the C library's own structure is too short.
    private var information: InlineArray<64, UInt32> {
      var information = InlineArray<64, UInt32>(repeating: 0)
      var length = socklen_t(256)
      let code = getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &information, &length)
      precondition(code == 0 && length >= 156, "no TCP_INFO")
      return information
    }
  #endif

  // MARK: Sending

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) async throws { try await Self.threads.runIfActive { try self.sendNow(bytes[...]) } }

  private func sendNow(_ bytes: ArraySlice<UInt8>) throws {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemSend(descriptor, $0.baseAddress, $0.count, noSignal) }
      if count < 0 {
        guard errno == EINTR else { throw SocketError(call: "send", code: errno) }
      } else {
        rest = rest.dropFirst(count)
      }
    }
  }

  /// Sends a byte that overtakes the others, as TCP's urgent data.
  func sendUrgent(_ byte: UInt8) throws {
    _ = try Self.check("send", Int32(withUnsafeBytes(of: byte) { systemSend(descriptor, $0.baseAddress, 1, Int32(MSG_OOB)) }))
  }

  /// Sends `chunk` over and over until the socket takes no more for 200 ms, or `limit` bytes are out; returns how many.
  func flood(_ chunk: [UInt8], limit: Int) async throws -> Int {
    try await Self.threads.runIfActive {
      var sent = 0
      while sent < limit {
        let rest = chunk[(sent % chunk.count)...]
        let count = rest.withUnsafeBytes {
          systemSend(self.descriptor, $0.baseAddress, $0.count, noSignal | Int32(MSG_DONTWAIT))
        }
        if count > 0 {
          sent += count
        } else if errno == EAGAIN {
          var ready = pollfd(fd: self.descriptor, events: Int16(POLLOUT), revents: 0)
          if poll(&ready, 1, 200) == 0 { break }
        } else {
          throw SocketError(call: "send", code: errno)
        }
      }
      return sent
    }
  }

  /// Sends FIN; this end can still receive.
  func finishSending() throws { try Self.check("shutdown", shutdown(descriptor, Int32(SHUT_WR))) }

  /// Ends the connection with RST instead of FIN.
  func reset() throws {
    try set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
    close()
  }

  func close() {
    guard descriptor >= 0 else { return }
    _ = systemClose(descriptor)
    descriptor = -1
  }

  // MARK: Receiving

  /// Receives once; false at the end of the stream.
  private func receiveMore() throws -> Bool {
    let size = 65_536
    var count = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
      repeat { count = recv(descriptor, buffer.baseAddress, size, 0) } while count < 0 && errno == EINTR
      initialized = max(count, 0)
    }
    guard count >= 0 else { throw SocketError(call: "recv", code: errno) }
    received += chunk
    return count > 0
  }

  private func take(_ count: Int) -> [UInt8] {
    let bytes = Array(received.prefix(count))
    received.removeFirst(count)
    return bytes
  }

  private func receiveNow(exactly count: Int) throws -> [UInt8] {
    while received.count < count {
      guard try receiveMore() else { throw ChannelError.eof }
    }
    return take(count)
  }

  /// The next `count` bytes.
  func receive(exactly count: Int) async throws -> [UInt8] {
    try await Self.threads.runIfActive { try self.receiveNow(exactly: count) }
  }

  /// Everything that comes before the end of the stream.
  func receiveAll() async throws -> [UInt8] {
    try await Self.threads.runIfActive {
      while try self.receiveMore() {}
      return self.take(self.received.count)
    }
  }

  /// One response with `Content-Length`, as text; `hasBody: false` after HEAD, and for 101.
  func receiveResponse(hasBody: Bool = true) async throws -> String {
    try await Self.threads.runIfActive { try self.receiveResponseNow(hasBody: hasBody) }
  }

  private func receiveResponseNow(hasBody: Bool) throws -> String {
    var end = endOfHead
    while end == nil {
      guard try receiveMore() else { throw ChannelError.eof }
      end = endOfHead
    }
    let head = String(decoding: take(end!), as: UTF8.self)
    guard hasBody else { return head }
    let field = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
    let length = field.flatMap { Int($0.dropFirst(15).drop { $0 == " " }) } ?? 0
    return head + String(decoding: try receiveNow(exactly: length), as: UTF8.self)
  }

  private var endOfHead: Int? {
    let mark = Array("\r\n\r\n".utf8)
    guard received.count >= 4 else { return nil }
    return (0...received.count - 4).first { received[$0..<$0 + 4].elementsEqual(mark) }.map { $0 + 4 }
  }

  // MARK: WebSocket

  /// A frame from the server.
  struct Frame: Equatable {
    /// FIN, the reserved bits and the opcode.
    let firstByte: UInt8
    let payload: [UInt8]
    /// What it took on the wire.
    let size: Int

    static func == (left: Frame, right: Frame) -> Bool {
      left.firstByte == right.firstByte && left.payload == right.payload
    }

    init(_ firstByte: UInt8, _ payload: [UInt8], size: Int = 0) {
      (self.firstByte, self.payload, self.size) = (firstByte, payload, size)
    }
  }

  /// The handshake of RFC 6455 section 1.3.
  static let handshake = """
    GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
    """

  /// Connects and upgrades; throws if the answer is not 101.
  static func connectSocket(to address: SocketAddress, receiveBuffer: Int32? = nil) async throws -> RawClient {
    try await threads.runIfActive { try connectSocketNow(to: address, receiveBuffer: receiveBuffer) }
  }

  /// Connects and upgrades many.
  static func connectSockets(_ count: Int, to address: SocketAddress) async throws -> [RawClient] {
    try await threads.runIfActive { try (0..<count).map { _ in try connectSocketNow(to: address) } }
  }

  private static func connectSocketNow(
    to address: SocketAddress, receiveBuffer: Int32? = nil
  ) throws -> RawClient {
    let client = try connectNow(to: address, receiveBuffer: receiveBuffer)
    try client.sendNow(Array(handshake.utf8)[...])
    let response = try client.receiveResponseNow(hasBody: false)
    guard response.hasPrefix("HTTP/1.1 101 ") else { throw TimedOut(what: "101, but came: \(response)") }
    return client
  }

  /// A frame as a client sends it, with a masking key of zeros: the payload stays readable.
  static func frame(_ firstByte: UInt8, _ payload: [UInt8]) -> [UInt8] {
    var frame = [firstByte]
    switch payload.count {
    case 0...125: frame.append(0x80 | UInt8(payload.count))
    case 126...65_535: frame += [0xFE, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
    default: frame += [0xFF] + (0..<8).map { UInt8(truncatingIfNeeded: payload.count >> (56 - 8 * $0)) }
    }
    return frame + [0, 0, 0, 0] + payload
  }

  /// The next frame.
  func receiveFrame() async throws -> Frame {
    try await Self.threads.runIfActive {
      let head = try self.receiveNow(exactly: 2)
      var length = Int(head[1])
      var size = 2
      if length == 126 || length == 127 {
        let extended = try self.receiveNow(exactly: length == 126 ? 2 : 8)
        length = extended.reduce(0) { $0 << 8 | Int($1) }
        size += extended.count
      }
      return Frame(head[0], try self.receiveNow(exactly: length), size: size + length)
    }
  }
}

#if canImport(Darwin)
  private let noSignal: Int32 = 0
#else
  private let noSignal = Int32(MSG_NOSIGNAL)
#endif

// The class has methods of these names.
private func systemConnect(_ descriptor: Int32, _ name: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
  connect(descriptor, name, length)
}

private func systemSend(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int, _ flags: Int32) -> Int {
  send(descriptor, bytes, count, flags)
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
