// SPDX-License-Identifier: MIT

// A manager's end of the protocol, written in Python: a datagram socket that tells what it got, and what can be read
// from a descriptor that came with it. It ends with its input, so it does not outlive the tests.

import Foundation
import Testing

/// A manager of a test's own, with a folder for its socket; its end ends both.
final class Receiver {
  struct Message: Decodable, Equatable {
    var lines: [String]
    /// What was in the descriptor, if one came along.
    var content: String?
  }

  private static let program = """
    import json, os, select, socket, sys
    name = sys.argv[1]
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind('\\0' + name[1:] if name[0] == '@' else name)
    print(flush=True)
    while sys.stdin not in select.select([receiver, sys.stdin], [], [])[0]:
        message, descriptors, flags, _ = socket.recv_fds(receiver, 8192, 4)
        assert flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC) == 0
        content = [os.read(descriptor, 100).decode() for descriptor in descriptors] or [None]
        print(json.dumps({'lines': message.decode().split('\\n'), 'content': content[0]}), flush=True)
    """

  /// The value of `NOTIFY_SOCKET`.
  let name: String
  private let folder: URL
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  static let isAvailable: Bool = {
    let python = Process()
    python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    python.arguments = ["python3", "-c", "import socket; socket.recv_fds"]
    python.standardError = FileHandle.nullDevice
    guard (try? python.run()) != nil else { return false }
    python.waitUntilExit()
    return python.terminationStatus == 0
  }()

  /// Listens at a path, or in the abstract name space.
  init(isAbstract: Bool = false) throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("notify-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    name = (isAbstract ? "@" : "") + folder.appendingPathComponent("socket").path
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", Self.program, name]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    try #require(output.fileHandleForReading.readLine() == Data())
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit() // Foundation keeps a process that nobody waits for.
    try? FileManager.default.removeItem(at: folder)
  }

  /// The next message.
  func next() throws -> Message {
    let line = try #require(output.fileHandleForReading.readLine())
    return try JSONDecoder().decode(Message.self, from: line)
  }
}

extension FileHandle {
  /// The bytes up to the end of a line; nil at the end.
  fileprivate func readLine() -> Data? {
    var line = Data()
    while let byte = try? read(upToCount: 1), let byte = byte.first {
      if byte == UInt8(ascii: "\n") { return line }
      line.append(byte)
    }
    return nil
  }
}
