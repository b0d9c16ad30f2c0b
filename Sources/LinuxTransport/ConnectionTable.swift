// SPDX-License-Identifier: MIT

// What the transport knows of its connections: a row of 48 bytes each, in blocks that never move, so that a row can be
// named by its address for as long as its connection lives. What waits is kept beside the row, and only while it waits.
// Rule: a row is found by its key, which has a number that no other connection gets: an event that comes late finds
// nothing.

#if os(Linux)
  import Bytes
  import DeviceServer
  import SystemCalls

  /// One TCP connection.
  struct Connection {
    /// How far this direction is on its way to its end.
    enum Output: UInt8 { case open, ending, ended }

    /// The application's name for it.
    var id: ConnectionID
    /// Its name in the kernel's events: the row's number, and one that is never used again. 0 if the row is free.
    var key: UInt64
    /// What waits for the application or the kernel; nil most of the time.
    var waiting: Waiting?
    var descriptor: CInt
    /// The batch that it last had something in, and where.
    var batch: UInt32 = 0
    var place: UInt16 = 0
    var output = Output.open
    /// The kernel takes no more until it says so.
    var isFull = false
    /// The application has left input, which waits until it has room: nothing is read meanwhile.
    var isInputHeld = false
    /// There was a reason to read, and input was held.
    var isReadDue = false
    /// The kernel has said that the peer has ended its direction; its last bytes may not be read yet.
    var hasPeerEnded = false
    /// The peer's last byte has been read.
    var isInputOver = false
    /// The application knows that.
    var isEndTold = false
    /// The last read filled the buffer: much is coming.
    var isBulky = false
    /// It is to be read on in the next turn, whatever the kernel reports meanwhile.
    var isUnfinished = false
    /// Urgent data is on its way, at which a read stops short.
    var hasUrgent = false
  }

  /// What waits for a connection.
  final class Waiting {
    /// Bytes, the first of which may have gone already.
    struct Bytes {
      private(set) var bytes: [UInt8] = []
      private var start = 0

      var count: Int { bytes.count - start }
      var isEmpty: Bool { count == 0 }
      var span: Span<UInt8> {
        @_lifetime(borrow self) get { bytes.span.extracting(droppingFirst: start) }
      }
      mutating func drop(_ count: Int) {
        start += min(max(count, 0), self.count)
        if isEmpty { self = Bytes() }
      }
      mutating func append(_ more: Span<UInt8>) {
        bytes.append(more)
      }
    }

    /// What the application has not taken yet.
    var input = Bytes()
    /// What it has given away and the kernel has not taken.
    var output = Bytes()

    var isEmpty: Bool { input.isEmpty && output.isEmpty }
  }

  typealias ConnectionRow = UnsafeMutablePointer<Connection>

  /// The rows, by `ConnectionID.index`. A value that names one piece of memory: whoever has it sees the same rows.
  ///
  /// Memory: `blocks` has room for `maxBlocks` pointers, nil or to `blockSize` rows that are initialized as a whole
  /// when the first of them is taken. All of it belongs to one thread, and lives until `deallocate`.
  struct ConnectionTable {
    private static var blockSize: Int { 64 }
    private static var maxBlocks: Int { 1 << 14 }

    private let blocks: UnsafeMutablePointer<ConnectionRow?>
    /// How many rows of each block are taken.
    private let counts: UnsafeMutablePointer<UInt8>

    init() {
      blocks = Self.zeros(ConnectionRow?.self)  // nil is all zeros
      counts = Self.zeros(UInt8.self)
    }

    func deallocate() {
      for block in 0..<Self.maxBlocks { release(block) }
      free(blocks)
      free(counts)
    }

    /// Zeros for each block. The C library has them from the kernel, which gives a page when it is first written.
    private static func zeros<Value>(_ type: Value.Type) -> UnsafeMutablePointer<Value> {
      guard let memory = calloc(maxBlocks, MemoryLayout<Value>.stride) else { fatalError("there is no memory") }
      return memory.bindMemory(to: type, capacity: maxBlocks)
    }

    /// The row that an event is for; nil if its connection has ended.
    @inline(__always)
    func find(_ key: UInt64) -> ConnectionRow? {
      guard let row = row(Int(truncatingIfNeeded: key >> 32)), row.pointee.key == key else { return nil }
      return row
    }

    /// The row of a connection that still is; another may have its index.
    @inline(__always)
    func find(_ id: ConnectionID) -> ConnectionRow? {
      guard let row = row(id.index), row.pointee.id == id, row.pointee.key != 0 else { return nil }
      return row
    }

    /// The row of whichever connection has this index now.
    func find(index: Int) -> ConnectionRow? {
      guard let row = row(index), row.pointee.key != 0 else { return nil }
      return row
    }

    /// In bounds: the block's number is checked, and the rest is below `blockSize`.
    @inline(__always)
    private func row(_ index: Int) -> ConnectionRow? {
      let block = index >> 6
      guard block >= 0, block < Self.maxBlocks, let rows = blocks[block] else { return nil }
      return rows + (index & 63)
    }

    /// Takes a row; nil if there cannot be so many.
    func add(_ id: ConnectionID, _ descriptor: CInt, serial: UInt32) -> ConnectionRow? {
      let block = id.index >> 6
      guard block >= 0, block < Self.maxBlocks else { return nil }
      if blocks[block] == nil {
        let rows = ConnectionRow.allocate(capacity: Self.blockSize)
        rows.initialize(repeating: Connection(id: id, key: 0, descriptor: -1), count: Self.blockSize)
        blocks[block] = rows
      }
      guard let row = row(id.index), row.pointee.key == 0 else { return nil }
      row.pointee = Connection(id: id, key: UInt64(id.index) << 32 | UInt64(serial), descriptor: descriptor)
      counts[block] += 1
      return row
    }

    /// Frees a row, and its block if that was the last one in it.
    func remove(_ row: ConnectionRow) {
      let block = Int(truncatingIfNeeded: row.pointee.key >> 38)
      row.pointee.key = 0
      row.pointee.waiting = nil
      counts[block] -= 1
      if counts[block] == 0, block > 0 { release(block) }
    }

    private func release(_ block: Int) {
      guard let rows = blocks[block] else { return }
      rows.deinitialize(count: Self.blockSize)
      rows.deallocate()
      blocks[block] = nil
    }

    /// How many blocks there is memory for.
    var blockCount: Int { (0..<Self.maxBlocks).count { blocks[$0] != nil } }

    /// The keys of all connections.
    var keys: [UInt64] {
      (0..<Self.maxBlocks).flatMap { block in
        blocks[block].map { rows in (0..<Self.blockSize).map { rows[$0].key }.filter { $0 != 0 } } ?? []
      }
    }
  }
#endif
