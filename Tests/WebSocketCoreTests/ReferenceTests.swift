// SPDX-License-Identifier: MIT

// Frames that two other implementations wrote, Python's wsproto 1.3.2 and websockets 17.4, with masks of
// their choice; and what they write as servers, byte for byte what ours must be.

import Bytes
import ConformanceSupport
import Testing
import WebSocketCore

@Suite struct ReferenceTests {
  static let clientFrames: [(hex: String, seen: [Seen])] = [
    // wsproto
    ("8186ac844cbbd8eb2bdcc0e1", [.text("toggle")]),
    ("8180bcab0876", [.text("")]),
    ("818a9b3f19d0fafc86321993e94f03bf", [.text("aß€😀")]),
    ("8290b7992b5db798295eb39c2d5abf902156bb942552", [.binary(Array(0...15))]),
    ("898d3f0f67a75e7d0287466012874b6702d55a", [.ping(bytes("are you there"))]),
    ("8a820178999a0187", [.pong([0, 255])]),
    (
      "0184d4cd6becb2bf0a8b8980bfd37e1c008084bd8ec18086746f4ddb190a23af110b",
      [.ping([]), .text("fragmented")]
    ),
    ("888bcfb930d4cc5040b5a8dc10b8aadf44", [.closed(1001, "page left")]),
    (
      "81fe007e1cc00fa8" + String(repeating: "66ba75d2", count: 31) + "66ba",
      [.text(String(repeating: "z", count: 126))]
    ),
    // websockets
    ("8182e1a91e3b8ec7", [.text("on")]),
    ("81935c1f94a6273df5c52876fbc87e25b6d23378f3ca393de9", [.text(#"{"action":"toggle"}"#)]),
    ("82876a05ab0895fa54f795fa54", [.binary(Array(repeating: 255, count: 7))]),
    ("0182797fb8be9bfd" + "8081da174a2676", [.text("€")]),
    ("888487452c7a94c2efde", [.closed(4999, "ä")]),
    ("8880a0b2e0ef", [.closed(1005, "")]),
  ]

  @Test(arguments: clientFrames, Delivery.allCases)
  func framesOfOtherClientsAreRead(vector: (hex: String, seen: [Seen]), delivery: Delivery) {
    let frames = bytes(hex: vector.hex)
    #expect(outcome(of: delivery.pieces(of: frames, trailing: [0x81, 0x80])).seen == vector.seen)
  }

  static let serverFrames: [(opcode: Opcode, payload: [UInt8], hex: String)] = [
    (.text, bytes("aß€😀"), "810a61c39fe282acf09f9880"),
    (.binary, [], "8200"),
    (.ping, bytes("x"), "890178"),
    (.pong, bytes("y"), "8a0179"),
  ]

  @Test(arguments: serverFrames)
  func ourFramesAreThoseOfOtherServers(vector: (opcode: Opcode, payload: [UInt8], hex: String)) {
    #expect(encoded(vector.opcode, vector.payload).bytes == bytes(hex: vector.hex))
  }

  @Test(arguments: [
    (125, "827d"), (126, "827e007e"), (127, "827e007f"), (65_535, "827effff"),
    (65_536, "827f0000000000010000"),
  ])
  func ourHeadersAreThoseOfOtherServers(count: Int, hex: String) {
    let header = bytes(hex: hex)
    let frame = encoded(.binary, [UInt8](repeating: 0, count: count))
    #expect(Array(frame.bytes.prefix(header.count)) == header)
    #expect(frame.bytes.count == header.count + count)
  }
}
