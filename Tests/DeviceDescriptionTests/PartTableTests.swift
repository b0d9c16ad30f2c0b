// SPDX-License-Identifier: MIT

// The table of `heliograph check`, of a device with a part of each kind.

import DeviceDescription
import Testing

@Suite struct PartTableTests {
  @Test func theTableSaysWhatIsSolderedWhere() throws {
    let description = try description(
      """
      name: Kitchen
      status_led: {line: led:ACT, active: low}
      parts:
        lamp: {switch: GPIO26, restore: restore-default-off, off_after: 30 min}
        strip: {light: [pwm0:2, pwm0:3, pwm1:0], transition: 400 ms}
        wall: {button: GPIO22, click: [toggle lamp, set strip brightness=50%], long: dim strip, kernel_debounce: 5 ms}
        door: {contact: GPIO17, device_class: door}
        celsius: {sensor: "w1:28-0000075b1c2d", unit: °C, every: 10 s, decimals: 1}
        target: {number: 20.5, min: 5, max: 30, step: 0.5, unit: °C}
      """)
    #expect(
      PartTable(description).lines == [
        "Kitchen: 6 parts, 5 outputs, 3 inputs",
        "",
        "part     kind        channel             wired                                                 does",
        "lamp     switch      GPIO26              output, high is on"
          + "                                    restore-default-off; off after 30 min",
        "strip    light       pwm0:2              output, red"
          + "                                           always-off; changes within 400 ms",
        "                     pwm0:3              output, green",
        "                     pwm1:0              output, blue",
        "wall     button      GPIO22              input, low is pressed, pull up, kernel debounce 5 ms"
          + "  click: toggle lamp, set strip brightness=128; long: dim strip",
        "door     contact     GPIO17              input, high is on, pull up"
          + "                            door; on after 10 ms, off after 10 ms",
        "celsius  sensor      w1:28-0000075b1c2d  input, every 10 s"
          + "                                     in °C; 1 decimal",
        "target   number      –                   –"
          + "                                                     5 to 30 °C by 0.5; begins at 20.5",
        "–        status LED  led:ACT             output, low is on                                     heartbeat",
      ])
  }
}
