// SPDX-License-Identifier: MIT

// An errno as an error, with the system's words for it, and the loop around a call that a signal interrupts.

/// What a system call failed with.
public struct SystemError: Error, Equatable, CustomStringConvertible, Sendable {
  /// The `errno`.
  public let code: Int32

  /// The error with this `errno`.
  public init(code: Int32) { self.code = code }

  public static let noSuchEntry = SystemError(code: ENOENT)
  public static let notAFolder = SystemError(code: ENOTDIR)
  public static let accessDenied = SystemError(code: EACCES)
  public static let notPermitted = SystemError(code: EPERM)
  /// What opening a link gives where links are not followed.
  public static let link = SystemError(code: ELOOP)

  /// What a call would have to wait for.
  public static let wouldBlock = SystemError(code: EAGAIN)

  /// What the last call of this thread failed with.
  public static var last: SystemError { SystemError(code: errno) }

  /// The system's words, without an end of line.
  public var description: String { String(cString: strerror(code)) }

  /// The result of `call`, made again when a signal interrupted it; a negative one is an error.
  @discardableResult
  public static func check<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      guard errno == EINTR else { throw last }
    }
  }
}
