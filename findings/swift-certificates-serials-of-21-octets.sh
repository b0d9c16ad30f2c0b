#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: swift-certificates 1.21.1 (module X509) and swift-asn1 1.7.4, by SwiftPM, with Swift 6.3.1.
# Behaviour: Certificate.SerialNumber() is documented as "a random 20-byte serial number" that suits a certificate. Its 20
#   bytes are the magnitude of a positive INTEGER, so whenever the first bit is set the encoding needs an octet of zero in
#   front: 21 octets, while RFC 5280 section 4.1.2.2 wants no more than 20. Half of all certificates made with it are out
#   of profile; OpenSSL and browsers take them, linters of certificates do not.
# Seen: of 400 random serial numbers, 150 to 250 are encoded in 21 octets, the others in 20 or fewer.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/Sources/serials"
cat >"$folder/Package.swift" <<'SWIFT'
// swift-tools-version:6.0
import PackageDescription
let package = Package(
  name: "serials", platforms: [.macOS(.v13)],
  dependencies: [
    .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
  ],
  targets: [
    .executableTarget(
      name: "serials",
      dependencies: [
        .product(name: "X509", package: "swift-certificates"), .product(name: "Crypto", package: "swift-crypto"),
      ])
  ])
SWIFT
cat >"$folder/Sources/serials/main.swift" <<'SWIFT'
import Crypto
import Foundation
import SwiftASN1
import X509

let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
let name = try DistinguishedName { CommonName("lamp.local") }
for _ in 0..<400 {
  let certificate = try Certificate(
    version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey, notValidBefore: Date(),
    notValidAfter: Date() + 86400, issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
    extensions: Certificate.Extensions(), issuerPrivateKey: key)
  var serializer = DER.Serializer()
  try serializer.serialize(certificate)
  print(Data(serializer.serializedBytes).base64EncodedString())
}
SWIFT
swift run -q --package-path "$folder" serials >"$folder/certificates"
python3 - "$folder/certificates" <<'PYTHON'
import base64, collections, sys

lengths = collections.Counter()
for line in open(sys.argv[1]):
    der = base64.b64decode(line)

    def content(at):  # where the content of the element at this place begins, and how long it is
        if der[at + 1] < 0x80:
            return at + 2, der[at + 1]
        count = der[at + 1] & 0x7F
        return at + 2 + count, int.from_bytes(der[at + 2:at + 2 + count], "big")
    at, _ = content(0)  # Certificate
    at, _ = content(at)  # TBSCertificate
    version, length = content(at)
    _, length = content(version + length)  # serialNumber, behind the version
    lengths[length] += 1
print(f"octets of the serial number: {dict(sorted(lengths.items()))}")
assert 150 <= lengths[21] <= 250 and max(lengths) == 21, lengths
PYTHON
