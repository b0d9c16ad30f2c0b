// SPDX-License-Identifier: MIT

// Which transport carries a program: the kernel's own calls on Linux, SwiftNIO for TLS and everywhere else.

/// What moves a program's bytes.
public enum TransportKind: String, CaseIterable, Sendable {
  /// The best one: Linux's own calls, with a ring for sends where the kernel allows one; SwiftNIO for programs that
  /// encrypt, and on other systems.
  case automatic = "auto"
  /// Linux's own calls, without a ring.
  case epoll
  /// SwiftNIO.
  case nio
}

/// Why a transport cannot carry a program.
public enum TransportError: Error, Equatable, CustomStringConvertible {
  /// Only SwiftNIO encrypts.
  case cannotEncrypt(TransportKind)
  /// It is Linux's.
  case notHere(TransportKind)
  /// This program was built without it.
  case leftOut(TransportKind)
  /// A TCP port is a number from 0 to 65,535.
  case noSuchPort(Int)

  public var description: String {
    switch self {
    case .cannotEncrypt(let kind):
      "the transport \(kind.rawValue) does not encrypt: leave the choice to auto, or take nio"
    case .leftOut(let kind): "this program was built without the transport \(kind.rawValue); build it with --traits default,SwiftNIO"
    case .noSuchPort(let port): "\(port) is no port: give a number from 0 to 65535"
    case .notHere(let kind): "the transport \(kind.rawValue) is Linux's: leave the choice to auto, or take nio"
    }
  }
}
