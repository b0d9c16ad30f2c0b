// SPDX-License-Identifier: MIT

// What a device says of itself: `about`, as RemoteControl/MQTT writes it. Whatever is not there is not shown; a text that
// is too long is cut; a part keeps its state when it is described anew.

import Bytes
import RemoteControl

extension FleetTable {
  /// Takes a description over, unless it is older than the one that is there.
  mutating func take(about payload: Span<UInt8>, _ row: Int, isRetained: Bool) {
    guard let json = try? JSONValue(parsing: payload), json.kind == .object else { return }
    let boot = text(json["boot"], limit: 32)
    let number = json["rev"]?.uint64 ?? 0
    let known = devices[row]
    if known.isDescribed {
      if boot == known.boot {
        guard number >= known.aboutRevision else { return }
      } else if isRetained, known.aboutConnection == currentConnection {
        return
      }
    }
    let name = text(json["name"])
    let address = webAddress(json["address"])
    let groups = groups(json["groups"])
    let parts = parts(json["parts"], keeping: known.parts, isSameBoot: boot == known.boot)
    noteAnswer(row)
    let isSame = known.isDescribed && name == known.name && address == known.address && groups == known.groups
      && Self.isSame(parts, known.parts)
    if isSame {
      note(row, boot, number, isRetained)  // the most usual case after a connect: nothing that a page shows
      return
    }
    let connection = currentConnection
    describe(row) { device in
      (device.name, device.address, device.groups, device.parts) = (name, address, groups, parts)
      (device.boot, device.aboutRevision, device.isDescribed) = (boot, number, true)
      device.aboutConnection = isRetained ? 0 : connection
      device.searchText = Self.searchText(of: device)
      device.isDoubtful = false
    }
  }

  private func text(_ json: JSONValue?, limit: Int? = nil) -> [UInt8] {
    var text: [UInt8] = []
    _ = json?.appendString(to: &text)
    return SearchText.cut(text, to: limit ?? limits.textSize)
  }

  /// A web address is never cut: it would lead elsewhere.
  private func webAddress(_ json: JSONValue?) -> [UInt8] {
    let address = text(json, limit: limits.addressSize + 1)
    return address.count <= limits.addressSize && Self.isWebAddress(address) ? address : []
  }

  private func groups(_ json: JSONValue?) -> [UInt8] {
    var groups: [UInt8] = []
    _ = json?.forEachElement { element in
      var group: [UInt8] = []
      guard element.appendString(to: &group), BrokerOptions.isLevel(group.span) else { return true }
      if !groups.isEmpty { groups.append(UInt8(ascii: " ")) }
      groups.append(group.span)
      return groups.count < 256
    }
    return groups
  }

  private func parts(_ json: JSONValue?, keeping old: [FleetPart], isSameBoot: Bool) -> [FleetPart] {
    var parts: [FleetPart] = []
    _ = json?.forEachMember { name, value in
      var key: [UInt8] = []
      guard name.appendString(to: &key), BrokerOptions.isLevel(key.span) else { return true }
      var part = old.first { $0.name == key } ?? FleetPart(name: key)
      if !isSameBoot { part.stateRevision = 0 }
      part.kind = .unknown
      if let kind = value["kind"] { part.kind = FleetPart.Kind(kind) }
      part.label = text(value["label"])
      part.unit = text(value["unit"], limit: 16)
      part.isRemote = value["remote"]?.bool ?? false
      part.range = []
      for name in ["min", "max", "step"] as [StaticString] {
        guard part.kind == .number, let bound = value[name]?.decimal else { continue }
        if !part.range.isEmpty { part.range.append(UInt8(ascii: " ")) }
        part.range.append(bound)
      }
      if !parts.contains(where: { $0.name == key }) { parts.append(part) }
      return parts.count < limits.parts
    }
    return parts
  }

  private static func isSame(_ parts: [FleetPart], _ others: [FleetPart]) -> Bool {
    parts.elementsEqual(others) { one, other in
      one.name == other.name && one.kind == other.kind && one.label == other.label && one.unit == other.unit
        && one.range == other.range && one.isRemote == other.isRemote
    }
  }

  /// Whether a link may lead there: what a device says is a stranger's word, and `javascript:` is an address, too.
  static func isWebAddress(_ text: [UInt8]) -> Bool {
    let span = text.span
    guard span.starts(with: "http://") || span.starts(with: "https://") else { return false }
    for byte in text where byte <= 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "<")
      || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\\")
    { return false }
    return true
  }

  /// The name first: lists are in the order of this text.
  private static func searchText(of device: FleetDevice) -> [UInt8] {
    var text: [UInt8] = []
    func add(_ more: [UInt8]) {
      if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
      text.append(SearchText.folded(more.span).span)
    }
    if !device.name.isEmpty { add(device.name) }
    add(device.identifier)
    add(device.groups)
    for part in device.parts { add(part.label.isEmpty ? part.name : part.label) }
    return text
  }
}
