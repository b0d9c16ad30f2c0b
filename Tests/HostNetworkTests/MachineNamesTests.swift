// SPDX-License-Identifier: MIT

// The names of this machine: what uname(1) says, in the usual domains and in those of a list.

import ConformanceSupport
import DeviceServer
import Foundation
import HostNetwork
import Testing

@Suite(.serialized) struct MachineNamesTests {
  /// What uname(1) says.
  private static func uname() throws -> String {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["uname", "-n"]
    process.standardOutput = pipe
    try process.run()
    process.waitUntilExit()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func theMachineIsKnownAloneAndInEachDomain() throws {
    let folder = try TemporaryFolder()
    try folder.write("resolv.conf", "search office.example\n")
    MachineNames.multicastName = nil
    let own = try Self.uname()
    let name = own.prefix { $0 != "." }
    #expect(MachineNames.hostName == own)
    let names = MachineNames.all(searchList: folder.path(of: "resolv.conf"))
    #expect(names.starts(with: [own, String(name)]))
    for domain in ["local", "lan", "home.arpa", "fritz.box", "home", "internal", "office.example"] {
      #expect(names.contains("\(name).\(domain)"))
    }
    #expect(names.count == 9)
  }

  @Test func theNameInMulticastDNSIsOneOfThemAsSoonAsItIsKnown() {
    MachineNames.multicastName = "pantry-2.local"
    #expect(MachineNames.all().contains("pantry-2.local"))
    MachineNames.multicastName = nil
    #expect(!MachineNames.all().contains("pantry-2.local"))
  }

  @Test(.timeLimit(.minutes(1))) func aServerIsGivenNamesAtOnceAndAgainWhenTheyChange() async throws {
    MachineNames.multicastName = nil
    let (given, continuation) = AsyncStream.makeStream(of: Bool.self)
    let keeper = Task {
      await HostNamesKeeper(every: .milliseconds(1)) { MachineNames.all().map { Array($0.utf8) } }.run { names in
        continuation.yield(names.contains(Array("pantry-3.local".utf8).span))
      }
    }
    var news = given.makeAsyncIterator()
    #expect(await news.next() == false)
    MachineNames.multicastName = "pantry-3.local"
    #expect(await news.next() == true)
    keeper.cancel()
    await keeper.value
    MachineNames.multicastName = nil
  }
}
