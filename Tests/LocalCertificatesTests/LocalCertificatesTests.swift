// SPDX-License-Identifier: MIT

// The folder of a device's certificates from the first start to the end of their time, with a clock that is a number.
// What the certificates are worth to others is asked of `openssl verify`, where it is installed.

#if TLS
  import Foundation
  import LocalCertificates
  import SwiftASN1
  import SystemCalls
  import Testing
  import X509

  @Suite struct LocalCertificatesTests {
    static let now: Int64 = 1_800_000_000
    static let day: Int64 = 86_400
    static let names = CertificateNames(
      names: ["lamp", "lamp.local", "lamp.fritz.box", "localhost"],
      addresses: [[127, 0, 0, 1], [192, 168, 1, 20], [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 1, count: 12)])

    /// A folder of its own for each test, gone afterwards.
    private final class Folder {
      let path: String
      init() { path = NSTemporaryDirectory() + "heliograph-tls-" + UUID().uuidString }
      deinit { try? FileManager.default.removeItem(atPath: path) }
      var certificates: LocalCertificates { LocalCertificates(folder: path + "/state") }
      func read(_ path: String) -> [UInt8] { FileManager.default.contents(atPath: path).map { Array($0) } ?? [] }
    }

    private func leaf(_ identity: LocalIdentity) throws -> Certificate {
      let text = String(decoding: identity.certificates, as: UTF8.self)
      let end = try #require(text.range(of: "-----END CERTIFICATE-----")).upperBound
      return try Certificate(pemEncoded: String(text[..<end]))
    }

    @Test func theFirstUseMakesBothAndTheNextFindsThem() throws {
      let folder = Folder()
      let first = try folder.certificates.current(for: Self.names, now: Self.now)
      #expect(first.isNew && first.isAuthorityNew && first.refusedNames.isEmpty)
      let second = try folder.certificates.current(for: Self.names, now: Self.now + Self.day)
      #expect(!second.isNew && !second.isAuthorityNew)
      #expect(second.certificates == first.certificates && second.key == first.key)
      #expect(second.authority == first.authority && second.fingerprint == first.fingerprint)
    }

    @Test func theFilesAreForTheirOwnerOnly() throws {
      let folder = Folder()
      _ = try folder.certificates.current(for: Self.names, now: Self.now)
      for path in [folder.certificates.authorityPath, folder.certificates.serverPath] {
        var status = stat()
        #expect(lstat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        chmod(path, 0o644)
      }
      _ = try folder.certificates.current(for: Self.names, now: Self.now)
      var status = stat()
      #expect(lstat(folder.certificates.authorityPath, &status) == 0 && status.st_mode & 0o777 == 0o600)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/state").sorted()
      #expect(left == ["tls-authority.pem", "tls-server.pem"])
    }

    // MARK: Time

    @Test func aServersCertificateLastsForLessThanBrowsersDemandAndIsRenewedBeforeItsEnd() throws {
      let folder = Folder()
      let first = try folder.certificates.current(for: Self.names, now: Self.now)
      let certificate = try leaf(first)
      let lifetime = certificate.notValidAfter.timeIntervalSince(certificate.notValidBefore)
      #expect(lifetime <= 200 * 86_400)
      #expect(certificate.notValidBefore.timeIntervalSince1970 < Double(Self.now - Self.day))
      let early = try folder.certificates.current(for: Self.names, now: first.expiry - 61 * Self.day)
      #expect(!early.isNew)
      let renewed = try folder.certificates.current(for: Self.names, now: first.expiry - 59 * Self.day)
      #expect(renewed.isNew && !renewed.isAuthorityNew && renewed.authority == first.authority)
      #expect(renewed.expiry > first.expiry + 90 * Self.day)
    }

    /// A board without a clock of its own starts in 1970, or where it was when it lost power.
    @Test func aClockThatIsSetLaterMakesOneNewCertificateAndTheAuthorityStays() throws {
      let folder = Folder()
      let unset = try folder.certificates.current(for: Self.names, now: 100)
      #expect(try folder.certificates.current(for: Self.names, now: 10_000).isNew == false)
      let set = try folder.certificates.current(for: Self.names, now: Self.now)
      #expect(set.isNew && set.authority == unset.authority)
      let future = try folder.certificates.current(for: Self.names, now: Self.now + 400 * Self.day)
      #expect(future.isNew)
      let back = try folder.certificates.current(for: Self.names, now: Self.now)
      #expect(back.isNew, "a certificate of the future is none")
      #expect(try leaf(back).notValidBefore.timeIntervalSince1970 < Double(Self.now))
      #expect(back.authority == unset.authority)
    }

    @Test func anAuthorityWhoseTimeIsOverIsAnErrorThatSaysWhatToDo() throws {
      let folder = Folder()
      _ = try folder.certificates.current(for: Self.names, now: Self.now)
      let nearEnd = Self.now + 7300 * Self.day
      let last = try folder.certificates.current(for: Self.names, now: nearEnd)
      #expect(last.isNew && last.expiry == Self.now + 7305 * Self.day)
      #expect(try folder.certificates.current(for: Self.names, now: nearEnd).isNew == false)
      #expect(throws: LocalCertificateError.expired(path: folder.certificates.authorityPath)) {
        _ = try folder.certificates.current(for: Self.names, now: Self.now + 7306 * Self.day)
      }
    }

    // MARK: Names

    @Test func aNewNameOrAddressMakesANewCertificateAndOneThatIsGoneDoesNot() throws {
      let folder = Folder()
      let first = try folder.certificates.current(for: Self.names, now: Self.now)
      let fewer = CertificateNames(names: ["lamp.local"], addresses: [[127, 0, 0, 1]])
      #expect(try folder.certificates.current(for: fewer, now: Self.now).isNew == false)
      let moved = CertificateNames(names: ["lamp.local"], addresses: [[127, 0, 0, 1], [10, 0, 0, 7]])
      let second = try folder.certificates.current(for: moved, now: Self.now)
      #expect(second.isNew && second.authority == first.authority)
      let names = try leaf(second).extensions.subjectAlternativeNames
      #expect(names?.count == 3)
    }

    @Test func theAuthorityDoesNotSpeakForTheRestOfTheWorld() throws {
      let folder = Folder()
      _ = try folder.certificates.current(for: Self.names, now: Self.now)
      let wide = CertificateNames(names: ["lamp.local", "bank.example", "kitchen.home.arpa"], addresses: [])
      let identity = try folder.certificates.current(for: wide, now: Self.now)
      #expect(identity.refusedNames == ["bank.example"])
      let names = try leaf(identity).extensions.subjectAlternativeNames.map { Array($0) } ?? []
      #expect(names == [.dnsName("kitchen.home.arpa"), .dnsName("lamp.local")])
    }

    @Test func theDevicesOwnNamesArePermittedWhereverTheyAre() throws {
      let own = CertificateNames(names: ["lamp.example.org"], addresses: [])
      let identity = try Folder().certificates.current(for: own, now: Self.now)
      #expect(identity.refusedNames.isEmpty)
    }

    /// A public address that the device had when the authority was made is its own; one that it gets later is not.
    @Test func anAddressThatIsNotTheAuthoritysToSpeakForIsLeftOut() throws {
      let folder = Folder()
      let own = CertificateNames(names: ["lamp.local"], addresses: [[198, 51, 100, 7]])
      let first = try folder.certificates.current(for: own, now: Self.now)
      #expect(try leaf(first).extensions.subjectAlternativeNames?.count == 2)
      #expect(first.refusedAddresses.isEmpty)
      let more = CertificateNames(names: ["lamp.local"], addresses: [[198, 51, 100, 7], [198, 51, 100, 8], [10, 1, 1, 1]])
      let second = try folder.certificates.current(for: more, now: Self.now)
      #expect(try leaf(second).extensions.subjectAlternativeNames?.count == 3)
      #expect(second.refusedAddresses == [[198, 51, 100, 8]])
      #expect(try folder.certificates.current(for: more, now: Self.now).isNew == false)
    }

    @Test func namesAreTakenInAnyOrderAndWhatIsNoneIsLeftOut() {
      let long = String(repeating: "a", count: 64)
      let names = CertificateNames(
        names: ["B.local.", "a.local", "b.LOCAL", "", ".", "a..b", "-a", "ü.local", "a b", long, "192.168.1.1"],
        addresses: [[2, 0, 0, 1], [1, 2, 3], [1, 0, 0, 1], [2, 0, 0, 1]])
      #expect(names.names == ["a.local", "b.local"])
      #expect(names.addresses == [[1, 0, 0, 1], [2, 0, 0, 1]])
    }

    // MARK: Files that are not ours

    @Test func aDamagedFileIsAnErrorAndStaysAsItIs() throws {
      let folder = Folder()
      _ = try folder.certificates.current(for: Self.names, now: Self.now)
      for path in [folder.certificates.authorityPath, folder.certificates.serverPath] {
        let whole = folder.read(path)
        for damaged in [[], Array(whole.prefix(whole.count / 2)), whole + whole, Array("hello".utf8)] {
          FileManager.default.createFile(atPath: path, contents: Data(damaged))
          #expect(throws: LocalCertificateError.damaged(path: path)) {
            _ = try folder.certificates.current(for: Self.names, now: Self.now)
          }
          #expect(folder.read(path) == damaged)
        }
        FileManager.default.createFile(atPath: path, contents: Data(whole))
      }
      #expect(try folder.certificates.current(for: Self.names, now: Self.now).isNew == false)
    }

    @Test func whatIsNoFileIsAnErrorAndStaysAsItIs() throws {
      let folder = Folder()
      let path = folder.certificates.authorityPath
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      #expect(throws: LocalCertificateError.notAFile(path: path)) {
        _ = try folder.certificates.current(for: Self.names, now: Self.now)
      }
    }

    @Test func aServersCertificateOfAnEarlierAuthorityIsReplaced() throws {
      let folder = Folder()
      let first = try folder.certificates.current(for: Self.names, now: Self.now)
      try FileManager.default.removeItem(atPath: folder.certificates.authorityPath)
      let second = try folder.certificates.current(for: Self.names, now: Self.now)
      #expect(second.isNew && second.isAuthorityNew && second.authority != first.authority)
    }

    // MARK: Others

    @Test func theAppleProfileIsAPropertyListWithTheCertificate() throws {
      let identity = try Folder().certificates.current(for: Self.names, now: Self.now)
      let bytes = Data(identity.appleProfile(name: "Küche <1> & \"2\"\u{1}"))
      let list = try PropertyListSerialization.propertyList(from: bytes, format: nil) as? [String: Any]
      #expect(list?["PayloadType"] as? String == "Configuration")
      #expect(list?["PayloadDisplayName"] as? String == "Küche <1> & \"2\" ")
      let payload = (list?["PayloadContent"] as? [[String: Any]])?.first
      #expect(payload?["PayloadType"] as? String == "com.apple.security.root")
      #expect(payload?["PayloadContent"] as? Data == Data(identity.authorityDER))
      #expect(payload?["PayloadUUID"] as? String != list?["PayloadUUID"] as? String)
      #expect(identity.appleProfile(name: "a") == identity.appleProfile(name: "a"))
    }

    static let openSSL = ["/usr/bin/openssl", "/opt/homebrew/bin/openssl"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
      .enabled(if: openSSL != nil),
      arguments: [
        (["-verify_hostname", "lamp.local"], true), (["-verify_hostname", "lamp"], true),
        (["-verify_hostname", "LAMP.fritz.box"], true), (["-verify_ip", "192.168.1.20"], true),
        (["-verify_ip", "2001:db8:101:101:101:101:101:101"], true), (["-verify_hostname", "other.local"], false),
        (["-verify_ip", "192.168.1.21"], false),
      ])
    func openSSLVerifiesTheChainStrictlyAndTheNames(options: [String], isGood: Bool) throws {
      let folder = Folder()
      let identity = try folder.certificates.current(for: Self.names, now: Self.now)
      let (authority, server) = (folder.path + "/ca.pem", folder.path + "/server.pem")
      FileManager.default.createFile(atPath: authority, contents: Data(identity.authority))
      FileManager.default.createFile(atPath: server, contents: Data(identity.certificates))
      let process = Process()
      process.executableURL = URL(filePath: Self.openSSL ?? "")
      process.arguments =
        ["verify", "-x509_strict", "-purpose", "sslserver", "-attime", "\(Self.now)", "-CAfile", authority] + options
        + [server]
      process.standardOutput = Pipe()
      process.standardError = Pipe()
      try process.run()
      process.waitUntilExit()
      #expect((process.terminationStatus == 0) == isGood)
    }
  }
#endif
