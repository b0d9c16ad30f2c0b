// SPDX-License-Identifier: MIT

// Short ways to write bytes in a test and to read them in its failure.

/// The UTF-8 of `text`.
public func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// The bytes that pairs of hexadecimal digits write; anything else between them is passed over.
public func bytes(hex text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// `bytes` as text, with replacement characters where they are not UTF-8.
public func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
