// SPDX-License-Identifier: MIT

// Names as people give them and as browsers send them: RFC 1123 section 2.1, RFC 3492 and RFC 5890. `scripts/drive`
// compares with Python's codec.

import Testing

@testable import DeviceDescription

@Suite struct HostNameTests {
  @Test(arguments: [
    ("lamp", "lamp"), ("Lamp.Local", "lamp.local"), ("lamp.local.", "lamp.local"), ("my_lamp", "my_lamp"),
    ("4.lamp", "4.lamp"), ("a-b.c-d", "a-b.c-d"), ("XN--kche-0ra.local", "xn--kche-0ra.local"),
    ("192.168.1.5", "192.168.1.5"), (String(repeating: "a", count: 63), String(repeating: "a", count: 63)),
  ])
  func aNameIsTakenAsBrowsersSendIt(given: String, name: String) throws {
    #expect(try HostName(given).text == name)
  }

  @Test(arguments: [
    ("", .empty), ("http://lamp.local:8080/", .scheme("lamp.local")),
    ("https://Küche.example", .scheme("xn--kche-0ra.example")),
    ("http://a b/", .scheme(nil)), ("lamp.local:8080", .port("lamp.local")), ("lamp:", .port("lamp")),
    ("lamp/index.html", .path("lamp")), ("anna@lamp", .user("lamp")), ("[::1]", .address), ("fe80::1", .address),
    ("[fd00::5]:80", .address), ("*.lamp", .wildcard), ("1.2.3", .number), ("256.0.0.1", .number), ("0x7f", .number),
    ("1.2.3.04", .number), ("lamp.5", .number), ("a b", .letter(" ")), ("lamp!", .letter("!")), ("lämp!", .letter("!")),
    ("lamp\u{202E}", .letter("\u{202E}")), (".", .emptyLabel), ("a..b", .emptyLabel), (".lamp", .emptyLabel),
    ("lamp..", .emptyLabel), ("-lamp", .hyphen("-lamp")), ("a.b-.c", .hyphen("b-")),
    ("xn--a", .malformedALabel("xn--a")), ("xn--99999999", .malformedALabel("xn--99999999")),
    ("xn--", .hyphen("xn--")), ("xn--lamp-", .hyphen("xn--lamp-")),
    ("Küche.local", .beyondASCII("xn--kche-0ra.local")), ("KÜCHE.Local.", .beyondASCII("xn--kche-0ra.local")),
    ("ku\u{308}che.local", .beyondASCII("xn--kche-0ra.local")),
    ("straße.example", .beyondASCII("xn--strae-oqa.example")),
    ("ｌａｍｐ.local", .beyondASCII("lamp.local")), ("台所。example", .beyondASCII("xn--kpry64a.example")),
    ("ΛΆΜΠΑΣ.example", .beyondASCII("xn--hxak2afut.example")),
    (String(repeating: "a", count: 64), .longLabel(String(repeating: "a", count: 64), 64)),
    (Array(repeating: String(repeating: "a", count: 50), count: 5).joined(separator: "."), .tooLong(254)),
  ] as [(String, HostNameMistake)])
  func whatNoBrowserSendsIsAMistake(given: String, mistake: HostNameMistake) {
    #expect(throws: mistake) { try HostName(given) }
    #expect(!mistake.description.contains("\n"))
  }

  /// RFC 3492 section 7.1.
  @Test(arguments: [
    ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
    ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
    ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
    ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"), ("-> $1.00 <-", "-> $1.00 <--"), ("", ""), ("bücher", "bcher-kva"),
  ])
  func punycodeIsTheRFCs(label: String, code: String) {
    #expect(Punycode.encode(label) == code)
    #expect(Punycode.decode(code) == label)
  }

  @Test(arguments: ["!", "é", "kche-0r!", "kche-0", "99999999", "zzzzzzzzzzzzzz"])
  func whatIsNoCodeIsNotDecoded(code: String) { #expect(Punycode.decode(code) == nil) }

  @Test func aFileTellsWhereItsMistakeIs() {
    let text = "host_names: [lamp.local, Küche.local]\nparts:\n  led: {switch: GPIO1}\n"
    do {
      _ = try DeviceDescription(Array(text.utf8), file: "lamp.yaml")
      Issue.record("it was taken")
    } catch {
      #expect(
        "\(error)"
          == "lamp.yaml:1:26: \"Küche.local\" is not taken: browsers send this name in A-labels; write xn--kche-0ra.local"
      )
    }
  }

  @Test func anOptionAndAVariableTellTheirNames() throws {
    let option = SettingSources(options: ["host_names": ["lamp:80"]], environment: [:], file: [])
    #expect {
      _ = try option.texts("host_names")
    } throws: {
      "\($0)".hasPrefix("--host-name: \"lamp:80\" is not taken: a host name has no port")
    }
    let variable = SettingSources(options: [:], environment: ["HELIOGRAPH_HOST_NAMES": "a.local,[::1]"], file: [])
    #expect {
      _ = try variable.texts("host_names")
    } throws: {
      "\($0)".hasPrefix("HELIOGRAPH_HOST_NAMES: \"[::1]\" is not taken: an address is no host name")
    }
    let mixed = SettingSources(options: ["host_names": ["Lamp.Local.", "lamp.local"]], environment: [:], file: [])
    #expect(try mixed.texts("host_names") == ["lamp.local", "lamp.local"])
  }
}
