// SPDX-License-Identifier: MIT

// A right file gives the device that the same description in Swift gives, and the channels that its board needs.

import Bytes
import ConformanceSupport
import DeviceDescription
import Foundation
import Parts
import Testing
import Timebase

/// The example that the README begins with.
let kitchen: String = {
  let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  return (try? String(contentsOf: root.appending(path: "Examples/kitchen.yaml"), encoding: .utf8)) ?? ""
}()

@Suite struct DeviceDescriptionTests {
  private func action(_ text: String) throws -> Action {
    let text = bytes(text)
    return try Action(text.span)
  }

  private func decimal(_ text: StaticString) -> Bytes.Decimal { Bytes.Decimal(text) ?? .zero }

  /// Two devices are described alike.
  private func expectSame(_ device: Device, _ other: Device, _ location: SourceLocation = #_sourceLocation) {
    #expect(device.name == other.name, sourceLocation: location)
    #expect(device.parts == other.parts, sourceLocation: location)
    #expect(device.outputCount == other.outputCount, sourceLocation: location)
    #expect(device.inputCount == other.inputCount, sourceLocation: location)
    #expect(device.statusOutput == other.statusOutput, sourceLocation: location)
  }

  @Test func theKitchenIsWhatItsDescriptionInSwiftIs() throws {
    let celsius: Text = "°C"
    let blind: [Text] = ["up", "down"]
    let device = try Device("Kitchen") {
      Part.switch(
        "lamp", group: "Light", output: 0, restore: .restoreDefaultOff, offAfter: .seconds(30 * 60))
      Part.light("desk", group: "Light", output: 1, restore: .restoreDefaultOff, transition: 400)
      Part.light("strip", label: "LED strip", group: "Light", output: 2, channelCount: 3)
      Part.switch(
        "up", label: "Blind up", group: "Blind", output: 5, offAfter: .seconds(40), minDwell: 1000,
        interlock: blind)
      Part.switch(
        "down", label: "Blind down", group: "Blind", output: 6, offAfter: .seconds(40),
        minDwell: 1000, interlock: blind)
      Part.button(
        "wall", input: 0, isRemote: true,
        reactions: [
          .init(.click, [try! action("toggle lamp")]), .init(.double, [try! action("off all")]),
          .init(.long, [try! action("dim desk")]), .init(.repeat, [try! action("dim desk")]),
        ])
      Part.contact("door", input: 1, offAfter: 200, deviceClass: "door")
      Part.sensor("celsius", input: 2, unit: celsius, deviceClass: "temperature", decimals: 1)
      Part.number(
        "target", label: "Heat to", minimum: decimal("5"), maximum: decimal("30"), step: decimal("0.5"),
        initial: decimal("20.5"), unit: celsius, restores: true)
    }
    let description = try description(kitchen)
    expectSame(description.makeDevice(), device)
    #expect(description.name == "Kitchen")
    #expect(description.outputs.map(\.address) == ["GPIO26", "pwm0:1", "pwm0:2", "pwm0:3", "pwm1:0", "GPIO5", "GPIO6"])
    #expect(description.inputs.map(\.address) == ["GPIO22", "GPIO17", "w1:28-0000075b1c2d"])
    #expect(description.settings.map(\.path) == ["name", "max_clients"])
    #expect(description.settings.map(\.values) == [["Kitchen"], ["16"]])
    #expect(description.statusLED == nil)
  }

  @Test func aDwellMayStandAtTheSwitchThatOnlyTheOtherNames() throws {
    let description = try description(
      "parts: {up: {switch: GPIO5, dwell: 1 s}, down: {switch: GPIO6, interlock: up}}")
    guard case .switch(let up) = description.parts[0].kind else { fatalError("up is no switch") }
    #expect(up.dwell == .seconds(1))
  }

  @Test(arguments: ["!!str \"GPIO26\"", "'GPIO26'", "GPIO26"])
  func aTextInQuotationMarksMayBeCalledOne(_ line: String) throws {
    #expect(try description("parts: {lamp: {switch: \(line)}}").outputs[0].address == "GPIO26")
  }

  @Test func everyOptionReachesItsPart() throws {
    let description = try description(
      """
      status_led: {line: led:ACT, active: low}
      parts:
        pump: {switch: 26, restore: always-on, off_after: 1.5 h, min_dwell: 10 s, interlock: valve, dwell: 2 s}
        valve: {switch: gpiochip1:5, active: low, label: "Valve: main", group: Garden}
        rgbw: {light: led:rgb, channels: 4, restore: restore-default-on, transition: 1 s, off_after: 1 d, gamma: 1}
        knob: {button: 22, active: high, pull: down, kernel_debounce: 5 ms, debounce: 25 ms, double_within: 400 ms,
          long_after: 1 s, repeat_every: 0.2 s, press: set rgbw brightness=50% color=#ff008007, release: on pump,
          click: [off pump, off all, "set rgbw color=1,2,3"], double: [], long: dim rgbw, repeat: dim rgbw}
        lid: {contact: 4, on_after: 1 min, off_after: 0, invert: true, active: low, pull: as-is}
        flow: {sensor: iio:adc:voltage0, unit: l/min, scale: 0.001, offset: -1.5, decimals: 2,
          report: {change: 0.05, every: 5 min}, every: 100 ms, device_class: volume_flow_rate}
        level: {sensor: "file:/run/level", report: 3}
        limit: {number: , min: -10, max: 10.5, step: 0.1, unit: bar}
      """)
    let device = try Device("", statusOutput: 6) {
      Part.switch(
        "pump", output: 0, restore: .alwaysOn, offAfter: .seconds(5400), minDwell: .seconds(10),
        interlock: ["valve"], dwell: .seconds(2))
      Part.switch("valve", label: "Valve: main", group: "Garden", output: 1)
      Part.light(
        "rgbw", output: 2, channelCount: 4, restore: .restoreDefaultOn, transition: .seconds(1),
        offAfter: .seconds(86_400), gamma: .linear)
      Part.button(
        "knob", input: 0, timing: timing(debounce: 25, double: 400, long: 1000, repeat: 200),
        reactions: [
          .init(.press, [try! action("set rgbw brightness=128 color=255,0,128,7")]),
          .init(.release, [try! action("on pump")]), .init(
            .click, [try! action("off pump"), try! action("off all"), try! action("set rgbw color=1,2,3")]),
          .init(.double, []), .init(.long, [try! action("dim rgbw")]), .init(.repeat, [try! action("dim rgbw")]),
        ])
      Part.contact("lid", input: 1, onAfter: .seconds(60), offAfter: 0, isInverted: true)
      Part.sensor(
        "flow", input: 2, unit: "l/min", deviceClass: "volume_flow_rate", scale: decimal("0.001"),
        offset: decimal("-1.5"), decimals: 2, report: Sensor.Report(change: decimal("0.05"), interval: .seconds(300)))
      Part.sensor("level", input: 3, report: Sensor.Report(change: 3))
      Part.number(
        "limit", minimum: decimal("-10"), maximum: decimal("10.5"), step: decimal("0.1"), unit: "bar")
    }
    expectSame(description.makeDevice(), device)
  }

  private func timing(
    debounce: Milliseconds, double: Milliseconds, long: Milliseconds, repeat: Milliseconds
  ) -> Button.Timing {
    var timing = Button.Timing()
    timing.debounce = debounce
    timing.double = double
    timing.long = long
    timing.repeat = `repeat`
    return timing
  }

  @Test func channelsSayWhatTheBoardNeeds() throws {
    let description = try description(
      """
      parts:
        valve: {switch: gpiochip1:5, active: low}
        rgb: {light: led:rgb, channels: 3}
        white: {light: pwm0:1}
        knob: {button: 22}
        key: {button: 23, active: high, pull: down, kernel_debounce: 5 ms}
        door: {contact: 4}
        celsius: {sensor: thermal0, every: 10 s}
        kelvin: {sensor: thermal0, offset: 273.15}
      status_led: GPIO9
      """)
    func channel(_ part: String) -> [Channel] {
      (description.outputs + description.inputs).filter { $0.part == part }
    }
    let at = { TextPosition(line: $0, column: $1) }
    #expect(
      channel("valve") == [
        Channel(part: "valve", role: .switch, address: "gpiochip1:5", position: at(2, 19), isActiveLow: true)
      ])
    #expect(channel("rgb").map(\.color) == [.red, .green, .blue])
    #expect(channel("rgb").map(\.sharing) == [3, 3, 3])
    #expect(channel("white") == [Channel(part: "white", role: .light, address: "pwm0:1", position: at(4, 18))])
    #expect(
      channel("knob") == [
        Channel(part: "knob", role: .button, address: "22", position: at(5, 18), isActiveLow: true, pull: .up)
      ])
    #expect(
      channel("key") == [
        Channel(
          part: "key", role: .button, address: "23", position: at(6, 17), pull: .down, kernelDebounce: 5)
      ])
    #expect(channel("door") == [Channel(part: "door", role: .contact, address: "4", position: at(7, 19), pull: .up)])
    #expect(channel("celsius").map(\.interval) == [.seconds(10)])
    #expect(channel("kelvin").map(\.interval) == [nil])
    #expect(description.statusLED?.address == "GPIO9")
    #expect(description.makeDevice().statusOutput == description.outputs.count - 1)
  }

  @Test func theBoardIsAskedForEveryAddressWithItsRole() throws {
    var asked: [String] = []
    _ = try DeviceDescription(bytes(kitchen), file: "f.yaml") { role, address in
      asked.append("\(role.rawValue) \(address)")
      return nil
    }
    #expect(
      asked == [
        "switch GPIO26", "light pwm0:1", "light pwm0:2", "light pwm0:3", "light pwm1:0", "switch GPIO5",
        "switch GPIO6", "button GPIO22", "contact GPIO17", "sensor w1:28-0000075b1c2d",
      ])
  }

  @Test func theSixLinesOfTheReadmeAreRight() throws {
    let description = try description(
      """
      name: Kitchen
      parts:
        lamp:    {switch: GPIO26, restore: restore-default-off, off_after: 30 min}
        desk:    {light: pwm0:1, restore: restore-default-off}
        strip:   {light: [pwm0:2, pwm0:3, pwm1:0]}
        wall:    {button: GPIO22, click: toggle lamp, long: dim desk, double: off all}
        door:    {contact: GPIO17, device_class: door}
        celsius: {sensor: w1:28-0000075b1c2d, unit: °C, every: 10 s}
      """)
    #expect(description.parts.count == 6)
  }

  @Test func aPartMayBeWrittenOnSeveralLines() throws {
    let short = try description("parts: {wall: {button: 22, click: [toggle lamp, off all]}, lamp: {switch: 26}}")
    let long = try description(
      """
      # a comment
      parts:
        wall:
          button: "22"   # quoted, as a text
          click:
            - toggle lamp
            - 'off   all'
        lamp:
          switch:
            26
      """)
    expectSame(short.makeDevice(), long.makeDevice())
  }

  @Test func theDeviceWorks() throws {
    var device = try description("parts: {lamp: {switch: 26}, wall: {button: 22, press: toggle lamp}}").makeDevice()
    device.start(now: .zero)
    device.sense(0, .active, at: MonotonicTime(milliseconds: 100))
    _ = device.poll(now: MonotonicTime(milliseconds: 200))
    #expect(device.parts[0].isOn == true)
  }
}
