// SPDX-License-Identifier: MIT

// How an ETag is made (RFC 9110 section 8.8.3): from the content alone, so that the same file has the same tag after
// a restart and on every device. Files that are compiled in, or are in an image, come with a tag from `entity_tag` in
// scripts/build-page.

import Bytes

/// Strong entity tags.
public enum EntityTag {
  /// The tag of a file, without its quotation marks: the first 64 bits of its SHA-1 digest in hexadecimal.
  public static func of(_ bytes: Span<UInt8>) -> [UInt8] {
    let digest = SHA1.digest(of: bytes)
    var tag: [UInt8] = []
    for index in 0..<8 { tag.append(hexadecimal: digest[index], width: 2) }
    return tag
  }

  /// The value of the `ETag` field: the tag in quotation marks, another one for the compressed form, which is another
  /// representation; empty for a file without a tag.
  static func field(_ tag: [UInt8], isCompressed: Bool) -> [UInt8] {
    var field: [UInt8] = []
    if tag.isEmpty { return field }
    field.append("\"")
    field.append(tag.span)
    field.append(isCompressed ? "-gzip\"" : "\"")
    return field
  }
}
