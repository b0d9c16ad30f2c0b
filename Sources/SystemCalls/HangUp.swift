// SPDX-License-Identifier: MIT

// SIGHUP, which a program gets when its terminal goes. Source: POSIX.1-2024 (sigaction, nohup).

/// The signal that a terminal sends when it goes.
public enum HangUp {
  /// Whether this program was started so as to outlive its terminal: by `nohup`, which has the signal ignored.
  public static var isIgnored: Bool {
    var action = sigaction()
    guard sigaction(SIGHUP, nil, &action) == 0 else { return false }
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
