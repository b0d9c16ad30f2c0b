// SPDX-License-Identifier: MIT

// What is printed first, and behind the device's URL: the addresses that work from a phone, and a QR code of the best
// one in a terminal that has room for it; or, when only this machine can reach the device, how to change that.

import DeviceServer
import HostNetwork
import QRCode
import SimulatedBoard
import SystemCalls

/// The lines behind the URL.
struct FirstWords {
  let lines: [String]
  /// The address that most likely works from a phone; nil if there is none.
  private(set) var bestURL: String?

  /// The first line of all: the program and its version, what people call what it runs, and what that is on.
  static func title(_ name: String, _ place: String) -> String { "\(Heliograph.versionLine): \(name), on \(place)" }

  /// The words for a device that listens on `address`.
  init(_ settings: ProgramSettings, port: Int, boundTo address: RemoteAddress) {
    let isForAll = settings.isForAll
    guard isForAll || !address.isLoopback else {
      lines = ["Only this machine can open it; phones and others can with --host 0.0.0.0"]
      return
    }
    let addresses = isForAll ? InterfaceStatus.addressesFromElsewhere() : [address]
    var names = addresses.map(\.string)
    if isForAll, let name = MachineNames.multicastName { names.append(name) }
    let urls = names.map { settings.url(port: port, name: $0) }
    let code = addresses.isEmpty ? [] : Self.code(of: urls[0], lines: urls.count)
    bestURL = urls.first
    lines = urls.isEmpty ? [] : ["From a phone or another computer:"] + urls.map { "  " + $0 } + code
  }

  /// The lines of a QR code, if standard output is a terminal with room for them and those around them.
  private static func code(of url: String, lines: Int) -> [String] {
    guard TerminalMode.isTerminal(STDOUT_FILENO), let size = TerminalMode.size(STDOUT_FILENO),
      getenv("TERM").map({ String(cString: $0) }) != "dumb", let code = QRCode(Array(url.utf8)),
      code.columns <= size.columns, code.rows + lines + 4 <= size.rows
    else { return [] }
    return code.terminalLines
  }
}
