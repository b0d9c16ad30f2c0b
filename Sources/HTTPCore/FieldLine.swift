// SPDX-License-Identifier: MIT

// One line of a field section: `field-name ":" OWS field-value OWS` (RFC 9112 section 5). Heads and trailers
// share it.

import Bytes

/// The name and the value of a field line.
struct FieldLine: ~Escapable {
  let name: Span<UInt8>
  /// Without white space around it.
  let value: Span<UInt8>

  /// Takes apart a line whose bytes `LineScanner` has passed.
  ///
  /// - Parameter isFirst: whether no field line came before, so that there is nothing to fold.
  @_lifetime(copy line)
  init(_ line: Span<UInt8>, isFirst: Bool) throws(RemoteProtocolError) {
    // RFC 9112 section 5.2: a server refuses obs-fold; section 2.2: and white space before the first field.
    if line.count > 0, line[0].isLinearWhitespace { throw isFirst ? .malformedField : .obsoleteLineFolding }
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { throw .malformedField }
    // A name is a token, so white space before the colon is refused here (section 5.1).
    for index in 0..<colon where !line[index].isTokenCharacter { throw .malformedField }
    name = line.extracting(first: colon)
    value = line.extracting(droppingFirst: colon + 1).trimmed
  }
}
