// SPDX-License-Identifier: MIT

// The Ethernet controller: a queue of received frames and one of 2 KB to send from, both read and written by words at
// one register, MACDATA. Rule: a received frame is preceded by two bytes that count themselves, the frame and its check
// sequence; one to be sent by two bytes that count its data alone. So in both queues a frame begins in the middle of a
// word. Source: data sheet, chapter 15.

import CBoard
import CortexM

enum Ethernet {
  static let interrupt: UInt = 42
  private static let base: UInt = 0x4004_8000
  static var status: Register { Register(base) }  // MACRIS to read, MACIACK to write
  private static var data: Register { Register(base + 0x010) }
  private static var waiting: Register { Register(base + 0x034) }  // MACNP
  private static var request: Register { Register(base + 0x038) }  // MACTR

  private static let lengthSize = 2
  private static let checkSequenceSize = 4
  private static let headerSize = 14  // two addresses and the type
  private static let maximumFrameSize = 1514

  /// Sets the station's address and begins to receive.
  static func start() {
    let address = hardwareAddress
    Register(base + 0x014).store(
      UInt32(address[0]) | UInt32(address[1]) << 8 | UInt32(address[2]) << 16 | UInt32(address[3]) << 24)
    Register(base + 0x018).store(UInt32(address[4]) | UInt32(address[5]) << 8)
    Register(base + 0x01C).store(0x3F)  // MACTHR: send on request, not when the queue fills
    Register(base + 0x008).store(1 << 4)  // MACRCTL: empty the queue
    Register(base + 0x008).store(1 << 1 | 1 << 0)  // multicast too; on
    Register(base + 0x00C).store(1 << 4 | 1 << 2 | 1 << 1 | 1 << 0)  // MACTCTL: duplex, check sequence, padding, on
    status.store(0x7F)
    Register(base + 0x004).store(1)  // MACIM: a frame was received
    SystemControl.enableInterrupt(interrupt)
  }

  /// The address that the board's maker stored in flash (USER_REG0 and 1), else one that is locally administered.
  static var hardwareAddress: InlineArray<6, UInt8> {
    let low = Register(0x400F_E1E0).load()
    let high = Register(0x400F_E1E4).load()
    guard low != .max, high != .max else { return [0x02, 0x1A, 0xB6, 0, 0x64, 0x02] }
    return [
      UInt8(truncatingIfNeeded: low), UInt8(truncatingIfNeeded: low >> 8), UInt8(truncatingIfNeeded: low >> 16),
      UInt8(truncatingIfNeeded: high), UInt8(truncatingIfNeeded: high >> 8), UInt8(truncatingIfNeeded: high >> 16),
    ]
  }

  // MARK: Receiving

  /// The bytes of a word that were read but not taken yet, from the lowest on, and how many.
  private nonisolated(unsafe) static var held: UInt32 = 0
  private nonisolated(unsafe) static var heldCount: UInt32 = 0
  /// Words of the oldest frame that are still in the queue.
  private nonisolated(unsafe) static var wordsLeft = 0
  /// The length of the oldest frame without its check sequence; 0 if none was begun.
  private nonisolated(unsafe) static var frameLength = 0

  /// The length of the oldest frame.
  static func oldestFrameLength() -> Int {
    while frameLength == 0, waiting.load() & 0x3F != 0 {
      let word = data.load()
      let total = Int(word & 0xFFFF)
      frameLength = max(total - lengthSize - checkSequenceSize, 0)
      wordsLeft = (total + 3) / 4 - 1
      held = word >> 16
      heldCount = 2
      if frameLength == 0 { drop() }
    }
    return frameLength
  }

  /// Copies the next `count` bytes of that frame.
  static func read(_ destination: UnsafeMutablePointer<UInt8>, _ count: Int) {
    var to = UnsafeMutableRawPointer(destination)
    var count = count
    // Whole words first: each is made of the bytes held and the first ones of the next word, whose last ones are held
    // in turn, always as many as before.
    while count >= 4 {
      let word = nextWord()
      to.storeBytes(of: held | word << (heldCount * 8), as: UInt32.self)
      held = word >> (32 - heldCount * 8)
      to += 4
      count -= 4
    }
    while count > 0 {
      if heldCount == 0 { (held, heldCount) = (nextWord(), 4) }
      to.storeBytes(of: UInt8(truncatingIfNeeded: held), as: UInt8.self)
      held >>= 8
      heldCount -= 1
      to += 1
      count -= 1
    }
  }

  /// Takes what is left of that frame out of the queue: the controller gives the next one only then.
  static func drop() {
    while wordsLeft > 0 { _ = nextWord() }
    frameLength = 0
  }

  private static func nextWord() -> UInt32 {
    guard wordsLeft > 0 else { return 0 }
    wordsLeft -= 1
    return data.load()
  }

  // MARK: Sending

  /// What has been written of a word that is not complete, and how many bytes.
  private nonisolated(unsafe) static var begun: UInt32 = 0
  private nonisolated(unsafe) static var begunCount: UInt32 = 0

  /// Begins a frame of `length` bytes, unless the queue holds one.
  static func begin(_ length: Int) -> Bool {
    guard length >= headerSize, length <= maximumFrameSize, request.load() & 1 == 0 else { return false }
    begun = UInt32(length - headerSize)
    begunCount = 2
    return true
  }

  /// Adds `count` bytes to it.
  static func write(_ source: UnsafePointer<UInt8>, _ count: Int) {
    var from = UnsafeRawPointer(source)
    var count = count
    while count >= 4 {
      let word = from.loadUnaligned(as: UInt32.self)
      data.store(begun | word << (begunCount * 8))
      begun = word >> (32 - begunCount * 8)
      from += 4
      count -= 4
    }
    while count > 0 {
      begun |= UInt32(from.load(as: UInt8.self)) << (begunCount * 8)
      begunCount += 1
      if begunCount == 4 { flush() }
      from += 1
      count -= 1
    }
  }

  /// Sends it.
  static func end() {
    if begunCount > 0 { flush() }
    request.store(1)
  }

  private static func flush() {
    data.store(begun)
    begun = 0
    begunCount = 0
  }
}

@c(ethernet_handler)
func ethernetHandler() {
  Ethernet.status.store(1)  // the frame itself waits until the loop asks for it
  Clock.noteEvent()
}

@c(board_hardware_address)
func hardwareAddress(_ address: UnsafeMutablePointer<UInt8>) {
  let bytes = Ethernet.hardwareAddress
  for index in bytes.indices { address[index] = bytes[index] }
}

@c(board_frame_length)
func frameLength() -> Int { Ethernet.oldestFrameLength() }

@c(board_read_frame)
func readFrame(_ to: UnsafeMutablePointer<UInt8>, _ count: Int) { Ethernet.read(to, count) }

@c(board_end_read)
func endRead() { Ethernet.drop() }

@c(board_begin_frame)
func beginFrame(_ length: Int) -> Bool { Ethernet.begin(length) }

@c(board_write_frame)
func writeFrame(_ bytes: UnsafePointer<UInt8>, _ count: Int) { Ethernet.write(bytes, count) }

@c(board_end_frame)
func endFrame() { Ethernet.end() }
