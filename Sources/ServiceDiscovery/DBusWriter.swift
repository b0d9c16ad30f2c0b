// SPDX-License-Identifier: MIT

// Messages to the system's bus: method calls, in little-endian order. Source: D-Bus Specification 0.43, "Marshaling
// (Wire Format)" and "Message Format".

/// The arguments of a method call as they go over the bus.
struct DBusWriter {
  /// What was written so far. Values are aligned from its start, which is where a message's body begins.
  private(set) var bytes: [UInt8] = []
  /// The types of what was written.
  private(set) var signature = ""

  init() {}

  mutating func int32(_ value: Int32) {
    signature += "i"
    put(UInt32(bitPattern: value))
  }

  mutating func uint32(_ value: UInt32) {
    signature += "u"
    put(value)
  }

  mutating func uint16(_ value: UInt16) {
    signature += "q"
    align(to: 2)
    bytes += [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
  }

  mutating func string(_ text: String) {
    signature += "s"
    put(text)
  }

  /// A list of byte strings (`aay`).
  mutating func byteStrings(_ texts: [String]) {
    signature += "aay"
    var list = DBusWriter()
    for text in texts {
      list.put(UInt32(clamping: text.utf8.count))
      list.bytes += text.utf8
    }
    put(UInt32(clamping: list.bytes.count))  // the elements are aligned to 4, as what follows their length is
    bytes += list.bytes
  }

  // MARK: A whole message

  /// The call of a method, with these arguments. The answer has its serial number.
  static func call(
    _ member: String, of object: DBusObject, serial: UInt32, startsService: Bool = true, _ arguments: DBusWriter = DBusWriter()
  ) -> [UInt8] {
    var fields = DBusWriter()
    fields.field(1, "o", object.path)
    fields.field(2, "s", object.interface)
    fields.field(3, "s", member)
    fields.field(6, "s", object.service)
    if !arguments.signature.isEmpty { fields.signatureField(8, arguments.signature) }
    var message = DBusWriter()
    let noAutoStart: UInt8 = startsService ? 0 : 2
    message.bytes = [UInt8(ascii: "l"), 1, noAutoStart, 1]
    message.put(UInt32(clamping: arguments.bytes.count))
    message.put(serial)
    message.put(UInt32(clamping: fields.bytes.count))
    message.bytes += fields.bytes
    message.align(to: 8)
    return message.bytes + arguments.bytes
  }

  /// A field of the header: a structure of its code and a variant.
  private mutating func field(_ code: UInt8, _ type: String, _ value: String) {
    align(to: 8)
    bytes += [code, UInt8(type.utf8.count)] + type.utf8 + [0]
    put(value)
  }

  private mutating func signatureField(_ code: UInt8, _ value: String) {
    align(to: 8)
    bytes += [code, 1, UInt8(ascii: "g"), 0, UInt8(truncatingIfNeeded: value.utf8.count)] + value.utf8 + [0]
  }

  private mutating func put(_ value: UInt32) {
    align(to: 4)
    for shift in stride(from: UInt32(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  private mutating func put(_ text: String) {
    put(UInt32(clamping: text.utf8.count))
    bytes += text.utf8
    bytes.append(0)
  }

  private mutating func align(to size: Int) {
    while bytes.count % size != 0 { bytes.append(0) }
  }
}

/// An object on the bus, in one of its roles.
struct DBusObject: Equatable {
  let service: String
  let path: String
  let interface: String

  /// The bus itself.
  static let bus = DBusObject(
    service: "org.freedesktop.DBus", path: "/org/freedesktop/DBus", interface: "org.freedesktop.DBus")
}
