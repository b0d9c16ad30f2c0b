// SPDX-License-Identifier: MIT

// Every line that the remote control logs: the tutorial's own about its clients, and at the level debug what was
// refused or lost. (The lines about the network are NetworkIdentity's, the reasons of a refused request
// DeviceServer's.)

import Bytes
public import DeviceServer
import Parts
import WebSocketCore

extension SerialLog {
  mutating func connected(_ client: ClientID, from remote: RemoteAddress) {
    add { line in
      line.append(client)
      line.append(" connected from ")
      remote.appendAddress(to: &line)
    }
  }

  mutating func disconnected(_ client: ClientID, _ code: CloseCode, _ reason: Span<UInt8>) {
    add { line in
      line.append(client)
      line.append(" disconnected")
    }
    // Given up, or sent away for another: its user may wonder why.
    if code == .placeTaken || code == .abnormalClosure && !reason.isEmpty {
      info { $0.append(client, code, reason) }
    } else {
      debug { $0.append(client, code, reason) }
    }
  }

  mutating func failed(_ client: ClientID, _ error: WebSocketError) {
    #if !hasFeature(Embedded)  // where there is no such line, nor the names of errors
      info { $0.append(client, error.closeCode, error.name.span) }
    #endif
  }

  mutating func refused(_ error: MessageError, of client: ClientID) {
    debug { line in
      line.append(client)
      line.append(": ")
      line.append(error.words)
    }
  }

  #if !hasFeature(Embedded)
    /// A refusal is of interest to people who look into a problem; but a name by which the device cannot be reached
    /// yet, or a site that may not operate it, is for whoever runs it to know.
    public mutating func refused(_ refusal: Refusal) {
      var name: [UInt8] = []
      refusal.appendName(to: &name)
      guard !name.isEmpty, let others = refusedNames.note(name, now: refusal.now) else {
        return debug { refusal.append(to: &$0) }
      }
      info { line in
        refusal.append(to: &line)
        guard others > 0 else { return }
        line.append(" (and ")
        line.append(decimal: others)
        line.append(" refusals of other names before)")
      }
    }
  #endif

  /// Edges that the kernel had to drop: presses may have been among them.
  public mutating func dropped(edges count: UInt32) {
    debug { line in
      line.append("edges came too fast: ")
      line.append(decimal: count)
      line.append(" were dropped")
    }
  }

  /// How the device is reached.
  mutating func reached(_ network: NetworkIdentity) { add { network.append(to: &$0) } }

  /// Words that come from elsewhere: the page's address, or what is missing.
  public mutating func say(_ words: Span<UInt8>) { add { $0.append(words) } }
}

extension [UInt8] {
  fileprivate mutating func append(_ client: ClientID) {
    append("WebSocket client #")
    append(decimal: client.number)
  }

  fileprivate mutating func append(_ client: ClientID, _ code: CloseCode, _ reason: Span<UInt8>) {
    append(client)
    append(" closed with ")
    append(decimal: code.rawValue)
    append(" ")
    append(printable: reason)
  }
}
