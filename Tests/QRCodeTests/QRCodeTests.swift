// SPDX-License-Identifier: MIT

// The codes against those of another encoder (the package qrcode 8 of PyPI: byte mode, a given mask), and against a
// reader (zbarimg), where there is one.

import Bytes
import ConformanceSupport
import Foundation
import Testing

@testable import QRCode

@Suite struct QRCodeTests {
  /// Of an address, with mask 3.
  static let picture = """
    #######.#..#..#...#######
    #.....#.###.###...#.....#
    #.###.#...####.#..#.###.#
    #.###.#.####.#....#.###.#
    #.###.#..##.#..#..#.###.#
    #.....#...####....#.....#
    #######.#.#.#.#.#.#######
    ........#.....#..........
    #.##.###..........#..#.##
    ####.#.#...#.##..#.....#.
    ...####.##.#.##..#.##....
    #..#.#.#..##.#.#..#####..
    ###########.##....###.###
    .#.#...##..###.#.##.#...#
    .#.##.##.###.#..###...##.
    #.##.#....##...#.....#..#
    ..#.#.#.#.#..############
    ........#....####...#...#
    #######.##......#.#.#####
    #.....#.###.#.#.#...#....
    #.###.#..#.#....#####...#
    #.###.#.#.#######.###.###
    #.###.#.#..#..##..#.####.
    #.....#......#.#....#.#..
    #######.#.#..#.#.########
    """

  @Test func anAddressIsTheCodeThatAnotherEncoderMakes() throws {
    let code = try #require(QRCode(bytes("http://192.168.1.20:8080/"), correction: .medium, mask: 3))
    #expect(Self.picture(of: code) == Self.picture + "\n")
  }

  /// How many bytes, the correction, the mask; the version, and half the SHA-1 of the modules as above.
  @Test(arguments: [
    (14, .medium, 0, 1, "eb559ff1024bb4cc"),
    (14, .medium, 1, 1, "60f6ab61d2b3c834"),
    (14, .medium, 2, 1, "1e17c65507170299"),
    (14, .medium, 3, 1, "6d827228827ccbff"),
    (14, .medium, 4, 1, "eb8c6940a0104dad"),
    (14, .medium, 5, 1, "abe3992b88e2c9d0"),
    (14, .medium, 6, 1, "ec86c8f38dac1a32"),
    (14, .medium, 7, 1, "05a5f69a33cb8b7f"),
    (17, .low, 1, 1, "314861f61090e489"),
    (26, .medium, 2, 2, "f83c93af37a1dcba"),
    (32, .low, 0, 2, "84441e4fc421a2b7"),
    (42, .medium, 2, 3, "2713d9b12e93cfd8"),
    (53, .low, 5, 3, "c40bf763f51a9682"),
    (62, .medium, 6, 4, "c438b1bc0f966502"),
    (78, .low, 6, 4, "2be2a7bcae2e80b5"),
    (84, .medium, 4, 5, "3ba48ef8bc03e7cd"),
    (106, .low, 2, 5, "e3cd2d6c6dc7b6e4"),
    (106, .medium, 2, 6, "2c389e7412e2eb30"),
    (134, .low, 0, 6, "bb6688e626d560e6"),
    (134, .low, 1, 6, "ec35ef771a910bd1"),
    (134, .low, 2, 6, "881fd8be219b10d8"),
    (134, .low, 3, 6, "fc2113608b20da91"),
    (134, .low, 4, 6, "e64f5bb17f0b6e6a"),
    (134, .low, 5, 6, "ca63b988ac9d1e7a"),
    (134, .low, 6, 6, "e3e0b6ca90a1ec44"),
    (134, .low, 7, 6, "de328dd741488d22"),
    (0, .medium, 0, 1, "c28fe4a7a0f4a3ba"),
    (1, .low, 1, 1, "5aa01e080a7bb2f8"),
    (50, .medium, 2, 4, "892c6d65a5b0a19c"),
    (120, .low, 0, 6, "af10893c66ade58d"),
  ] as [(Int, QRCode.Correction, Int, Int, String)])
  func anyLengthAndMaskIsTheCodeThatAnotherEncoderMakes(
    count: Int, correction: QRCode.Correction, mask: Int, version: Int, digest: String
  ) throws {
    let code = try #require(QRCode(Self.content(count), correction: correction, mask: mask))
    #expect(code.size == 17 + 4 * version)
    var found: [UInt8] = []
    let made = SHA1.digest(of: bytes(Self.picture(of: code)).span)
    for index in 0..<8 { found.append(hexadecimal: made[index], width: 2) }
    #expect(text(found) == digest)
  }

  @Test func whatIsTooLongHasNoCode() {
    #expect(QRCode(Self.content(106))?.size == 41)
    #expect(QRCode(Self.content(107)) == nil)
    #expect(QRCode(Self.content(134), correction: .low)?.size == 41)
    #expect(QRCode(Self.content(135), correction: .low) == nil)
    #expect(QRCode(Self.content(100_000)) == nil)
  }

  @Test func theMaskWithTheFewestPointsIsTaken() throws {
    for count in [0, 25, 60, 106] {
      let masks = try (0..<8).map { try #require(QRCode(Self.content(count), correction: .medium, mask: $0)) }
      let code = try #require(QRCode(Self.content(count)))
      #expect(masks.contains(code))
      #expect(masks.allSatisfy { code.penalty <= $0.penalty })
    }
  }

  @Test func aModuleOutsideTheCodeIsLight() throws {
    let code = try #require(QRCode(bytes("a")))
    #expect(code[0, 0] && code[20, 0] && code[0, 20])
    for (row, column) in [(-1, 0), (0, -1), (21, 0), (0, 21), (.max, 0), (0, .min)] { #expect(!code[row, column]) }
  }

  @Test func inATerminalEachLineHasTwoRowsOfModulesAndTheMarginIsLight() throws {
    let code = try #require(QRCode(bytes("a")))
    let lines = code.terminalLines
    #expect((code.rows, code.columns) == (15, 29))
    #expect(lines.count == 15)
    for line in lines {
      #expect(line.hasPrefix("\u{1B}[38;5;16;48;5;231m    ") && line.hasSuffix("    \u{1B}[0m"))
      #expect(line.filter { " ▀▄█".contains($0) }.count == 29)
    }
    for line in [lines[0], lines[1], lines[13], lines[14]] { #expect(!line.contains { "▀▄█".contains($0) }) }
    #expect(lines[2].contains("    █▀▀▀▀▀█ "))
  }

  /// Debian's zbar-tools.
  private static let reader = ["/usr/bin/zbarimg", "/opt/homebrew/bin/zbarimg"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  @Test(.enabled(if: reader != nil, "needs zbarimg, which Debian has in zbar-tools"))
  func aReaderReadsCodesOfAllLengths() throws {
    let folder = try TemporaryFolder()
    var written: [(name: String, content: [UInt8])] = []
    for correction in [QRCode.Correction.low, .medium] {
      for count in stride(from: 1, through: correction == .low ? 134 : 106, by: 12) {
        let content = Self.content(count)
        let code = try #require(QRCode(content, correction: correction))
        let name = "\(written.count + 1000).pbm"  // in order
        try folder.write(name, Self.image(code))
        written.append((name, content))
      }
    }
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: try #require(Self.reader))
    process.arguments = ["--quiet", "--raw", "-Sdisable", "-Sqrcode.enable"] + written.map { folder.path(of: $0.name) }
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let read = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(text(Array(read)) == written.map { text($0.content) + "\n" }.joined())
  }

  // MARK: Support

  /// So many printable bytes.
  private static func content(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(($0 * 7 + count) % 95 + 32) } }

  private static func picture(of code: QRCode) -> String {
    (0..<code.size).map { row in (0..<code.size).map { code[row, $0] ? "#" : "." }.joined() + "\n" }.joined()
  }

  /// As a portable bitmap with eight pixels a module and the margin.
  private static func image(_ code: QRCode) -> String {
    let side = -4..<code.size + 4
    let rows = side.map { row in side.map { String(repeating: code[row, $0] ? "1" : "0", count: 8) }.joined() + "\n" }
    return "P1\n\(side.count * 8) \(side.count * 8)\n" + rows.map { String(repeating: $0, count: 8) }.joined()
  }
}
