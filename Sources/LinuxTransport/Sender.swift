// SPDX-License-Identifier: MIT

// The way out. Small outputs of a turn are copied into one arena and go out together: through the ring with one call of
// the kernel for all, or else with one for each. Large ones are sent from where they lie.
// Rule: a connection has at most one piece in a batch, and nothing of it is sent past that piece; what the kernel did
// not take of it is kept, and goes out before anything else.

#if os(Linux)
  import CLinuxIO

  /// Sends for all connections, in batches. There is one, and it is not copied, though it could be. (If it could not,
  /// the thread sanitizer would take its first word for the address of a piece; see `Loop.application`.)
  struct Sender {
    /// A piece of output in the arena.
    private struct Piece {
      var row: ConnectionRow
      var start: Int
      var count: Int
    }

    private static var arenaSize: Int { 262_144 }
    /// What is larger is not copied.
    private static var smallSize: Int { 8192 }
    static var maxPieces: Int { 1024 }

    private let calls: SocketCalls
    private let table: ConnectionTable
    private let ring: SendRing?
    /// Memory: `arenaSize` bytes and `maxPieces` pieces, of which those below `used` and `count` are initialized. The
    /// rows of pieces live: a connection is not ended before its piece is out (`flush(_:)`).
    private let arena: UnsafeMutablePointer<UInt8>
    private let pieces: UnsafeMutablePointer<Piece>
    private var used = 0
    private var count = 0
    /// The number of the batch that is being gathered; 0 is none.
    private var batch: UInt32 = 1
    /// Whether the last piece was begun in the same output, and may grow.
    private var isGrowing = false
    /// Whether some connection of the batch ends with its piece.
    private var hasEnds = false

    /// Connections that are over, by their keys: broken, or at the end of both directions.
    var over: [UInt64] = []
    /// Connections for which the kernel had no memory; to be tried again a little later.
    var stalled: [UInt64] = []

    init(_ table: ConnectionTable, _ calls: SocketCalls, ring: SendRing?) {
      (self.table, self.calls, self.ring) = (table, calls, ring)
      arena = .allocate(capacity: Self.arenaSize)
      pieces = .allocate(capacity: Self.maxPieces)
    }

    func deallocate() {
      arena.deallocate()
      pieces.deallocate()
    }

    // MARK: Output

    /// Another output begins; nothing of it goes into the segment of the one before.
    @inline(__always)
    mutating func begin() { isGrowing = false }

    /// Takes what it can of `bytes`, in order; gives how many.
    mutating func send(_ bytes: Span<UInt8>, to row: ConnectionRow) -> Int {
      guard !row.pointee.isFull, row.pointee.output == .open, !bytes.isEmpty else { return 0 }
      if isGathered(row) {
        if isGrowing, bytes.count < Self.smallSize, pieces[count - 1].count + bytes.count < Self.smallSize,
          used + bytes.count <= Self.arenaSize
        {
          pieces[count - 1].count += bytes.count
          copy(bytes)
          return bytes.count
        }
        flush()
        guard !row.pointee.isFull else { return 0 }
      }
      if bytes.count >= Self.smallSize { return sendNow(bytes, to: row, more: false) }
      if count == Self.maxPieces || used + bytes.count > Self.arenaSize { flush() }
      (pieces + count).initialize(to: Piece(row: row, start: used, count: bytes.count))
      row.pointee.batch = batch
      row.pointee.place = UInt16(truncatingIfNeeded: count)
      count += 1
      isGrowing = true
      copy(bytes)
      return bytes.count
    }

    /// In bounds: the caller has seen that `bytes` fit behind `used`.
    @inline(__always)
    private mutating func copy(_ bytes: Span<UInt8>) {
      bytes.withUnsafeBufferPointer { source in
        guard let start = source.baseAddress else { return }
        (arena + used).initialize(from: start, count: source.count)
      }
      used += bytes.count
    }

    private mutating func sendNow(_ bytes: Span<UInt8>, to row: ConnectionRow, more: Bool) -> Int {
      // The pointer is to the span's bytes, and the kernel has read them when the call returns.
      let descriptor = row.pointee.descriptor
      let sent = bytes.withUnsafeBytes { calls.send(descriptor, $0.baseAddress, $0.count, more ? 1 : 0) }
      if sent < bytes.count { note(sent, row) }
      return max(sent, 0)
    }

    /// A send has failed, or not all of it went out.
    private mutating func note(_ result: Int, _ row: ConnectionRow) {
      row.pointee.isFull = true
      guard result < 0 else { return }
      switch SocketTrouble(result) {
      case .full: break
      case .shortage: stalled.append(row.pointee.key)
      case .broken: over.append(row.pointee.key)
      }
    }

    // MARK: The batch

    /// Whether something of this connection is in the batch. (The numbers of batches come again, after days.)
    @inline(__always)
    func isGathered(_ row: ConnectionRow) -> Bool {
      row.pointee.batch == batch && row.pointee.place < count && pieces[Int(row.pointee.place)].row == row
    }

    /// Sends what has been gathered. Afterwards none of it is in the arena: what the kernel did not take is kept with
    /// its connection.
    mutating func flush() {
      guard count > 0 else { return }
      var submitted = 0
      if let ring {
        for number in 0..<count {
          let piece = pieces[number]
          ring.prepare(
            number, piece.row.pointee.descriptor, arena + piece.start, piece.count, piece.row.pointee.output == .ending,
            piece.row.pointee.key & ~UInt64(UInt32.max) | UInt64(batch))
        }
        submitted = ring.submit(count, calls)
        readReports()
      }
      for number in submitted..<count {
        let piece = pieces[number]
        let descriptor = piece.row.pointee.descriptor
        let more: CInt = piece.row.pointee.output == .ending ? 1 : 0
        let sent = calls.send(descriptor, arena + piece.start, piece.count, more)
        if sent < piece.count { keep(piece, sent) }
      }
      let sent = count
      (count, used, isGrowing) = (0, 0, false)
      batch = batch == .max ? 1 : batch + 1
      if hasEnds { endOutputs(sent) }
    }

    /// Hears of the sends that did not go out whole. Each is named by the index of its connection and its batch.
    mutating func readReports() {
      while let (name, result) = ring?.next(calls) {
        guard let row = table.find(index: Int(truncatingIfNeeded: name >> 32)) else { continue }
        if UInt32(truncatingIfNeeded: name) == batch, isGathered(row) {
          keep(pieces[Int(row.pointee.place)], result)
        } else {
          // It comes late: the kernel had not finished with its piece when the arena was used again, and what the peer
          // has got cannot be known. That ends the connection, and were the index another's by now, that one.
          over.append(row.pointee.key)
        }
      }
    }

    private mutating func keep(_ piece: Piece, _ result: Int) {
      note(result, piece.row)
      let waiting = piece.row.pointee.waiting ?? Waiting()
      piece.row.pointee.waiting = waiting
      let rest = UnsafeBufferPointer(start: arena + piece.start, count: piece.count)
      waiting.output.append(rest.span.extracting(droppingFirst: min(max(result, 0), piece.count)))
    }

    /// Sends what was kept for a connection that takes more now; whether all of it went out.
    mutating func sendKept(_ row: ConnectionRow) -> Bool {
      row.pointee.isFull = false
      guard let waiting = row.pointee.waiting else { return true }
      while !waiting.output.isEmpty {
        waiting.output.drop(sendNow(waiting.output.span, to: row, more: row.pointee.output == .ending))
        if row.pointee.isFull { return false }
      }
      if waiting.isEmpty { row.pointee.waiting = nil }
      return true
    }

    // MARK: The end of this direction

    /// Ends this direction behind what was written; with the last piece of it if that is still here.
    mutating func endOutput(_ row: ConnectionRow) {
      guard row.pointee.output == .open else { return }
      row.pointee.output = .ending
      if isGathered(row) { hasEnds = true } else if !row.pointee.isFull { closeOutput(row) }
    }

    private mutating func endOutputs(_ count: Int) {
      hasEnds = false
      for number in 0..<count {
        let row = pieces[number].row
        if row.pointee.output == .ending, !row.pointee.isFull { closeOutput(row) }
      }
    }

    /// All is out.
    mutating func closeOutput(_ row: ConnectionRow) {
      row.pointee.output = .ended
      if row.pointee.isInputOver {
        over.append(row.pointee.key)
      } else {
        socket_end_output(row.pointee.descriptor)
      }
    }
  }
#endif
