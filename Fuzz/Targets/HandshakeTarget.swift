// SPDX-License-Identifier: MIT

// The opening handshake, through a whole server: a request becomes a WebSocket connection if, and only if, it meets
// every rule of RFC 6455 section 4.2.1 and of this server, which are written down here once more.

import Bytes
import DeviceServer
import HTTPCore
import Timebase
import WebSocketCore

extension FuzzTarget {
  /// The head of a request.
  static let handshake = FuzzTarget("handshake", longestInput: 1024) { input throws(BrokenInvariant) in
    guard let request = HandshakeModel.firstHead(in: input) else { return }
    let isHandshake = HandshakeModel.isHandshake(request)
    let isAllowed = isHandshake && HandshakeModel.isForUs(request)
    let answer = try HandshakeServer.answer(to: SeenRequest(request).bytes)  // without what follows
    try check((answer.status == 101) == isAllowed, "the answer is 101 if all rules are met, not \(answer.status)")
    try check(answer.clients == (isAllowed ? 1 : 0), "a client is one whose handshake was accepted")

    let response: ResponseHead
    do throws(WebSocketHandshakeError) {
      response = try WebSocketHandshake.response(to: request)
    } catch {
      try check(!isHandshake, "what meets the rules of RFC 6455 is a handshake, but \(error)")
      return try check([400, 405, 426].contains(error.status.code), "an error of the client has a status that says so")
    }
    guard isHandshake, let key = request.field("Sec-WebSocket-Key") else {
      throw BrokenInvariant(description: "a handshake meets the rules of RFC 6455")
    }
    let expected = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
      + HandshakeModel.acceptValue(for: [UInt8](key)) + "\r\n"
    try check(text(response.fields) == expected, "the answer proves that the key was read")
  }
}

private enum HandshakeServer {
  static func answer(to input: [UInt8]) throws(BrokenInvariant) -> (status: Int, clients: Int) {
    var router = Router<Void>()
    router.webSocket("/ws") { _, _, _ in }
    router.get("/") { _, _, response in response.send("page") }
    var server = Server(router: router, hostNames: HostNames([Array("device.local".utf8)]))
    var context: Void = ()
    guard let id = server.accept(from: .unknown, now: .zero, &context) else {
      throw BrokenInvariant(description: "the first connection is accepted")
    }
    _ = server.receive(input.span, from: id, now: .zero, &context)
    let clients = Int(server.counters.clients)
    var output: [UInt8] = []
    server.writeOutput(id, now: .zero, &context) { bytes in
      output += [UInt8](bytes)
      return bytes.count
    }
    var rest = output[...]
    while let response = try WireResponse.take(from: &rest, expecting: .unknown) {
      if response.status != 100 { return (response.status, clients) }
    }
    return (0, clients)
  }
}

/// The rules of the handshake once more.
private enum HandshakeModel {
  /// The first request of the input, if its head is one and whole; the rest is another target's affair.
  static func firstHead(in input: [UInt8]) -> RequestHead? {
    var connection = HTTPConnection()
    _ = connection.receive(input.span)
    guard case .request(let head)? = try? connection.nextEvent() else { return nil }
    return head
  }

  /// RFC 6455 section 4.2.1, and no body.
  static func isHandshake(_ head: RequestHead) -> Bool {
    let keys = values("sec-websocket-key", in: head)
    let hasNoBody = values("transfer-encoding", in: head).isEmpty
      && values("content-length", in: head).allSatisfy { $0.allSatisfy { $0 == UInt8(ascii: "0") } }
    return [UInt8](head.methodToken) == Array("GET".utf8) && head.version == .http11 && hasNoBody
      && list("upgrade", in: head, has: "websocket") && list("connection", in: head, has: "upgrade")
      && values("sec-websocket-version", in: head) == [Array("13".utf8)] && keys.count == 1 && isKey(keys[0])
  }

  /// The endpoint, by one of our names, from our own page or from none.
  static func isForUs(_ head: RequestHead) -> Bool {
    let host = lowercased([UInt8](head.host))
    let origins = values("origin", in: head)
    return isEndpoint([UInt8](head.path)) && isOurs(host)
      && (origins.isEmpty || origins.count == 1 && isOrigin(lowercased(origins[0]), of: host))
  }

  /// The values of the fields of this name, which is given in lower case.
  private static func values(_ name: String, in head: RequestHead) -> [[UInt8]] {
    var values: [[UInt8]] = []
    head.forEachField { if lowercased([UInt8]($0)) == Array(name.utf8) { values.append([UInt8]($1)) } }
    return values
  }

  private static func list(_ name: String, in head: RequestHead, has token: String) -> Bool {
    values(name, in: head).contains { line in
      line.split(separator: UInt8(ascii: ",")).contains { lowercased(trimmed($0)) == Array(token.utf8) }
    }
  }

  /// 16 bytes in base64: 21 characters, one that holds two more bits, and two signs for what is missing.
  private static func isKey(_ key: [UInt8]) -> Bool {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let places = key.dropLast(2).compactMap { alphabet.firstIndex(of: $0) }
    return key.count == 24 && places.count == 22 && places[21] % 16 == 0 && key.suffix(2).elementsEqual("==".utf8)
  }

  /// `/ws`, its letters encoded or not; an encoded slash is none.
  private static func isEndpoint(_ path: [UInt8]) -> Bool {
    let first = [Array("/w".utf8), Array("/%77".utf8)]
    let second = [Array("s".utf8), Array("%73".utf8)]
    return first.contains { first in second.contains { first + $0 == path } }
  }

  /// Addresses, localhost and the configured name, with any port.
  private static func isOurs(_ host: [UInt8]) -> Bool {
    if host.first == UInt8(ascii: "[") { return true }
    let name = host.prefix { $0 != UInt8(ascii: ":") }
    let numbers = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isAddress = numbers.count == 4
      && numbers.allSatisfy { number in
        1...3 ~= number.count && number.allSatisfy { 0x30...0x39 ~= $0 } && Int(text(number)) ?? 256 < 256
      }
    return isAddress || name.elementsEqual("localhost".utf8) || name.elementsEqual("device.local".utf8)
  }

  /// Scheme and host, the scheme's own port given or not.
  private static func isOrigin(_ origin: [UInt8], of host: [UInt8]) -> Bool {
    [("http://", ":80"), ("https://", ":443")].contains { scheme, port in
      func plain(_ authority: [UInt8]) -> [UInt8] {
        let hasPort = authority.count > port.utf8.count && authority.suffix(port.utf8.count).elementsEqual(port.utf8)
        return hasPort ? authority.dropLast(port.utf8.count) : authority
      }
      return origin.starts(with: scheme.utf8) && plain(Array(origin.dropFirst(scheme.utf8.count))) == plain(host)
    }
  }

  private static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0 ? $0 + 0x20 : $0 }
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    return bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
  }

  /// Key and GUID, hashed in one piece (RFC 6455 section 4.2.2).
  static func acceptValue(for key: [UInt8]) -> String {
    var hasher = SHA1()
    hasher.update((key + Array("258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)).span)
    var value: [UInt8] = []
    Base64.append(hasher.finish().span, to: &value)
    return text(value)
  }
}
