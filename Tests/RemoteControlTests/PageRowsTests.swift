// SPDX-License-Identifier: MIT

// The rows that the page comes with: the exact shape that the page's script goes on with, and that a browser without
// JavaScript can use.

import Bytes
import ConformanceSupport
import Parts
import Testing
import Timebase

@testable import RemoteControl

@Suite struct PageRowsTests {
  private func rows(_ device: Device) -> String {
    var html: [UInt8] = []
    PageRows.append(device, to: &html)
    return text(html)
  }

  private func word(_ part: Part) -> String {
    var word: [UInt8] = []
    PartWords.append(part, to: &word)
    return text(word)
  }

  /// The rows of one part, without the section around them.
  private func row(_ device: Device) -> String {
    let rows = rows(device)
    #expect(rows.hasPrefix("<section><ul><li ") && rows.hasSuffix("</li></ul></section>"))
    return String(rows.dropFirst("<section><ul>".count).dropLast("</ul></section>".count))
  }

  @Test func aSwitchIsAFormWithASwitch() throws {
    var device = try Device(parts: [.switch("lamp", output: 0)])
    #expect(
      row(device) == #"<li data-part="lamp" data-kind="switch" class=""><form method="post" "#
        + #"action="api/parts/lamp/toggle"><button role="switch" aria-checked="false" aria-labelledby="lamp-label">"#
        + #"<b id="lamp-label">Lamp</b><i>off</i></button></form></li>"#)
    try device.perform(.toggle, on: 0, by: .http, now: .zero)
    #expect(
      row(device) == #"<li data-part="lamp" data-kind="switch" class="on "><form method="post" "#
        + #"action="api/parts/lamp/toggle"><button role="switch" aria-checked="true" aria-labelledby="lamp-label">"#
        + #"<b id="lamp-label">Lamp</b><i>on</i></button></form></li>"#)
  }

  @Test func aRelayThatRestsSaysWhatItIsGoingToDo() throws {
    var device = try Device(parts: [.switch("pump", output: 0, minDwell: .seconds(10))])
    device.start(now: .zero)
    try device.perform(.toggle, on: 0, by: .http, now: .zero)
    let row = row(device)
    #expect(row.contains(#"class="">"#) && row.contains(#"aria-checked="true""#) && row.contains("<i>turning on…</i>"))
  }

  @Test(arguments: [(1, "on · 1 %"), (2, "on · 1 %"), (128, "on · 50 %"), (254, "on · 100 %"), (255, "on · 100 %")])
  func aLightSaysHowBrightItIs(_ brightness: UInt8, _ word: String) throws {
    var device = try Device(parts: [.light("desk", output: 0)])
    #expect(row(device).contains("<i>off</i>"))
    try device.perform(.set(PartValues(brightness: brightness)), on: 0, by: .http, now: .zero)
    #expect(row(device).contains("<i>\(word)</i>"))
    #expect(row(device).hasPrefix(#"<li data-part="desk" data-kind="light" class="on "><form "#))
  }

  @Test func aButtonCanBePressedIfItMayBe() throws {
    let parts: [Part] = [.button("bell", input: 0, isRemote: true), .button("wall", input: 1)]
    let rows = rows(try Device(parts: parts))
    #expect(
      rows.contains(
        #"<li data-part="bell" data-kind="button" class=""><form method="post" action="api/parts/bell/click">"#
          + #"<button aria-labelledby="bell-label"><b id="bell-label">Bell</b><i>released</i>"#
          + #"<span class="key"></span></button></form></li>"#))
    #expect(
      rows.contains(
        #"<li data-part="wall" data-kind="button" class=""><b id="wall-label">Wall</b><i>released</i>"#
          + #"<span class="key"></span></li>"#))
  }

  @Test func aButtonSaysItsLastGesture() throws {
    var device = try Device(parts: [.button("bell", input: 0, isRemote: true, .on(.double, "off all"))])
    device.sense(0, .active, at: .zero)
    _ = device.poll(now: MonotonicTime(milliseconds: 20))
    #expect(row(device).contains(#"class="pressed ">"#) && row(device).contains("<i>pressed</i>"))
    device.sense(0, .inactive, at: MonotonicTime(milliseconds: 30))
    _ = device.poll(now: MonotonicTime(milliseconds: 1000))
    #expect(row(device).contains("<i>click</i>"))
  }

  @Test func whatIsOnlyReadHasNoForm() throws {
    var device = try Device(parts: [.sensor("celsius", input: 0, unit: "°C")])
    #expect(
      row(device)
        == #"<li data-part="celsius" data-kind="sensor" class=""><b id="celsius-label">Celsius</b><i>unknown</i></li>"#)
    device.sense(0, .value(Decimal(-214, exponent: -1)), at: .zero)
    _ = device.poll(now: .zero)
    #expect(row(device).contains("<i>-21.4\u{A0}°C</i>"))
    let number = Part.number("target", minimum: 0, maximum: 30, initial: 21)
    #expect(row(try Device(parts: [number])).contains("<i>21</i>"))
  }

  @Test(arguments: [
    ("door", "open", "closed"), ("motion", "detected", "clear"), ("battery", "low", "normal"), ("", "on", "off"),
    ("plug", "plugged in", "unplugged"), ("other", "on", "off"),
  ])
  func aContactSpeaksOfWhatItIs(_ deviceClass: String, _ on: String, _ off: String) throws {
    var device = try Device(parts: [.contact("it", input: 0, deviceClass: Text(bytes(deviceClass)))])
    device.sense(0, .inactive, at: .zero)
    #expect(word(device.parts[0]) == off)
    device.sense(0, .active, at: .zero)
    _ = device.poll(now: MonotonicTime(milliseconds: 1000))
    #expect(word(device.parts[0]) == on)
  }

  @Test func whatIsGoneSaysWhy() throws {
    var device = try Device(parts: [.switch("lamp", output: 0)])
    device.noteFault(bytes("<gpiochip0> is gone"), ofOutput: 0)
    let row = row(device)
    #expect(row.contains(#"class="gone">"#) && row.contains("<i>gone - &lt;gpiochip0&gt; is gone</i>"))
  }

  @Test func labelsGroupsAndUnitsCannotBreakThePage() throws {
    let evil = bytes(#"<b>"Tom's" & %STATE%</b>"#)
    let escaped = "&lt;b&gt;&quot;Tom&#39;s&quot; &amp; %STATE%&lt;/b&gt;"
    var device = try Device(parts: [.sensor("it", label: Text(evil), group: Text(evil), input: 0, unit: Text(evil))])
    device.sense(0, .value(1), at: .zero)
    _ = device.poll(now: .zero)
    let rows = rows(device)
    #expect(rows.contains("<h2>\(escaped)</h2>"))
    #expect(rows.contains(">\(escaped)</b><i>1\u{A0}\(escaped)</i>"))
    #expect(!rows.contains("<b>\""))
  }

  @Test func partsStandInTheSectionOfTheirGroupWhereItsFirstPartStands() throws {
    func part(_ name: String, _ group: String) -> Part { .contact(Text(bytes(name)), group: Text(bytes(group)), input: inputs()) }
    var next = -1
    func inputs() -> Int {
      next += 1
      return next
    }
    let device = try Device(
      parts: [part("a", "One"), part("b", ""), part("c", "Two"), part("d", "One"), part("e", ""), part("f", "Two")])
    let outline = rows(device).matches(of: #/<section>|<h2>[^<]*|data-part="([a-z])|<\/section>/#)
      .map { match in match.1.map { String($0) } ?? String(match.0) }
    #expect(
      outline == [
        "<section>", "<h2>One", "a", "d", "</section>", "<section>", "b", "e", "</section>",
        "<section>", "<h2>Two", "c", "f", "</section>",
      ])
  }

  @Test func aDeviceWithoutPartsHasNoRows() throws {
    #expect(rows(try Device(parts: [])) == "")
  }
}
