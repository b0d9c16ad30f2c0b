// SPDX-License-Identifier: MIT

// The two functions that Swift allocates with; `free` passes through CRuntime, because Swift keeps that name to itself.
// Rule: an allocation succeeds, or the board says what is wrong and restarts. Address 0 is flash, so a caller that took
// it for memory would continue with it.

import CBoard
import Heap

/// The heap of the program. It begins as a constant: a global that is made when it is first used would bring code that
/// asks for that at each use.
private nonisolated(unsafe) var heap = FirstFitHeap()

/// Gives the heap its memory, all of RAM that the linker left.
private func beginHeap() {
  heap = FirstFitHeap(
    UnsafeMutableRawBufferPointer(start: board_heap_start(), count: board_heap_end() - board_heap_start()))
}

@c(posix_memalign)
func allocate(
  _ result: UnsafeMutablePointer<UnsafeMutableRawPointer?>, _ alignment: Int, _ size: Int
) -> Int32 {
  if heap.capacity == 0 { beginHeap() }
  guard let memory = heap.allocate(size, alignment: alignment) else { heapExhausted(wanted: size) }
  publishCounters()
  result.pointee = memory
  return 0
}

@c(heap_free)
func release(_ memory: UnsafeMutableRawPointer?) {
  guard let memory else { return }
  guard heap.free(memory) else { heapCorrupted(at: memory) }
  publishCounters()
}

@c(heap_largest_free)
func largestFree() -> Int { Int(heap.largestFree) }

private func publishCounters() {
  set_heap_statistics(
    heap_statistics(
      used: heap.used, peak: heap.peak, capacity: heap.capacity, allocations: heap.allocations))
}

/// `Heap exhausted: 512 bytes wanted, 20480 of 24000 in use`
private func heapExhausted(wanted size: Int) -> Never {
  SerialLine.write("Heap exhausted: ")
  SerialLine.write(decimal: UInt32(truncatingIfNeeded: size))
  SerialLine.write(" bytes wanted, ")
  SerialLine.write(decimal: heap.used)
  SerialLine.write(" of ")
  SerialLine.write(decimal: heap.capacity)
  SerialLine.write(" in use\n")
  board_reset()
}

private func heapCorrupted(at address: UnsafeMutableRawPointer) -> Never {
  SerialLine.write("Heap corrupted: no block in use at ")
  SerialLine.write(hexadecimal: UInt32(truncatingIfNeeded: UInt(bitPattern: address)))
  SerialLine.write("\n")
  board_reset()
}
