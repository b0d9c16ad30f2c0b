// SPDX-License-Identifier: MIT

// What a bus sends, in big-endian order, which the specification allows and our own calls do not have.

@testable import ServiceDiscovery

enum Message {
  static func answer(_ serial: UInt32, _ write: (inout DBusWriter) -> Void) -> [UInt8] {
    message(kind: 2, [.number(5, serial)], write)
  }

  static func error(_ serial: UInt32, _ name: String, _ words: String) -> [UInt8] {
    message(kind: 3, [.text(4, "s", name), .number(5, serial)]) { $0.string(words) }
  }

  /// The group of entries is in this state (avahi-common/defs.h).
  static func group(_ state: Int32) -> [UInt8] {
    signal("/Client1/EntryGroup1", "org.freedesktop.Avahi.EntryGroup", "StateChanged") {
      $0.int32(state)
      $0.string("org.freedesktop.Avahi.Success")
    }
  }

  /// The daemon is in this state.
  static func server(_ state: Int32) -> [UInt8] {
    signal("/", "org.freedesktop.Avahi.Server", "StateChanged") {
      $0.int32(state)
      $0.string("org.freedesktop.Avahi.Success")
    }
  }

  /// Avahi's name on the bus has passed from one connection to another.
  static func avahiOwner(_ old: String, _ new: String) -> [UInt8] {
    signal("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged") {
      $0.string("org.freedesktop.Avahi")
      $0.string(old)
      $0.string(new)
    }
  }

  private static func signal(
    _ path: String, _ interface: String, _ member: String, _ write: (inout DBusWriter) -> Void
  ) -> [UInt8] {
    message(kind: 4, [.text(1, "o", path), .text(2, "s", interface), .text(3, "s", member)], write)
  }

  private enum Field {
    case text(UInt8, String, String)
    case number(UInt8, UInt32)
  }

  private static func message(kind: UInt8, _ fields: [Field], _ write: (inout DBusWriter) -> Void) -> [UInt8] {
    var arguments = DBusWriter()
    write(&arguments)
    let body = arguments.bytes
    var header: [UInt8] = []
    func number(_ value: UInt32) {
      while header.count % 4 != 0 { header.append(0) }
      header += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    func begin(_ code: UInt8, _ type: String) {
      while header.count % 8 != 0 { header.append(0) }
      header += [code, 1] + type.utf8 + [0]
    }
    for field in fields {
      switch field {
      case .text(let code, let type, let text):
        begin(code, type)
        number(UInt32(text.utf8.count))
        header += text.utf8
        header.append(0)
      case .number(let code, let value):
        begin(code, "u")
        number(value)
      }
    }
    begin(8, "g")
    header += [UInt8(arguments.signature.utf8.count)] + arguments.signature.utf8 + [0]
    let length = header.count
    while header.count % 8 != 0 { header.append(0) }
    let fieldsAndPadding = header
    header = []
    number(UInt32(body.count))
    number(77)  // its serial number
    number(UInt32(length))
    // The body's numbers are those of our own writer, which is little-endian: they are turned round.
    return [UInt8(ascii: "B"), kind, 1, 1] + header + fieldsAndPadding + turned(body, arguments.signature)
  }

  /// The same arguments in the other order.
  private static func turned(_ body: [UInt8], _ signature: String) -> [UInt8] {
    var body = body
    var position = 0
    for type in signature {
      position = (position + 3) / 4 * 4
      let length = body[position..<(position + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
      body[position..<(position + 4)].reverse()
      position += type == "s" ? 4 + length + 1 : 4
    }
    return body
  }
}
