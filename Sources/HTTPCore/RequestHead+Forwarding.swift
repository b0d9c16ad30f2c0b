// SPDX-License-Identifier: MIT

// What a proxy that is believed changes in a head: the host that the client asked for, and where the path begins.

#if !WITHOUT_PROXIES
  import Bytes

  extension RequestHead {
    /// Calls `body` with the trimmed value of each field line of this name, in the order of arrival.
    public func forEachValue(of name: StaticString, _ body: (Span<UInt8>) -> Void) {
      var position = fieldsStart
      while let record = nextValue(of: name, from: position) {
        body(bytes.span.extracting(record.value))
        position = record.value.upperBound
      }
    }

    /// Gives the request another host than its own field says; false, and nothing is changed, if it is no
    /// `uri-host [":" port]` with a port up to 65,535 (RFC 9110 section 7.2).
    public mutating func setHost(_ host: Span<UInt8>) -> Bool {
      guard host.isHostAndPort else { return false }
      hostRange = fieldsStart..<fieldsStart + host.count
      var moved: [UInt8] = []
      moved.reserveCapacity(bytes.count + host.count)
      moved.append(bytes.span.extracting(0..<fieldsStart))
      moved.append(host)
      moved.append(bytes.span.extracting(fieldsStart..<bytes.count))
      bytes = moved
      fieldsStart = hostRange.upperBound
      return true
    }

    /// Takes `prefix` off the path, if that begins with it and a slash follows; false, and nothing is changed, if not.
    public mutating func dropPathPrefix(_ prefix: Span<UInt8>) -> Bool {
      guard isPath(under: prefix) else { return false }
      pathRange = pathRange.lowerBound + prefix.count..<pathRange.upperBound
      return true
    }

    private func isPath(under prefix: Span<UInt8>) -> Bool {
      guard prefix.count > 0, path.count > prefix.count, path[prefix.count] == UInt8(ascii: "/") else { return false }
      return path.extracting(0..<prefix.count).equals(prefix)
    }
  }
#endif
