// SPDX-License-Identifier: MIT

// Passwords: the vectors of RFC 7914, Python's scrypt as an independent judge, and what a password may be.

import ConformanceSupport
import Foundation
import Testing

@testable import Accounts

/// Cheap enough for a test that hashes often.
let cheap = PasswordHash.Parameters(logN: 4, r: 1, p: 1)

@Suite(.enabled(if: AccountSupport.isBuiltIn, "needs the trait Login"))
struct PasswordTests {
  /// RFC 7914 section 12, but for the last, which takes a gigabyte.
  @Test(arguments: [
    (
      "", "", 4, 1, 1,
      """
      77 d6 57 62 38 65 7b 20 3b 19 ca 42 c1 8a 04 97 f1 6b 48 44 e3 07 4a e8 df df fa 3f ed e2 14 42
      fc d0 06 9d ed 09 48 f8 32 6a 75 3a 0f c8 1f 17 e8 d3 e0 fb 2e 0d 36 28 cf 35 e2 0c 38 d1 89 06
      """
    ),
    (
      "password", "NaCl", 10, 8, 16,
      """
      fd ba be 1c 9d 34 72 00 78 56 e7 19 0d 01 e9 fe 7c 6a d7 cb c8 23 78 30 e7 73 76 63 4b 37 31 62
      2e af 30 d9 2e 22 a3 88 6f f1 09 27 9d 98 30 da c7 27 af b9 4a 83 ee 6d 83 60 cb df a2 cc 06 40
      """
    ),
    (
      "pleaseletmein", "SodiumChloride", 14, 8, 1,
      """
      70 23 bd cb 3a fd 73 48 46 1c 06 cd 81 fd 38 eb fd a8 fb ba 90 4f 8e 3e a9 b5 43 f6 54 5d a1 f2
      d5 43 29 55 61 3f 0f cf 62 d4 97 05 24 2a 9a f9 e6 1e 85 dc 0d 65 1e 40 df cf 01 7b 45 57 58 87
      """
    ),
  ])
  func theVectorsOfRFC7914(_ password: String, _ salt: String, _ logN: Int, _ r: Int, _ p: Int, _ key: String) throws {
    let parameters = PasswordHash.Parameters(logN: logN, r: r, p: p)
    let made = try Cryptography.scrypt(bytes(password), salt: bytes(salt), parameters, count: 64)
    #expect(made == bytes(hex: key))
  }

  /// Every set of parameters that the file may hold is one that BoringSSL takes.
  @Test(arguments: [(1, 1, 1), (4, 16, 16), (10, 16, 1), (12, 3, 5), (15, 16, 1), (15, 8, 3)])
  func allowedParametersWork(_ logN: Int, _ r: Int, _ p: Int) throws {
    let parameters = PasswordHash.Parameters(logN: logN, r: r, p: p)
    #expect(parameters.areAllowed)
    let hash = try PasswordHash(of: Password(offered: bytes("a password")), parameters)
    #expect(try hash.matches(Password(offered: bytes("a password"))))
    #expect(try !hash.matches(Password(offered: bytes("another password"))))
  }

  @Test func aStoredHashIsWhatPythonMakesOfIt() throws {
    let python = "/usr/bin/env"
    for (text, parameters) in [
      ("correct horse", cheap), ("grüße aus köln", PasswordHash.Parameters(logN: 10, r: 8, p: 2)),
      ("correct horse battery", .standard),
    ] {
      let hash = try PasswordHash(of: Password(offered: bytes(text)), parameters)
      let process = Process()
      process.executableURL = URL(fileURLWithPath: python)
      process.arguments = ["python3", "-c", Self.judge, hash.description, text]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      process.waitUntilExit()
      let said = output.fileHandleForReading.readDataToEndOfFile()
      #expect(process.terminationStatus == 0 && Array(said) == bytes("same\n"), "\(hash)")
    }
  }

  /// Takes a PHC string apart by itself, and derives the key anew.
  private static let judge = """
    import base64, hashlib, sys
    _, kind, costs, salt, key = sys.argv[1].split("$")
    assert kind == "scrypt"
    costs = dict(cost.split("=") for cost in costs.split(","))
    decode = lambda text: base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    made = hashlib.scrypt(sys.argv[2].encode(), salt=decode(salt), n=1 << int(costs["ln"]), r=int(costs["r"]),
                          p=int(costs["p"]), maxmem=1 << 28, dklen=len(decode(key)))
    print("same" if made == decode(key) else "different")
    """

  @Test func aHashComesBackFromItsText() throws {
    let hash = try PasswordHash(of: Password(offered: bytes("a password")), cheap)
    #expect(PasswordHash(hash.description) == hash)
    #expect(hash.isCheaper() && !hash.isCheaper(than: cheap))
    #expect(try PasswordHash(of: Password(offered: bytes("a password")), cheap) != hash)  // another salt
  }

  @Test(arguments: [
    "", "$scrypt$", "$scrypt$ln=4,r=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$", "$argon2id$ln=4,r=1,p=1$SALT$KEY",
    "$scrypt$ln=04,r=1,p=1$SALT$KEY", "$scrypt$ln=4,r=1,p=0$SALT$KEY", "$scrypt$ln=63,r=1,p=1$SALT$KEY",
    "$scrypt$ln=20,r=16,p=1$SALT$KEY", "$scrypt$r=1,ln=4,p=1$SALT$KEY", "$scrypt$ln=4,r=1,p=1$SALT$KEY$",
    "$scrypt$ln=4,r=1,p=1$SALT=$KEY", "$scrypt$ln=4,r=1,p=-1$SALT$KEY", "$scrypt$ln=4,r=9223372036854775807,p=1$SALT$KEY",
    "$scrypt$ln=18,r=1,p=1$SALT$KEY",
  ])
  func aTextThatIsNoHashIsRefused(_ text: String) {
    let whole = text.replacing("SALT", with: "AAAAAAAAAAAAAAAAAAAAAA")
      .replacing("KEY", with: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
    #expect(PasswordHash(whole) == nil)
  }

  @Test(arguments: [
    ("12345678", nil), ("1234567", .shortPassword), ("", .shortPassword), ("äöüßäöü", .shortPassword),
    ("äöüßäöüß", nil), (String(repeating: "x", count: 256), nil), (String(repeating: "x", count: 257), .longPassword),
    ("annabella", .passwordIsName), ("AnnaBella", .passwordIsName), ("a\u{0}\n\t bcd", nil),
  ] as [(String, AccountMistake?)])
  func aNewPasswordHasEightCharactersAndAtMost256Bytes(_ text: String, _ mistake: AccountMistake?) throws {
    let name = try AccountName("annabella")
    let made = Result { try Password(new: bytes(text), for: name) }
    switch made {
    case .success: #expect(mistake == nil)
    case .failure(let error): #expect(error as? AccountMistake == mistake)
    }
  }

  @Test func bytesThatAreNotUTF8AreNoPassword() {
    #expect(throws: AccountMistake.notUTF8) { try Password(offered: [0xC3, 0x28, 0x61, 0x62]) }
    #expect(throws: AccountMistake.notUTF8) { try Password(offered: [0xED, 0xA0, 0x80]) }
  }

  /// The same word by two keyboards: é in one piece or two, Å as a letter or as a unit, a blank that does not break.
  @Test(arguments: [
    ("caf\u{E9} au lait", "cafe\u{301} au lait"), ("\u{C5}ngstr\u{F6}m 12", "\u{212B}ngstro\u{308}m 12"),
    ("two words", "two\u{A0}words"), ("\u{AC00}\u{AC00}", "\u{1100}\u{1161}\u{1100}\u{1161}"),
  ])
  func twoFormsOfTheSameTextAreOnePassword(_ one: String, _ other: String) throws {
    #expect(bytes(one) != bytes(other))
    #expect(try Password(offered: bytes(one)) == Password(offered: bytes(other)))
    let hash = try PasswordHash(of: Password(offered: bytes(one)), cheap)
    #expect(try hash.matches(Password(offered: bytes(other))))
  }

  @Test func capitalsAndCompatibilityFormsStayDifferent() throws {
    #expect(try Password(offered: bytes("Password")) != Password(offered: bytes("password")))
    #expect(try Password(offered: bytes("ﬁne")) != Password(offered: bytes("fine")))
  }

  /// In constant time is what the code says; that it looks at every byte is what can be tested.
  @Test func comparisonLooksAtEveryByte() {
    let secret = [UInt8](0..<32)
    #expect(Secret.areSame(secret, secret))
    for index in secret.indices {
      var other = secret
      other[index] ^= 1
      #expect(!Secret.areSame(secret, other))
    }
    #expect(!Secret.areSame(secret, secret.dropLast()))
    #expect(Secret.areSame([], []))
  }

  @Test func secretsAreBase64URLAndDoNotRepeat() {
    #expect(text(Secret.text(bytes(hex: "00 10 83 10 51 87 20 92 8b 30 d3 8f 41 14 93 51 55 97"))) == "ABCDEFGHIJKLMNOPQRSTUVWX")
    #expect(text(Secret.text([0xFB, 0xFF])) == "-_8")
    let many = (0..<1000).map { _ in Secret.text(Secret.random(count: 16)) }
    #expect(Set(many).count == 1000 && many.allSatisfy { $0.count == 22 })
  }
}
