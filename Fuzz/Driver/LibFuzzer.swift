// SPDX-License-Identifier: MIT

// The one function of libFuzzer that a program calls, with arguments and bytes as Swift knows them.

/// libFuzzer's main function, which its library offers to programs that have one of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

enum LibFuzzer {
  /// Does what `arguments` ask for with `body`, and ends the process.
  static func run(_ arguments: [String], _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) {
    var count = Int32(arguments.count)
    var strings = arguments.map(cString) + [nil]
    strings.withUnsafeMutableBufferPointer { buffer in
      var base = buffer.baseAddress
      _ = runDriver(&count, &base, body)
    }
  }

  /// A copy for C, which lives as long as the process.
  private static func cString(_ text: String) -> UnsafeMutablePointer<CChar>? {
    let bytes = text.utf8CString
    let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    return copy.baseAddress
  }
}
