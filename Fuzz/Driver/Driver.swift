// SPDX-License-Identifier: MIT

// One program for all targets: the name it is called by says which one to fuzz, and the arguments are libFuzzer's.
// A broken invariant stops the program, so that libFuzzer keeps the input that broke it.

import FuzzTargets

@main
enum Driver {
  /// The target that this process fuzzes.
  private static let target: FuzzTarget = {
    let name = CommandLine.arguments[0].split(separator: "/").last ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      fatalError("call this program by the name of a target: \(FuzzTarget.all.map(\.name))")
    }
    return target
  }()

  static func main() {
    var arguments = CommandLine.arguments
    arguments.insert("-max_len=\(target.longestInput)", at: 1)  // of two lengths the later counts
    LibFuzzer.run(arguments) { bytes, count in
      Driver.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
      return 0
    }
  }

  private static func run(_ input: [UInt8]) {
    do throws(BrokenInvariant) {
      try target.run(input)
    } catch {
      fatalError("\(target.name): \(error.description)")
    }
  }
}
