// SPDX-License-Identifier: MIT

// The names under which devices speak on a broker, as a gateway reads them (see RemoteControl/MQTT/BrokerTopics.swift
// for the device's side).

import Bytes
import RemoteControl

/// The topics of all devices under one prefix.
struct FleetTopics: Sendable {
  /// What a message is about.
  enum Subject: Equatable {
    case availability, about, alive
    /// A part, whose name is at this place in the topic.
    case state(Range<Int>)
    case event(Range<Int>)
    case fault(Range<Int>)
  }

  /// All that a gateway listens to.
  let filters: [[UInt8]]
  /// The wish that all devices tell of themselves.
  let ask: [UInt8]
  private let start: [UInt8]

  init(prefix: [UInt8]) {
    let start = prefix + [UInt8]("/")
    self.start = start
    ask = start + [UInt8]("all/ask")
    let names: [StaticString] = [
      "+/availability", "+/about", "+/alive", "+/+/state", "+/+/event", "+/+/availability",
    ]
    filters = names.map { start + [UInt8]($0) }
  }

  /// The place of the device's identifier, and what the message is about; nil: nothing that a device says.
  func subject(of topic: Span<UInt8>) -> (device: Range<Int>, Subject)? {
    guard topic.count > start.count, topic.extracting(first: start.count).equals(start.span),
      let slash = topic.firstIndex(of: UInt8(ascii: "/"), from: start.count)
    else { return nil }
    let device = start.count..<slash
    let name = topic.extracting(device)
    guard BrokerOptions.isLevel(name), !name.equals("all"), !name.equals("group") else { return nil }
    let rest = topic.extracting(slash + 1..<topic.count)
    if rest.equals("alive") { return (device, .alive) }
    if rest.equals("about") { return (device, .about) }
    if rest.equals("availability") { return (device, .availability) }
    guard let second = topic.firstIndex(of: UInt8(ascii: "/"), from: slash + 1) else { return nil }
    let part = slash + 1..<second
    guard BrokerOptions.isLevel(topic.extracting(part)) else { return nil }
    let last = topic.extracting(second + 1..<topic.count)
    if last.equals("state") { return (device, .state(part)) }
    if last.equals("event") { return (device, .event(part)) }
    if last.equals("availability") { return (device, .fault(part)) }
    return nil
  }

  /// The topic of a command.
  func command(to device: [UInt8], part: [UInt8]) -> [UInt8] {
    var topic = start
    topic.append(device.span)
    topic.append("/")
    topic.append(part.span)
    topic.append("/set")
    return topic
  }
}
