// SPDX-License-Identifier: MIT

// Rows of connections: an event that comes late finds nothing, and after a burst the memory is what it was before.

#if os(Linux)
  import ConformanceSupport
  import DeviceServer
  import Testing
  import Timebase

  @testable import LinuxTransport

  /// Names as an application gives them: `count` different ones, from 0.
  private func names(_ count: Int) -> [ConnectionID] {
    var router = Router<Int>()
    router.get("/") { _, _, response in response.send("") }
    var limits = ServerLimits()
    limits.connections = count
    var app = ServerApplication(Server(router: router, limits: limits), context: 0)
    return (0..<count).compactMap { _ in app.accept(from: .unknown, now: .zero) }
  }

  @Suite struct ConnectionTableTests {
    @Test func aKeyOfBeforeFindsNothingInTheSameRow() throws {
      let table = ConnectionTable()
      defer { table.deallocate() }
      let name = names(1)[0]
      let first = try #require(table.add(name, 7, serial: 1))
      let key = first.pointee.key
      #expect(table.find(key) == first)
      table.remove(first)
      #expect(table.find(key) == nil)
      let second = try #require(table.add(name, 8, serial: 2))
      #expect(second == first)
      #expect(table.find(key) == nil)
      #expect(table.find(second.pointee.key) == second)
    }

    @Test(arguments: [0, 1, .max, .max - 1, 1 << 63, 1 << 52, 0xFFFF_FFFF])
    func aKeyThatNobodyHasFindsNothing(_ key: UInt64) throws {
      let table = ConnectionTable()
      defer { table.deallocate() }
      #expect(table.find(key) == nil)
      _ = table.add(names(1)[0], 7, serial: 2)
      #expect(table.find(key) == nil)
    }

    @Test func aRowThatIsTakenIsNotGivenAgain() throws {
      let table = ConnectionTable()
      defer { table.deallocate() }
      let name = names(1)[0]
      _ = table.add(name, 7, serial: 1)
      #expect(table.add(name, 8, serial: 2) == nil)
    }

    @Test func rowsStayWhereTheyAreAndAllButTheFirstBlockGoWithTheLastOfThem() throws {
      let table = ConnectionTable()
      defer { table.deallocate() }
      let names = names(1000)
      let rows = try names.indices.map { try #require(table.add(names[$0], CInt($0), serial: UInt32($0 + 1))) }
      #expect(table.blockCount == 16)
      #expect(table.keys.count == 1000)
      for (name, row) in zip(names, rows) { #expect(table.find(name) == row) }
      for row in rows { table.remove(row) }
      #expect(table.blockCount == 1)
      #expect(table.keys.isEmpty)
    }

    @Test func aRowIsSmall() { #expect(MemoryLayout<Connection>.stride <= 64) }
  }
#endif
