// SPDX-License-Identifier: MIT

// The Forwarded field: what proxies say of a request that they have passed on (RFC 7239 section 4). One element for
// each proxy, the one nearest to the server last. Whether a word of it is to be believed is not decided here.

#if !WITHOUT_PROXIES
  import Bytes

  /// What one proxy says of the request that it got, quotation marks taken off and nothing judged but the grammar (RFC
  /// 7239 section 4).
  public struct ForwardedElement: Equatable, Sendable {
    /// Who asked it: `for` (section 5.2); nil if it does not say.
    public private(set) var node: [UInt8]?
    /// The scheme by which it was asked: `proto` (section 5.4); nil if it does not say.
    public private(set) var scheme: [UInt8]?
    /// The `Host` that it was asked for: `host` (section 5.3); nil if it does not say.
    public private(set) var host: [UInt8]?
    private var names: [[UInt8]] = []

    /// The elements of all lines of the field, in the order in which proxies added them; nil if one breaks the grammar.
    ///
    /// Each line must be whole: a quoted string that a client left open must not swallow what a proxy adds behind it.
    public static func all(in head: RequestHead) -> [ForwardedElement]? {
      var elements: [ForwardedElement] = []
      var isSound = true
      head.forEachValue(of: "Forwarded") { line in
        if isSound { isSound = append(line, to: &elements) }
      }
      return isSound ? elements : nil
    }

    /// Takes one line apart: `1#forwarded-element`, where an element is `[ pair ] *( ";" [ pair ] )`.
    static func append(_ line: Span<UInt8>, to elements: inout [ForwardedElement]) -> Bool {
      var element = ForwardedElement()
      var position = 0
      while true {
        line.skipWhitespace(&position)
        if position < line.count, line[position].isTokenCharacter {
          guard element.takePair(line, &position) else { return false }
          line.skipWhitespace(&position)
        }
        let isLast = position == line.count
        if isLast || line[position] == UInt8(ascii: ",") {
          if !element.names.isEmpty { elements.append(element) }  // empty ones are passed over (RFC 9110 section 5.6.1)
          if isLast { return true }
          element = ForwardedElement()
        } else if line[position] != UInt8(ascii: ";") {
          return false
        }
        position += 1
      }
    }

    /// `pair = token "=" ( token / quoted-string )`; each name once, its case ignored.
    private mutating func takePair(_ line: Span<UInt8>, _ position: inout Int) -> Bool {
      let name = line.takeToken(&position)
      guard position < line.count, line[position] == UInt8(ascii: "=") else { return false }
      position += 1
      guard let value = line.takeTokenOrQuotedString(&position) else { return false }
      for known in names where name.equalsIgnoringCase(known.span) { return false }
      names.append([UInt8](name))
      if name.equalsIgnoringCase("for") { node = value }
      if name.equalsIgnoringCase("proto") { scheme = value }
      if name.equalsIgnoringCase("host") { host = value }
      return true
    }
  }

  extension Span<UInt8> {
    fileprivate func skipWhitespace(_ position: inout Int) {
      while position < count, self[position].isLinearWhitespace { position += 1 }
    }

    @_lifetime(copy self)
    fileprivate func takeToken(_ position: inout Int) -> Span<UInt8> {
      let start = position
      while position < count, self[position].isTokenCharacter { position += 1 }
      return extracting(start..<position)
    }

    /// RFC 9110 section 5.6.4; nil if there is neither, or the closing mark is missing.
    fileprivate func takeTokenOrQuotedString(_ position: inout Int) -> [UInt8]? {
      guard position < count, self[position] == UInt8(ascii: "\"") else {
        let token = takeToken(&position)
        return token.isEmpty ? nil : [UInt8](token)
      }
      var value: [UInt8] = []
      position += 1
      while position < count {
        var byte = self[position]
        position += 1
        if byte == UInt8(ascii: "\"") { return value }
        if byte == UInt8(ascii: "\\") {
          guard position < count else { return nil }
          byte = self[position]
          position += 1
        }
        value.append(byte)
      }
      return nil
    }
  }
#endif
