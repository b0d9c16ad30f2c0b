// SPDX-License-Identifier: MIT

// What a page or a script asks for: a window of the list, or a command to a selection. JSON from sockets and scripts, and
// fields of a form from browsers without JavaScript, come to the same.

import Bytes
import DeviceServer
import RemoteControl

/// A command to a selection.
struct FleetOrder: Sendable {
  var part: [UInt8] = []
  var payload: [UInt8] = []
  /// The devices by name.
  var devices: [[UInt8]] = []
  /// All that a query selects, in place of names.
  var query: FleetQuery?

  /// Why it is not one; nil if it is.
  var mistake: StaticString? {
    if !BrokerOptions.isLevel(part.span) { return "a command needs the name of a part" }
    if payload.isEmpty || payload.count > 256 { return "a command needs a payload of at most 256 bytes" }
    if devices.isEmpty, query == nil { return "no device is selected" }
    return nil
  }
}

extension FleetOrder {
  /// `{"part":"led","payload":"ON","devices":["kitchen"]}`, or in place of `devices` `"all":{"q":"…","group":"…"}`.
  init(_ json: borrowing JSONValue) {
    _ = json["part"]?.appendString(to: &part)
    _ = json["payload"]?.appendString(to: &payload)
    if let all = json["all"] {
      query = FleetQuery(all)
    } else {
      var devices: [[UInt8]] = []
      _ = json["devices"]?.forEachElement { element in
        var name: [UInt8] = []
        if element.appendString(to: &name) { devices.append(name) }
        return true
      }
      self.devices = devices
    }
  }
}

extension FleetQuery {
  init(_ json: borrowing JSONValue) {
    _ = json["q"]?.appendString(to: &text)
    _ = json["group"]?.appendString(to: &group)
    isForAbsent = json["absent_only"]?.bool ?? false
    shorten()
  }

  init(_ fields: FormFields) {
    text = fields["q"]
    group = fields["group"]
    isForAbsent = fields["show"].span.equals("absent")
    shorten()
  }

  private mutating func shorten() {
    text = SearchText.cut(text, to: 128)
    group = SearchText.cut(group, to: 64)
  }
}

extension FleetWindow {
  init(_ json: borrowing JSONValue, limits: FleetLimits) {
    query = FleetQuery(json)
    count = Int(clamping: min(max(json["count"]?.uint64 ?? UInt64(Self.standardCount), 1), UInt64(limits.rows)))
    from = Int(clamping: min(json["from"]?.uint64 ?? 0, UInt64(limits.devices)))
  }

  init(_ fields: FormFields, limits: FleetLimits) {
    query = FleetQuery(fields)
    from = Int(clamping: min(fields["from"].span.decimalValue ?? 0, UInt64(limits.devices)))
  }
}
