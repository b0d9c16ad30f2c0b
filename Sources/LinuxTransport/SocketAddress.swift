// SPDX-License-Identifier: MIT

// Addresses as the kernel has them, and names, which the C library resolves. That takes as long as a name server does,
// so it is done on a thread of its own.

#if os(Linux)
  import CLinuxIO
  import DeviceServer
  import SystemCalls

  /// An address and port of a socket.
  struct SocketAddress: Sendable {
    private let storage: sockaddr_storage
    let length: socklen_t
    var family: CInt { CInt(storage.ss_family) }

    init(_ info: addrinfo) {
      var storage = sockaddr_storage()
      // As much is copied as both have.
      withUnsafeMutableBytes(of: &storage) { target in
        let count = min(Int(info.ai_addrlen), target.count)
        target.copyMemory(from: UnsafeRawBufferPointer(start: info.ai_addr, count: count))
      }
      self.storage = storage
      length = info.ai_addrlen
    }

    func withStorage<Result>(_ body: (UnsafePointer<sockaddr_storage>) -> Result) -> Result {
      withUnsafePointer(to: storage, body)
    }

    /// The addresses of `host`, in the order in which to try them.
    static func resolve(_ host: String, _ port: Int, isPassive: Bool = false) throws -> [SocketAddress] {
      if let addresses = try? lookUp(host, port, isPassive, isNumeric: true) { return addresses }
      return try lookUp(host, port, isPassive, isNumeric: false)
    }

    /// The same for a name, on a thread of its own, from which `done` is called.
    static func resolve(
      _ host: String, _ port: Int, isPassive: Bool = false,
      _ done: @escaping @Sendable (Result<[Self], any Error>) -> Void
    ) {
      do {
        try LoopThread.start { done(Result { try resolve(host, port, isPassive: isPassive) }) }
      } catch {
        done(.failure(error))
      }
    }

    private static func lookUp(
      _ host: String, _ port: Int, _ isPassive: Bool, isNumeric: Bool
    ) throws(UnknownName) -> [SocketAddress] {
      var list: UnsafeMutablePointer<addrinfo>?
      guard socket_resolve(host, "\(port)", isPassive ? 1 : 0, isNumeric ? 1 : 0, &list) == 0, let list else {
        throw UnknownName(host: host)
      }
      defer { freeaddrinfo(list) }
      // The list is the C library's until it is freed: each element is valid, and the last one has no next.
      return sequence(first: list) { $0.pointee.ai_next }.map { SocketAddress($0.pointee) }
    }
  }

  /// A name that has no address.
  public struct UnknownName: Error, CustomStringConvertible {
    let host: String
    public var description: String { "the name \(host) is not known" }
  }

  extension RemoteAddress {
    /// The address in a structure that the kernel has filled in: the port is at 2, an IPv4 address at 4, IPv6 at 8.
    init(_ storage: sockaddr_storage) {
      self = withUnsafeBytes(of: storage) { raw in
        func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int, _: Number.Type) -> Number {
          Number(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
        let port = number(at: 2, UInt16.self)
        switch CInt(storage.ss_family) {
        case AF_INET: return .ipv4(number(at: 4, UInt32.self), port: port)
        case AF_INET6: return .ipv6(high: number(at: 8, UInt64.self), low: number(at: 16, UInt64.self), port: port)
        default: return .unknown
        }
      }
    }
  }

  extension SystemError {
    /// The result of a call that gives the negative errno if it fails.
    @discardableResult
    static func checked(_ result: CInt) throws(SystemError) -> CInt {
      if result < 0 { throw SystemError(code: -result) }
      return result
    }
  }
#endif
