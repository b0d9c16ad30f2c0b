// SPDX-License-Identifier: MIT

// The socket of a manager: a Unix datagram socket, to which each message goes from a socket of its own, so that the
// manager may be restarted in between. Source: sd_notify(3), NOTIFY_SOCKET; unix(7), cmsg(3).

import SystemCalls

/// Where a manager listens.
struct NotificationSocket: Sendable {
  /// A `sockaddr_un`, as long as it is filled.
  private let address: [UInt8]

  /// The socket at a path, or behind `@` in the abstract name space of Linux; nil for any other place, or if the name
  /// is too long for a socket.
  init?(_ name: String) {
    guard name.hasPrefix("/") || name.hasPrefix("@") else { return nil }
    // A path ends with a NUL; an abstract name begins with one.
    let path = name.hasPrefix("/") ? Array(name.utf8) + [0] : [0] + name.utf8.dropFirst()
    guard path.count > 1, path.count <= MemoryLayout.size(ofValue: sockaddr_un().sun_path),
      let start = MemoryLayout.offset(of: \sockaddr_un.sun_path)
    else { return nil }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    self.address = withUnsafeBytes(of: &address) { Array($0.prefix(start)) } + path
  }

  /// Sends `message`, and with it a copy of `descriptor`; does not wait. Returns why it was not sent, if so.
  func send(_ message: String, passing descriptor: Int32? = nil) -> SystemError? {
    do throws(SystemError) {
      let sender = Descriptor(owning: try SystemError.check { socket(AF_UNIX, Self.kind, 0) })
      var (address, message) = (address, Array(message.utf8))
      var control = descriptor.map(Self.rights) ?? []
      try SystemError.check {
        Self.send(from: sender.number, to: &address, &message, &control)
      }
      return nil
    } catch {
      return error
    }
  }

  private static func send(
    from sender: Int32, to address: inout [UInt8], _ message: inout [UInt8], _ control: inout [UInt8]
  ) -> Int {
    address.withUnsafeMutableBytes { address in
      message.withUnsafeMutableBytes { message in
        control.withUnsafeMutableBytes { control in
          var part = iovec(iov_base: message.baseAddress, iov_len: message.count)
          return withUnsafeMutablePointer(to: &part) { part in
            var header = msghdr()
            header.msg_name = address.baseAddress
            header.msg_namelen = socklen_t(address.count)
            header.msg_iov = part
            header.msg_iovlen = 1
            header.msg_control = control.isEmpty ? nil : control.baseAddress
            header.msg_controllen = numericCast(control.count)
            return sendmsg(sender, &header, Int32(MSG_DONTWAIT))
          }
        }
      }
    }
  }

  /// The control message that passes `descriptor` (`SCM_RIGHTS`).
  ///
  /// The macros of cmsg(3) are not there for Swift. What they say: a header, then the data, each filled up to the
  /// alignment, which is that of a `size_t` on Linux and of 32 bits on Darwin; the length in the header counts all but
  /// the filling at the end.
  static func rights(to descriptor: Int32) -> [UInt8] {
    #if canImport(Darwin)
      let alignment = MemoryLayout<UInt32>.size
    #else
      let alignment = MemoryLayout<Int>.size
    #endif
    func aligned(_ size: Int) -> Int { (size + alignment - 1) / alignment * alignment }

    let start = aligned(MemoryLayout<cmsghdr>.size)
    let end = start + MemoryLayout<Int32>.size
    var header = cmsghdr()
    header.cmsg_len = numericCast(end)
    header.cmsg_level = SOL_SOCKET
    header.cmsg_type = Int32(SCM_RIGHTS)
    var message = [UInt8](repeating: 0, count: aligned(end))
    message.withUnsafeMutableBytes {
      $0.storeBytes(of: header, as: cmsghdr.self)
      $0.storeBytes(of: descriptor, toByteOffset: start, as: Int32.self)
    }
    return message
  }

  // Darwin cannot close a socket to other programs as it makes it; there is no such manager on it either.
  #if canImport(Darwin)
    private static let kind = SOCK_DGRAM
  #elseif canImport(Musl)
    private static let kind = SOCK_DGRAM | SOCK_CLOEXEC
  #else
    private static let kind = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
  #endif
}
