// SPDX-License-Identifier: MIT

// The heap against a model: what it says is in use is what the test holds, no two blocks share a byte, and once all are
// given back there is one block again. The model is a plain list; each run prints its seed.

import Heap
import Testing

@Suite struct FirstFitHeapTests {
  /// Random sequences, on memory that begins at any address.
  @Test(arguments: 0..<8)
  func anySequenceKeepsBlocksApartAndCountsThem(offset: Int) throws {
    for _ in 0..<25 {
      let seed = UInt64.random(in: 0 ... .max)
      try Trial(seed: seed, offset: offset).run(steps: 2000)
    }
  }

  @Test func aFullHeapGivesNothingAndRecovers() {
    withMemory(1024) { memory in
      let heap = TestedHeap(memory)
      var blocks: [UnsafeMutableRawPointer] = []
      while let block = heap.allocate(20, alignment: 8) { blocks.append(block) }
      #expect(heap.used == UInt32(blocks.count) * 24)
      #expect(heap.capacity - heap.used < 24)
      #expect(heap.allocate(20, alignment: 8) == nil)
      for block in blocks { #expect(heap.free(block)) }
      #expect(heap.used == 0 && heap.allocations == 0)
      #expect(heap.largestFree == heap.capacity - 4)
      #expect(heap.allocate(Int(heap.capacity) - 4, alignment: 8) != nil)
    }
  }

  @Test func theLowestGapThatFitsIsTaken() throws {
    try withMemory(1024) { memory in
      let heap = TestedHeap(memory)
      let first = try #require(heap.allocate(40, alignment: 8))
      _ = try #require(heap.allocate(8, alignment: 8))
      let third = try #require(heap.allocate(40, alignment: 8))
      _ = try #require(heap.allocate(8, alignment: 8))
      #expect(heap.free(third) && heap.free(first))
      #expect(heap.allocate(16, alignment: 8) == first)
      #expect(heap.allocate(40, alignment: 8) == third)
    }
  }

  @Test func whatIsNoBlockInUseIsRefused() throws {
    try withMemory(1024) { memory in
      let heap = TestedHeap(memory)
      let block = try #require(heap.allocate(40, alignment: 8))
      memory[block - memory.baseAddress! + 4] = 0xFF
      #expect(!heap.free(block + 4))
      #expect(!heap.free(memory.baseAddress! + 5000))
      #expect(!heap.free(memory.baseAddress! - 8))
      #expect(heap.free(block))
      #expect(!heap.free(block))
      #expect(heap.used == 0)
    }
  }

  @Test(arguments: [-1, 1025, Int.max, Int.max - 7])
  func anImpossibleSizeIsRefused(size: Int) {
    withMemory(1024) { memory in
      let heap = TestedHeap(memory)
      #expect(heap.allocate(size, alignment: 8) == nil)
      #expect(heap.used == 0)
    }
  }
}

/// A heap that assertions may call: they take copies of what they look into.
private final class TestedHeap {
  private var heap: FirstFitHeap

  init(_ memory: UnsafeMutableRawBufferPointer) { heap = FirstFitHeap(memory) }

  var used: UInt32 { heap.used }
  var peak: UInt32 { heap.peak }
  var capacity: UInt32 { heap.capacity }
  var allocations: UInt32 { heap.allocations }
  var largestFree: UInt32 { heap.largestFree }

  func allocate(_ size: Int, alignment: Int) -> UnsafeMutableRawPointer? { heap.allocate(size, alignment: alignment) }
  func free(_ pointer: UnsafeMutableRawPointer) -> Bool { heap.free(pointer) }
}

/// One random sequence: blocks are filled with a byte of their own, and must still hold it when they are given back.
private struct Trial {
  let seed: UInt64
  let offset: Int

  private struct Block {
    let memory: UnsafeMutableRawBufferPointer
    let filler: UInt8
    let cost: UInt32
  }

  func run(steps: Int) throws {
    try withMemory(8192 + offset) { memory in
      let place = UnsafeMutableRawBufferPointer(rebasing: memory[offset...])
      var random = SplitMix(state: seed)
      let heap = TestedHeap(place)
      var blocks: [Block] = []
      var peak: UInt32 = 0
      for _ in 0..<steps {
        if blocks.isEmpty || UInt32.random(in: 0..<100, using: &random) < 52 {
          let size = Int.random(in: 0...(Bool.random(using: &random) ? 24 : 400), using: &random)
          let alignment = [1, 4, 8, 16, 64].randomElement(using: &random)!
          let before = heap.used
          guard let pointer = heap.allocate(size, alignment: alignment) else {
            try #require(heap.largestFree < UInt32(size + alignment + 8), "\(self): room, but nothing given")
            continue
          }
          try #require(UInt(bitPattern: pointer) % UInt(max(alignment, 8)) == 0, "\(self): alignment")
          let block = Block(
            memory: UnsafeMutableRawBufferPointer(start: pointer, count: size),
            filler: UInt8.random(in: 0 ... .max, using: &random), cost: heap.used - before)
          try #require(block.cost >= size + 4 && block.cost < size + 16, "\(self): cost \(block.cost) of \(size)")
          try #require(pointer >= place.baseAddress! && pointer + size <= place.baseAddress! + place.count, "\(self)")
          for index in block.memory.indices { block.memory[index] = block.filler }
          blocks.append(block)
        } else {
          try giveBack(blocks.remove(at: Int.random(in: 0..<blocks.count, using: &random)), to: heap)
        }
        peak = max(peak, heap.used)
        try #require(heap.used == blocks.reduce(0) { $0 + $1.cost }, "\(self): bytes in use")
        try #require(heap.allocations == UInt32(blocks.count) && heap.peak == peak, "\(self): counters")
      }
      for block in blocks.shuffled(using: &random) { try giveBack(block, to: heap) }
      try #require(heap.used == 0 && heap.largestFree == heap.capacity - 4, "\(self): not one block again")
    }
  }

  private func giveBack(_ block: Block, to heap: TestedHeap) throws {
    try #require(block.memory.allSatisfy { $0 == block.filler }, "\(self): a block was written over")
    try #require(heap.free(block.memory.baseAddress!), "\(self): a block was refused")
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed everywhere.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

private func withMemory<Result>(
  _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
) rethrows -> Result {
  let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
  defer { memory.deallocate() }
  return try body(memory)
}
