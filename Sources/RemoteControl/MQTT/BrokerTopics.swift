// SPDX-License-Identifier: MIT

// The names under which a device speaks and is spoken to on a broker, made once at the start. `PREFIX/ID/…` is the
// device's own, `PREFIX/all/ask` is for every device, `PREFIX/group/…` for those of a group.

import Bytes
import MQTTCore
import Parts

/// The topics of a device.
struct BrokerTopics: Sendable {
  /// `online` or `offline`, retained.
  let availability: [UInt8]
  /// What the device is, retained.
  let about: [UInt8]
  /// A sign of life.
  let alive: [UInt8]
  /// For each part its state, retained.
  let states: [[UInt8]]
  /// For each part what happens to it: gestures of a button.
  let events: [[UInt8]]
  /// For each part `online`, or `offline` while it has a fault, retained.
  let faults: [[UInt8]]
  /// Where Home Assistant looks for the device; empty if it is not to be found.
  let config: [UInt8]
  /// Where Home Assistant says that it has started; empty as well.
  let homeAssistantStatus: [UInt8]
  /// A wish that all devices tell of themselves.
  let ask: [UInt8]
  /// All that the device listens to.
  let filters: [[UInt8]]

  private let own: [UInt8]
  private let groups: [[UInt8]]

  init(_ options: BrokerOptions, parts: [Part]) {
    own = Self.join(options.prefix, options.identifier, "")
    availability = own + [UInt8]("availability")
    about = own + [UInt8]("about")
    alive = own + [UInt8]("alive")
    var (states, events, faults): ([[UInt8]], [[UInt8]], [[UInt8]]) = ([], [], [])
    for part in parts {
      states.append(Self.join(own, part.name, "state"))
      events.append(Self.join(own, part.name, "event"))
      faults.append(Self.join(own, part.name, "availability"))
    }
    (self.states, self.events, self.faults) = (states, events, faults)
    ask = Self.join(options.prefix, [UInt8]("all"), "ask")
    var groups: [[UInt8]] = []
    for name in options.groups {
      groups.append(Self.join(Self.join(options.prefix, [UInt8]("group"), ""), name, ""))
    }
    self.groups = groups
    var filters = [own + [UInt8]("+/set"), availability, ask]
    for group in groups { filters.append(group + [UInt8]("+/set")) }
    if options.discoveryPrefix.isEmpty {
      (config, homeAssistantStatus) = ([], [])
    } else {
      config = Self.join(Self.join(options.discoveryPrefix, [UInt8]("device"), ""), options.identifier, "config")
      homeAssistantStatus = options.discoveryPrefix + [UInt8]("/status")
      filters += [homeAssistantStatus, config]
    }
    self.filters = filters
  }

  #if !WITHOUT_STATE_FILE
    /// Where the state of a part is that the device need not have.
    func state(of part: [UInt8]) -> [UInt8] { Self.join(own, part, "state") }

    /// The same, of whether it works.
    func availability(of part: [UInt8]) -> [UInt8] { Self.join(own, part, "availability") }

    /// A topic on which nothing is ever said.
    var silence: [UInt8] { own + [UInt8]("gone") }
  #endif

  /// `first/second/last`; `first` may have its slash already.
  private static func join(_ first: [UInt8], _ second: [UInt8], _ last: StaticString) -> [UInt8] {
    var topic = first
    if topic.last != UInt8(ascii: "/") { topic.append(UInt8(ascii: "/")) }
    topic.append(second.span)
    topic.append(UInt8(ascii: "/"))
    topic.append(last)
    return topic
  }

  /// What a message that came is about.
  enum Subject: Equatable {
    /// A command to the part whose name is at this place in the topic.
    case command(Range<Int>)
    case ask
    case availability
    case homeAssistantStatus
    case config
    /// Something that was not asked for: a broker was seen to deliver such.
    case other
  }

  /// What a message under this name is about.
  func subject(of topic: Span<UInt8>) -> Subject {
    if topic.equals(ask.span) { return .ask }
    if topic.equals(availability.span) { return .availability }
    if !config.isEmpty {
      if topic.equals(config.span) { return .config }
      if topic.equals(homeAssistantStatus.span) { return .homeAssistantStatus }
    }
    if let part = Self.part(in: topic, behind: own.span) { return .command(part) }
    for group in groups {
      if let part = Self.part(in: topic, behind: group.span) { return .command(part) }
    }
    return .other
  }

  /// The one level between `start` and `/set`.
  private static func part(in topic: Span<UInt8>, behind start: Span<UInt8>) -> Range<Int>? {
    let end = topic.count - 4
    guard end > start.count, topic.extracting(first: start.count).equals(start),
      topic.extracting(end..<topic.count).equals("/set")
    else { return nil }
    for index in start.count..<end where topic[index] == UInt8(ascii: "/") { return nil }
    return start.count..<end
  }
}
