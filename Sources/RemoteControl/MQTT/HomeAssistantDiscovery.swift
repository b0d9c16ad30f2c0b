// SPDX-License-Identifier: MIT

// How Home Assistant finds the device on a broker: one retained message that describes all its parts. Keys are
// abbreviated as its documentation allows. Source: Home Assistant's documentation of MQTT, "Device discovery payload",
// and what version 2026.11.0 was seen to take and to refuse.
//
// A component's key holds its kind (`lamp_switch`): under one key a component that becomes another kind would leave the
// old one behind. The kind is ours (`door_contact`): with Home Assistant's, `x_binary_sensor` could be the contact `x`
// or the sensor `x_binary`. Each component names the device's availability and its part's, since one for all parts and
// one for each exclude each other. Lights of several channels say `brightness`, too, or a command of a color and a
// brightness would be a darker color.

import Bytes
import Parts

enum HomeAssistantDiscovery {
  /// Appends the message for a device, without the parts whose names are in `withheld`.
  static func append(
    _ device: borrowing Device, _ identity: Identity, _ options: BrokerOptions, _ topics: BrokerTopics,
    _ announcement: HomeAssistantAnnouncement, withheld: [[UInt8]], to text: inout [UInt8]
  ) {
    JSONWriter.append(to: &text) { json in
      json.beginObject()
      json.name("dev")
      json.beginObject()
      json.name("ids")
      json.beginArray()
      json.value(options.identifier.span)
      json.endArray()
      json.member("name", device.name.isEmpty ? options.identifier.span : device.name.span)
      json.member("mf", "Heliograph")
      json.member("mdl", identity.board.span)
      json.member("sw", Identity.version)
      if !options.address.isEmpty { json.member("cu", options.address.span) }
      json.endObject()
      json.name("o")
      json.beginObject()
      json.member("name", "heliograph")
      json.member("sw", Identity.version)
      json.endObject()
      json.member("qos", UInt8(1))
      json.name("cmps")
      json.beginObject()
      let parts = device.parts.span
      for index in parts.indices where !options.isWithdrawn && (withheld.isEmpty || !withheld.contains(parts[index].name)) {
        let component = Component(part: parts[index], index: index, options: options, topics: topics)
        component.write(to: &json)
      }
      #if !WITHOUT_STATE_FILE
        for key in announcement.gone { write(gone: key, inFull: announcement.revives, options, topics, to: &json) }
      #endif
      json.endObject()
      json.endObject()
    }
  }
}

#if !WITHOUT_STATE_FILE
  // MARK: What is gone

  extension HomeAssistantDiscovery {
    /// The keys of all components.
    static func components(of parts: [Part]) -> [[UInt8]] {
      var keys: [[UInt8]] = []
      for part in parts {
        func add(_ suffix: StaticString) {
          var key = part.name
          key.append("_")
          key.append(suffix)
          keys.append(key)
        }
        guard case .button(let button) = part.kind else {
          add(part.kindName)
          continue
        }
        for suffix in ["event", "click", "double", "long"] as [StaticString] { add(suffix) }
        if button.isRemote { add("button") }
      }
      return keys
    }

    /// The name of the part to which a component belongs.
    static func part(_ key: [UInt8]) -> [UInt8] { Array(key.prefix(max(key.count - suffix(key).count - 1, 0))) }

    /// Whether it is the key of a component.
    static func isComponent(_ key: [UInt8]) -> Bool { platform(key) != nil && Part.isName(part(key).span) }

    private static func suffix(_ key: [UInt8]) -> [UInt8] {
      var start = key.count
      while start > 0, key[start - 1] != UInt8(ascii: "_") { start -= 1 }
      return Array(key[start...])
    }

    /// What Home Assistant calls the kind of a component, and whether it has a state there; nil if it has no such kind.
    private static func platform(_ key: [UInt8]) -> (name: StaticString, isEntity: Bool)? {
      let suffix = suffix(key)
      for name in ["switch", "light", "sensor", "number", "event", "button"] as [StaticString]
      where suffix.span.equals(name) { return (name, true) }
      for name in ["click", "double", "long"] as [StaticString] where suffix.span.equals(name) {
        return ("device_automation", false)
      }
      return suffix.span.equals("contact") ? ("binary_sensor", true) : nil
    }

    /// A component that is gone: nothing but its platform takes it out. In full it is what any entity needs, since Home
    /// Assistant passes over what one does not know, and disabled, so that one that had been taken out is not seen. A
    /// trigger is only in the memory of one that has seen it in full, so it needs to be taken out only.
    fileprivate static func write(
      gone key: [UInt8], inFull: Bool, _ options: BrokerOptions, _ topics: BrokerTopics, to json: inout JSONWriter
    ) {
      guard let platform = platform(key) else { return }
      json.name(key.span)
      json.beginObject()
      json.member("p", platform.name)
      if inFull, platform.isEntity {
        var identifier = options.identifier
        identifier.append("-")
        identifier.append(key.span)
        json.member("uniq_id", identifier.span)
        json.member("name", key.span)
        json.member("en", false)
        json.member("schema", "json")
        json.member("cmd_t", topics.silence.span)
        json.member("stat_t", topics.silence.span)
        json.name("evt_typ")
        json.beginArray()
        json.value("click")
        json.endArray()
      }
      json.endObject()
    }
  }
#endif

/// What one part is to Home Assistant: one component, or several for a button.
private struct Component {
  let part: Part
  let index: Int
  let options: BrokerOptions
  let topics: BrokerTopics

  func write(to json: inout JSONWriter) {
    switch part.kind {
    case .switch: entity("switch", &json) { commandAndState(&$0) }
    case .light(let light): entity("light", &json) { write(light, &$0) }
    case .contact: entity("binary_sensor", suffix: "contact", &json) { contact(&$0) }
    case .sensor: entity("sensor", &json) { sensor(&$0) }
    case .number(let number): entity("number", &json) { write(number, &$0) }
    case .button(let button): write(button, &json)
    }
  }

  /// A component that has a state in Home Assistant.
  private func entity(
    _ platform: StaticString, suffix: StaticString? = nil, _ json: inout JSONWriter,
    _ options: (inout JSONWriter) -> Void
  ) {
    let suffix = suffix ?? platform
    begin(platform, suffix: suffix, &json)
    json.member("name", part.label.span)
    json.member("uniq_id", name(suffix, isUnique: true).span)
    json.name("avty")
    json.beginArray()
    for topic in [topics.availability, topics.faults[index]] {
      json.beginObject()
      json.member("t", topic.span)
      json.endObject()
    }
    json.endArray()
    json.member("avty_mode", "all")
    options(&json)
    json.endObject()
  }

  private func begin(_ platform: StaticString, suffix: StaticString, _ json: inout JSONWriter) {
    json.name(name(suffix, isUnique: false).span)
    json.beginObject()
    json.member("p", platform)
  }

  /// `lamp_switch`, or `kitchen-lamp_switch` if it must differ from those of other devices: no part has a `-`, so the last
  /// one ends the device's identifier, whatever that has.
  private func name(_ suffix: StaticString, isUnique: Bool) -> [UInt8] {
    var name: [UInt8] = []
    if isUnique {
      name.append(options.identifier.span)
      name.append("-")
    }
    name.append(part.name.span)
    name.append("_")
    name.append(suffix)
    return name
  }

  private func state(_ json: inout JSONWriter) { write("stat_t", topics.states[index], &json) }

  private func write(_ name: StaticString, _ text: [UInt8], _ json: inout JSONWriter) { json.member(name, text.span) }

  private func command(_ json: inout JSONWriter) {
    var topic = topics.states[index]
    topic.removeLast(5)  // "state"
    topic.append("set")
    json.member("cmd_t", topic.span)
  }

  private func commandAndState(_ json: inout JSONWriter) {
    command(&json)
    state(&json)
  }

  private func write(_ light: Light, _ json: inout JSONWriter) {
    json.member("schema", "json")
    commandAndState(&json)
    json.member("brightness", true)
    json.name("sup_clrm")
    json.beginArray()
    json.value(light.colorMode)
    json.endArray()
    json.member("flash", false)
    json.member("transition", false)
  }

  private func contact(_ json: inout JSONWriter) {
    state(&json)
    if !part.deviceClass.isEmpty { json.member("dev_cla", part.deviceClass.span) }
  }

  private func sensor(_ json: inout JSONWriter) {
    state(&json)
    let terms = HomeAssistantUnit(part.unit, deviceClass: part.deviceClass)
    if terms.fitsClass { json.member("dev_cla", part.deviceClass.span) }
    if !terms.unit.isEmpty { json.member("unit_of_meas", terms.unit.span) }
    json.member("stat_cla", terms.stateClass)
  }

  private func write(_ number: Number, _ json: inout JSONWriter) {
    commandAndState(&json)
    json.member("min", number.minimum)
    json.member("max", number.maximum)
    json.member("step", max(number.step, Decimal(1, exponent: -3)))  // the least that it takes
    if !part.unit.isEmpty { json.member("unit_of_meas", HomeAssistantUnit.usual(part.unit).span) }
  }

  private func write(_ button: Button, _ json: inout JSONWriter) {
    entity("event", &json) { json in
      write("stat_t", topics.events[index], &json)
      json.name("evt_typ")
      json.beginArray()
      for gesture in Gesture.allCases { json.value(gesture.name) }
      json.endArray()
      json.member("dev_cla", "button")
    }
    trigger(.click, "button_short_press", "click", &json)
    trigger(.double, "button_double_press", "double", &json)
    trigger(.long, "button_long_press", "long", &json)
    if button.isRemote {
      entity("button", &json) { json in
        command(&json)
        json.member("pl_prs", Gesture.click.name)
      }
    }
  }

  /// What automations start with. Its topic is never retained: at each start of Home Assistant it would happen again.
  private func trigger(_ gesture: Gesture, _ type: StaticString, _ suffix: StaticString, _ json: inout JSONWriter) {
    begin("device_automation", suffix: suffix, &json)
    json.member("atype", "trigger")
    json.member("type", type)
    json.member("stype", part.name.span)
    write("t", topics.events[index], &json)
    json.member("val_tpl", "{{ value_json.event_type }}")
    json.member("pl", gesture.name)
    json.endObject()
  }
}
