// SPDX-License-Identifier: MIT

// What can be fuzzed. A target is a function of bytes that checks properties, not only that nothing traps; the same
// functions run under libFuzzer for as long as one likes and, for a second, inside `swift test`. To add a target, write
// its file and add it to `all`.

/// A function of any bytes that holds a part of the server to its invariants.
public struct FuzzTarget: Sendable {
  /// The name of its corpus and its dictionary.
  public let name: String
  /// The longest input that is worth trying, in bytes.
  public let longestInput: Int
  /// Checks the invariants for one input.
  public let run: @Sendable (_ input: [UInt8]) throws(BrokenInvariant) -> Void

  init(
    _ name: String, longestInput: Int, run: @escaping @Sendable (_ input: [UInt8]) throws(BrokenInvariant) -> Void
  ) {
    self.name = name
    self.longestInput = longestInput
    self.run = run
  }

  /// All targets.
  public static let all: [FuzzTarget] = [
    .http, .webSocket, .deflate, .handshake, .sender, .json, .template, .path, .server, .device, .mqtt, .fleet,
  ]
}

/// An invariant that an input has broken.
public struct BrokenInvariant: Error, CustomStringConvertible {
  public let description: String
}

/// Breaks off unless `condition` holds; `invariant` says in a sentence what should have been.
func check(_ condition: Bool, _ invariant: @autoclosure () -> String) throws(BrokenInvariant) {
  guard condition else { throw BrokenInvariant(description: invariant()) }
}
