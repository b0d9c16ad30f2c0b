// SPDX-License-Identifier: MIT

// The names of topics, and the filters that stand for many. MQTT 5.0 section 4.7.

/// Names of topics and filters, as bytes of UTF-8.
public enum Topic {
  /// The longest name or filter, in bytes (section 4.7.3).
  public static let maximumSize = 65_535

  /// Whether a message may be published under this name: text, not empty, without wildcards (section 4.7).
  public static func isName(_ topic: Span<UInt8>) -> Bool {
    guard (1...maximumSize).contains(topic.count), topic.isMQTTString else { return false }
    for index in topic.indices where topic[index] == plus || topic[index] == hash { return false }
    return true
  }

  /// Whether this may be subscribed to: `+` stands for a whole level, `#` for all that follow (section 4.7.1).
  public static func isFilter(_ filter: Span<UInt8>) -> Bool {
    guard (1...maximumSize).contains(filter.count), filter.isMQTTString else { return false }
    for index in filter.indices {
      let isFirst = index == 0 || filter[index - 1] == slash
      let isLast = index + 1 == filter.count
      switch filter[index] {
      case plus: guard isFirst, isLast || filter[index + 1] == slash else { return false }
      case hash: guard isFirst, isLast else { return false }
      default: break
      }
    }
    return true
  }

  /// Whether `filter`, which is one, stands for `name`: `#` also for the level above it, and neither wildcard for a first
  /// level that begins with `$` (sections 4.7.1.2 and 4.7.2).
  public static func matches(filter: Span<UInt8>, name: Span<UInt8>) -> Bool {
    if let first = name.first, first == dollar, let wildcard = filter.first, wildcard == plus || wildcard == hash {
      return false
    }
    var (at, place) = (0, 0)  // in the filter, in the name
    while at < filter.count {
      switch filter[at] {
      case hash: return true
      case plus:
        while place < name.count, name[place] != slash { place += 1 }
        at += 1
      default:
        guard place < name.count, name[place] == filter[at] else {
          // "a/#" stands for "a", too.
          return place == name.count && filter[at] == slash && at + 2 == filter.count && filter[at + 1] == hash
        }
        at += 1
        place += 1
      }
    }
    return place == name.count
  }

  private static var plus: UInt8 { UInt8(ascii: "+") }
  private static var hash: UInt8 { UInt8(ascii: "#") }
  private static var slash: UInt8 { UInt8(ascii: "/") }
  private static var dollar: UInt8 { UInt8(ascii: "$") }
}

extension Span<UInt8> {
  fileprivate var first: UInt8? { isEmpty ? nil : self[0] }
}
