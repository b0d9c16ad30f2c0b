// SPDX-License-Identifier: MIT

// What several fields together say: which host the request is for (RFC 9112 section 3.2), how long its body
// is (section 6), whether the connection outlives it (section 9.3). Whatever could be read in two ways is
// refused: the recipient before or behind us may read it in the other.

import Bytes

extension RequestHead {
  /// Settles host and framing once all fields are in.
  mutating func resolve() throws(RemoteProtocolError) {
    let hostField = try checkedHostField()
    if hostRange.isEmpty { hostRange = hostField }
    let length = try checkedContentLength()
    contentLength = length
    isChunked = try checkedTransferCoding()
    // RFC 9110 section 10.1.1: to be ignored in HTTP/1.0.
    let isExpected = field("Expect", contains: "100-continue")
    expectsContinue = version == .http11 && isExpected
  }

  /// Whether the client wants the connection kept for another request.
  var wantsPersistence: Bool {
    if field("Connection", contains: "close") { return false }
    return version == .http11 || field("Connection", contains: "keep-alive")
  }

  /// Where the value of the one Host field lies; empty if an HTTP/1.0 request has none.
  private func checkedHostField() throws(RemoteProtocolError) -> Range<Int> {
    guard let record = nextValue(of: "Host", from: fieldsStart) else {
      guard version == .http10 else { throw .missingHost }
      return 0..<0
    }
    guard fieldCount("Host") == 1 else { throw .duplicateHost }
    guard bytes.span.extracting(record.value).isHostAndPort else { throw .malformedHost }
    return record.value
  }

  /// A row of digits and nothing else (RFC 9110 section 8.6); what 64 bits cannot hold counts as their most.
  private func checkedContentLength() throws(RemoteProtocolError) -> UInt64? {
    guard let value = field("Content-Length") else { return nil }
    // Equal lengths could pass as one (RFC 9110 section 8.6), and Transfer-Encoding could win over
    // Content-Length (RFC 9112 section 6.3); but only a broken or hostile client sends either.
    guard fieldCount("Content-Length") == 1, fieldCount("Transfer-Encoding") == 0 else {
      throw .conflictingFraming
    }
    guard value.count > 0 else { throw .malformedContentLength }
    for index in value.indices where !value[index].isASCIIDigit { throw .malformedContentLength }
    return value.decimalValue ?? .max
  }

  /// Whether the body is chunked; any other coding is refused.
  private func checkedTransferCoding() throws(RemoteProtocolError) -> Bool {
    guard fieldCount("Transfer-Encoding") > 0 else { return false }
    guard version == .http11 else { throw .conflictingFraming }  // RFC 9112 section 6.1: faulty in HTTP/1.0

    // Section 6.3: 400 unless chunked is the last coding; section 7.1: and applied once. Section 6.1: 501 if
    // the list is sound but has a coding that we do not understand.
    var isChunked = false
    var isUnderstood = true
    var isSound = true
    forEachElement(of: "Transfer-Encoding") { coding in
      if isChunked { isSound = false }
      isChunked = coding.equalsIgnoringCase("chunked")
      if !isChunked { isUnderstood = false }
    }
    guard isChunked, isSound else { throw .malformedTransferCoding }
    guard isUnderstood else { throw .unsupportedTransferCoding }
    return true
  }
}
