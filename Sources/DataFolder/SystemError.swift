// SPDX-License-Identifier: MIT

// An errno as an error, with the system's words for it.

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// What a system call failed with.
struct SystemError: Error, Equatable, CustomStringConvertible {
  let code: Int32

  static let noSuchEntry = SystemError(code: ENOENT)
  static let notAFolder = SystemError(code: ENOTDIR)
  static let accessDenied = SystemError(code: EACCES)
  static let notPermitted = SystemError(code: EPERM)
  /// What opening a link gives where links are not followed.
  static let link = SystemError(code: ELOOP)

  /// What the last call of this thread failed with.
  static var last: SystemError { SystemError(code: errno) }

  var description: String { String(cString: strerror(code)) }

  /// The result of `call`, made again when a signal interrupted it; a negative one is an error.
  static func check<Result: SignedInteger>(_ call: () -> Result) throws(SystemError) -> Result {
    while true {
      let result = call()
      if result >= 0 { return result }
      guard errno == EINTR else { throw last }
    }
  }
}
