// SPDX-License-Identifier: MIT

// The first code that runs: makes memory what a program expects, then calls it.
// Rule: until `main` is called no global may be touched, and nothing may be called that does.

import CBoard
import CCortexM

/// What the stack is filled with at the start, so that its deepest use can be seen later.
public let stackPaint: UInt32 = 0xA5A5_A5A5

/// The handler of reset.
@c(reset_handler)
public func resetHandler() {
  paintStack()
  copyWords(from: board_data_image(), to: board_data_start(), until: board_data_end())
  clearWords(from: board_bss_start(), until: board_bss_end())
  SystemControl.enableFaults()
  run_main()
}

/// Fills the stack up to a little below this very function's use of it.
private func paintStack() {
  let margin = 16  // words
  let end = stack_pointer() - margin
  var next = UnsafeMutableRawPointer(board_stack_bottom()).assumingMemoryBound(to: UInt32.self)
  while next < end {
    next.pointee = stackPaint
    next += 1
  }
}

// Words, and loops in the open: the linker script aligns both ends.

private func copyWords(
  from image: UnsafePointer<UInt8>, to start: UnsafeMutablePointer<UInt8>, until end: UnsafeMutablePointer<UInt8>
) {
  for offset in stride(from: 0, to: end - start, by: 4) {
    UnsafeMutableRawPointer(start).storeBytes(
      of: UnsafeRawPointer(image).load(fromByteOffset: offset, as: UInt32.self), toByteOffset: offset, as: UInt32.self)
  }
}

private func clearWords(from start: UnsafeMutablePointer<UInt8>, until end: UnsafeMutablePointer<UInt8>) {
  for offset in stride(from: 0, to: end - start, by: 4) {
    UnsafeMutableRawPointer(start).storeBytes(of: 0, toByteOffset: offset, as: UInt32.self)
  }
}
