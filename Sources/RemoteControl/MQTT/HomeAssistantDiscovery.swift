// SPDX-License-Identifier: MIT

// How Home Assistant finds the device on a broker: one retained message that describes all its parts. Keys are
// abbreviated as its documentation allows. Source: Home Assistant's documentation of MQTT, "Device discovery payload",
// and what version 2026.11.0 was seen to take and to refuse.
//
// A component's key holds its kind (`lamp_switch`): under one key a component that becomes another kind would leave the
// old one behind. Each component names the device's availability and its part's, since one for all parts and one for
// each exclude each other. Lights of several channels say `brightness`, too, or a command of a color and a brightness
// would be a darker color.

import Bytes
import Parts

enum HomeAssistantDiscovery {
  /// Appends the message for a device.
  static func append(
    _ device: borrowing Device, _ identity: Identity, _ options: BrokerOptions, _ topics: BrokerTopics,
    to text: inout [UInt8]
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
      for index in parts.indices {
        let component = Component(part: parts[index], index: index, options: options, topics: topics)
        component.write(to: &json)
      }
      json.endObject()
      json.endObject()
    }
  }
}

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
    case .contact: entity("binary_sensor", &json) { state(&$0) }
    case .sensor: entity("sensor", &json) { sensor(&$0) }
    case .number(let number): entity("number", &json) { write(number, &$0) }
    case .button(let button): write(button, &json)
    }
  }

  /// A component that has a state in Home Assistant.
  private func entity(_ platform: StaticString, _ json: inout JSONWriter, _ options: (inout JSONWriter) -> Void) {
    begin(platform, suffix: platform, &json)
    json.member("name", part.label.span)
    json.member("uniq_id", name(platform, isUnique: true).span)
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
    if !part.deviceClass.isEmpty { json.member("dev_cla", part.deviceClass.span) }
    json.endObject()
  }

  private func begin(_ platform: StaticString, suffix: StaticString, _ json: inout JSONWriter) {
    json.name(name(suffix, isUnique: false).span)
    json.beginObject()
    json.member("p", platform)
  }

  /// `lamp_switch`, with the device's identifier in front if it must differ from all others.
  private func name(_ suffix: StaticString, isUnique: Bool) -> [UInt8] {
    var name: [UInt8] = []
    if isUnique {
      name.append(options.identifier.span)
      name.append("_")
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

  private func sensor(_ json: inout JSONWriter) {
    state(&json)
    if !part.unit.isEmpty { json.member("unit_of_meas", part.unit.span) }
    json.member("stat_cla", "measurement")
  }

  private func write(_ number: Number, _ json: inout JSONWriter) {
    commandAndState(&json)
    json.member("min", number.minimum)
    json.member("max", number.maximum)
    json.member("step", number.step)
    if !part.unit.isEmpty { json.member("unit_of_meas", part.unit.span) }
  }

  private func write(_ button: Button, _ json: inout JSONWriter) {
    entity("event", &json) { json in
      write("stat_t", topics.events[index], &json)
      json.name("evt_typ")
      json.beginArray()
      for gesture in Gesture.allCases { json.value(gesture.name) }
      json.endArray()
      if part.deviceClass.isEmpty { json.member("dev_cla", "button") }
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
