// SPDX-License-Identifier: MIT

// What the device is told of proxies in front of it, judged at start: a value that could never match is an error.

import DeviceDescription
import DeviceServer

/// Origins, proxies and the path outside.
struct ProxySettings: Sendable {
  /// The origins whose pages may open sockets and change things, besides the device's own.
  private(set) var origins: [Origin] = []
  /// The origins whose pages may show the device's in a frame.
  private(set) var framing: [Origin] = []
  /// The proxies whose fields are believed.
  private(set) var trusted: [AddressRange] = []
  /// The path under which a proxy shows the device without taking it off.
  private(set) var pathPrefix = PathPrefix()

  /// Whether others come through a proxy, by what is set.
  var areExpected: Bool { !trusted.isEmpty || !pathPrefix.bytes.isEmpty }

  /// The most proxies or origins that may be given: each request looks at all of them.
  private static let limit = 64

  init() {}

  /// - Throws: A mistake that says where the value came from, what is wrong with it, and the right form.
  init(_ given: SettingSources) throws(SettingMistake) {
    origins = try Self.origins("origins", given)
    framing = try Self.origins("frame_from", given)
    for text in try Self.texts("frame_from", given) where text.contains("[") {
      throw given.mistake("frame_from", text, "browsers know no IPv6 address here; give a name, or an IPv4 address")
    }
    for text in try Self.texts("trusted_proxies", given) {
      do throws(AddressRangeError) {
        trusted.append(try AddressRange(parsing: text.utf8.span))
      } catch {
        throw given.mistake("trusted_proxies", text, "\(error.words)")
      }
    }
    if let text = try given.text("path_prefix") {
      do throws(PathPrefixError) {
        pathPrefix = try PathPrefix(parsing: text.utf8.span)
      } catch {
        throw given.mistake("path_prefix", text, "\(error.words)")
      }
    }
  }

  /// Whose pages may open a socket or change something.
  var originPolicy: OriginPolicy { origins.isEmpty ? .sameOrigin : .alsoFrom(origins) }

  private static func origins(_ path: String, _ given: SettingSources) throws(SettingMistake) -> [Origin] {
    var origins: [Origin] = []
    for text in try texts(path, given) {
      do throws(OriginError) {
        origins.append(try Origin(parsing: text.utf8.span))
      } catch {
        throw given.mistake(path, text, "\(error.words)")
      }
    }
    return origins
  }

  private static func texts(_ path: String, _ given: SettingSources) throws(SettingMistake) -> [String] {
    let texts = try given.texts(path) ?? []
    guard texts.count <= limit else { throw given.mistake(path, "\(texts.count) values", "at most \(limit) are taken") }
    return texts
  }
}
