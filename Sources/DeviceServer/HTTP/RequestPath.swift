// SPDX-License-Identifier: MIT

// A request's path, decoded once and matched against patterns by segments (RFC 3986 sections 2.1, 3.3 and 6.2.2).
// An encoded slash stays encoded, since decoding it would change the segments.

import Bytes

enum RequestPath {
  /// Decodes the percent-encoded `path` into `decoded`; false if an escape is malformed or gives NUL, a control
  /// character or a `.` or `..` segment, which no path of ours contains.
  @inline(never)
  static func decode(_ path: Span<UInt8>, into decoded: inout [UInt8]) -> Bool {
    decoded.clear()
    var index = 0
    while index < path.count {
      var byte = path[index]
      index += 1
      if byte == UInt8(ascii: "%") {
        guard path.count - index >= 2, let high = path[index].hexadecimalValue,
          let low = path[index + 1].hexadecimalValue
        else { return false }
        byte = high << 4 | low
        if byte == UInt8(ascii: "/") {
          decoded.append("%2F")
          index += 2
          continue
        }
        index += 2
      }
      guard byte >= 0x20, byte != 0x7F else { return false }
      decoded.append(byte)
    }
    return !hasDotSegment(decoded.span)
  }

  private static func hasDotSegment(_ path: Span<UInt8>) -> Bool {
    var start = 0
    while start <= path.count {
      let end = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
      let segment = path.extracting(start..<end)
      if segment.equals(".") || segment.equals("..") { return true }
      start = end + 1
    }
    return false
  }

  /// Whether `path` fits `pattern`: segments are equal, `:name` stands for one non-empty segment, and a last `*` for
  /// whatever follows, nothing included.
  static func matches(_ path: Span<UInt8>, _ pattern: StaticString) -> Bool {
    walk(path, pattern) { _, _ in }
  }

  /// The part of `path` that matches `:name` (or `*`) in `pattern`, as a range.
  static func parameter(_ name: StaticString, in path: Span<UInt8>, _ pattern: StaticString) -> Range<Int>? {
    var found: Range<Int>?
    _ = walk(path, pattern) { parameter, range in
      if parameter.equals(name) { found = range }
    }
    return found
  }

  @inline(never)
  private static func walk(
    _ path: Span<UInt8>, _ pattern: StaticString, parameter: (Span<UInt8>, Range<Int>) -> Void
  ) -> Bool {
    let pattern = pattern.span
    var inPath = 0
    var inPattern = 0
    while inPattern < pattern.count {
      if pattern[inPattern] == UInt8(ascii: "*"), inPattern == pattern.count - 1 {
        parameter(pattern.extracting(inPattern..<inPattern + 1), inPath..<path.count)
        return true
      }
      if pattern[inPattern] == UInt8(ascii: ":") {
        let name = inPattern + 1
        inPattern = pattern.firstIndex(of: UInt8(ascii: "/"), from: name) ?? pattern.count
        let start = inPath
        inPath = path.firstIndex(of: UInt8(ascii: "/"), from: start) ?? path.count
        guard inPath > start else { return false }
        parameter(pattern.extracting(name..<inPattern), start..<inPath)
      } else {
        guard inPath < path.count, path[inPath] == pattern[inPattern] else { return false }
        inPath += 1
        inPattern += 1
      }
    }
    return inPath == path.count
  }
}
