// SPDX-License-Identifier: MIT

// The authority's certificate as a configuration profile, which iPhones, iPads and Macs install when they are shown
// one. Its identifiers follow from the certificate, so that the same one is never installed twice. Source: Apple,
// "Configuration Profile Reference", the payload com.apple.security.root.

#if TLS
  import Crypto
  import Foundation

  extension LocalIdentity {
    /// The profile, a property list in XML; of the type `application/x-apple-aspen-config`.
    ///
    /// - Parameter name: What people call the device; a blank stands for each control character in it.
    public func appleProfile(name: String) -> [UInt8] {
      let name = Self.escaped(name)
      let identifier = "io.heliograph.authority.\(Self.text(SHA256.hash(data: authorityDER).prefix(8)))"
      return Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
        <plist version="1.0">
        <dict>
          <key>PayloadType</key><string>Configuration</string>
          <key>PayloadVersion</key><integer>1</integer>
          <key>PayloadIdentifier</key><string>\(identifier)</string>
          <key>PayloadUUID</key><string>\(uuid("profile"))</string>
          <key>PayloadDisplayName</key><string>\(name)</string>
          <key>PayloadDescription</key><string>Lets this device open the pages of \(name) without a warning. \
        SHA-256: \(fingerprint)</string>
          <key>PayloadContent</key>
          <array>
            <dict>
              <key>PayloadType</key><string>com.apple.security.root</string>
              <key>PayloadVersion</key><integer>1</integer>
              <key>PayloadIdentifier</key><string>\(identifier).certificate</string>
              <key>PayloadUUID</key><string>\(uuid("certificate"))</string>
              <key>PayloadDisplayName</key><string>The certificate authority of \(name)</string>
              <key>PayloadCertificateFileName</key><string>ca.cer</string>
              <key>PayloadContent</key>
              <data>\(Data(authorityDER).base64EncodedString())</data>
            </dict>
          </array>
        </dict>
        </plist>

        """.utf8)
    }

    /// A UUID that follows from the certificate and a word (version 8, RFC 9562 section 5.8).
    private func uuid(_ word: String) -> String {
      var bytes = Array(SHA256.hash(data: authorityDER + Array(word.utf8)).prefix(16))
      bytes[6] = bytes[6] & 0x0F | 0x80
      bytes[8] = bytes[8] & 0x3F | 0x80
      let groups = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10..<16]]
      return groups.map { Self.text($0) }.joined(separator: "-")
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String { bytes.map(hexadecimal).joined() }

    private static func escaped(_ text: String) -> String {
      text.unicodeScalars.map { scalar in
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F: " "
        default: String(scalar)
        }
      }.joined()
    }
  }
#endif
