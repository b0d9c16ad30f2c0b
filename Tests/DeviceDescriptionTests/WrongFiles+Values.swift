// SPDX-License-Identifier: MIT

// Files whose values are wrong: actions, lengths of time, numbers, words, settings.
// Each has exactly one mistake, and this is its line.

extension WrongFile {
  static let values: [WrongFile] = [
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall:
          button: GPIO22
          long: [off all, dim lamp]
      """,
      #"5:25: "lamp" is a switch, which cannot be dimmed; did you mean "toggle lamp"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall: {button: GPIO22, click: togle lamp}
      """,
      #"3:33: "togle" is not an action; did you mean "toggle"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall: {button: GPIO22, click: lamp toggle}
      """,
      #"3:33: an action begins with its verb; did you mean "toggle lamp"?"#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, click: toggle}
      """,
      #"2:33: "toggle" does not say which part; write "toggle NAME""#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, click: toggle all}
      """,
      #"2:33: "all" can be turned on or off only; write "off all" or name one part"#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1}
        wall: {button: GPIO22, click: set desk brightness=300}
      """,
      #"3:42: "300" is not a value of "brightness"; it is 1 to 255, or 1% to 100%"#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1}
        wall: {button: GPIO22, click: set desk brightnes=30}
      """,
      #"3:42: "brightnes" cannot be set; did you mean "brightness"?"#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1}
        wall: {button: GPIO22, click: "set desk color=255,0,0"}
      """,
      #"3:33: "desk" is a light with one channel, whose "color" cannot be set"#),
    WrongFile(
      """
      parts:
        target: {number: 20, min: 5, max: 30}
        wall: {button: GPIO22, click: set target value=40}
      """,
      #"3:33: the value must be between "min" and "max" of "target""#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        fan: {switch: GPIO27}
        wall: {button: GPIO22, click: toggle lamp fan}
      """,
      #"4:45: "toggle" takes one part and nothing else; more actions go into a list, [toggle a, toggle b]"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall: {button: GPIO22, click: {toggle: lamp}}
      """,
      #"3:33: "click" needs a text; found a mapping"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, off_after: 30}
      """,
      #"2:37: "30" has no unit; did you mean 30 ms, 30 s or 30 min?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, off_after: 30 minutes}
      """,
      #"2:37: "30 minutes" is not a length of time; did you mean "30 min"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, off_after: soon}
      """,
      #"2:37: "soon" is not a length of time; write a number and ms, s, min, h or d, such as 30 min"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, off_after: 100 d}
      """,
      #"2:37: "off_after" is 100 d; it must be between 100 ms and 49 d"#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, debounce: 0.5 ms}
      """,
      #"2:36: "0.5 ms" is not a whole number of milliseconds"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, restore: restore-default-of}
      """,
      #"2:35: "restore-default-of" is not a value of "restore"; did you mean "restore-default-off"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, active: yes}
      """,
      #"2:34: "yes" is not a value of "active"; known: low, high"#),
    WrongFile(
      """
      parts:
        door: {contact: GPIO17, invert: yes}
      """,
      #"2:35: "yes" is not a value of "invert"; did you mean "true"?"#),
    WrongFile(
      """
      parts:
        door: {contact: GPIO17, device_class: dor}
      """,
      #"2:41: "dor" is not a device class of Home Assistant; did you mean "door"?"#),
    WrongFile(
      """
      parts:
        door: {contact: GPIO17, device_class: windwo}
      """,
      #"2:41: "windwo" is not a device class of Home Assistant; did you mean "window"?"#),
    WrongFile(
      """
      parts:
        door: {contact: GPIO17, pull: [up]}
      """,
      #"2:33: "pull" needs a text; found a list"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, scale: "0,001"}
      """,
      #"2:38: "0,001" is not a number for "scale"; did you mean 0.001?"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, decimals: 1.5}
      """,
      #"2:41: "1.5" is not a whole number; "decimals" is between 0 and 12"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, decimals: 99}
      """,
      #"2:41: "decimals" is 99; it must be between 0 and 12"#),
    WrongFile(
      """
      parts:
        target: {number: 40, min: 5, max: 30}
      """,
      #"2:20: the first value must be between "min" and "max""#),
    WrongFile(
      """
      parts:
        target: {number: 20, min: 30, max: 5}
      """,
      #"2:38: "max" must be above "min""#),
    WrongFile(
      """
      parts:
        target: {number: 20, min: 5, max: 30, step: 0}
      """,
      #"2:47: "step" must be above 0"#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1, gamma: 9}
      """,
      #"2:32: "gamma" must be between 1 (none) and 4; LEDs need about 2.2"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, label: [a]}
      """,
      #"2:33: "label" needs a text; found a list"#),
    WrongFile(
      """
      port: 80800
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:7: "port" is 80800; it must be between 0 and 65535"#),
    WrongFile(
      """
      port: eighty
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:7: "eighty" is not a whole number; "port" is between 0 and 65535"#),
    WrongFile(
      """
      log_level: warn
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:12: "warn" is not a value of "log_level"; did you mean "warning"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall: {button: GPIO22, click: set lamp brightness=10}
      """,
      #"3:37: "lamp" is a switch, whose "brightness" cannot be set"#),
    WrongFile(
      """
      parts:
        target: {number: 20, min: 5, max: 30}
        wall: {button: GPIO22, click: on target}
      """,
      #"3:36: "target" is a number, which cannot be turned on or off; did you mean "set target value=…"?"#),
    WrongFile(
      """
      parts:
        door: {contact: GPIO17}
        wall: {button: GPIO22, click: toggle door}
      """,
      #"3:40: "door" is a contact, which cannot be turned on or off"#),
    WrongFile(
      """
      parts:
        lamp: {switch: [GPIO5, GPIO6]}
      """,
      #"2:18: "switch" needs a text; found a list"#),
    WrongFile(
      """
      host_names: {a: b}
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:13: "host_names" needs a text; found a mapping"#),
    WrongFile(
      """
      deflate: maybe
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:10: "maybe" is not a value of "deflate"; known: true, false"#),
    WrongFile(
      """
      board: linux-gpio
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:8: "linux-gpio" is not a value of "board"; known: simulated, linux"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, unit: degrees Celsius and more}
      """,
      #"2:37: "unit" has at most 16 bytes; this one has 24"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, every: 0}
      """,
      #"2:38: "every" is 0; it must be between 1 ms and 1 d"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, scale: 0}
      """,
      #"2:38: "scale" is 0, so the value would always be "offset""#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, report: -1}
      """,
      "2:39: the reported change must be 0 or more"),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, offset: +3}
      """,
      #"2:39: "+3" is not a number for "offset"; did you mean 3?"#),
    WrongFile(
      """
      name:
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:6: "name" needs a text; found nothing"#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, click: "dim"}
      """,
      #"2:33: "dim" does not say which part; write "dim NAME""#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1}
        wall: {button: GPIO22, click: set desk}
      """,
      #"3:33: "set desk" does not say what to set; write "set desk brightness=128""#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1}
        wall: {button: GPIO22, click: set desk brightness = 3}
      """,
      #"3:42: "brightness" is not a value; write it as brightness=128, without spaces"#),
    WrongFile(
      """
      parts:
        strip: {light: led:rgb, channels: 3}
        wall: {button: GPIO22, click: "set strip color=256,0,0"}
      """,
      #"3:33: "256,0,0" is not a value of "color"; it is such as #ff8000, or 255,128,0 in quotation marks"#),
    WrongFile(
      """
      parts:
        target: {number: 20.3, min: 5, max: 30, step: 0.5}
      """,
      #"2:20: the first value must be "min" and a whole number of steps; did you mean 20.5?"#),
    WrongFile(
      """
      parts:
        target: {number: 9.5, min: 0, max: 10, step: 3}
      """,
      #"2:20: the first value must be "min" and a whole number of steps; did you mean 9?"#),
    WrongFile(
      """
      parts:
        target: {number: 0, min: 0, max: 1000000000000000000, step: 0.1}
      """,
      #"2:63: between "min" and "max" are values of more than 18 digits; take a larger "step""#),
    WrongFile(
      """
      parts:
        target: {number: , min: -0.000000000000000001, max: 1}
      """,
      #"2:55: between "min" and "max" are values of more than 18 digits; take a larger "step""#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, click: }
      """,
      #"2:26: "click" is empty; write click: toggle lamp, or click: [] for none"#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, report: {}}
      """,
      #"2:39: "report" is empty; write report: 0.5, or report: {change: 0.5, every: 5 min}"#),
    WrongFile(
      #"""
      parts:
        lamp: {switch: GPIO26, label: "a\u2028b"}
      """#,
      #"2:33: "label" is one line of text; remove line ends and tabs"#),
    WrongFile(
      #"""
      name: "a\u202eb"
      parts:
        lamp: {switch: GPIO26}
      """#,
      #"1:7: "name" is one line of text; remove line ends and tabs"#),
    WrongFile(
      #"""
      name: "a\tb"
      parts:
        lamp: {switch: GPIO26}
      """#,
      #"1:7: "name" is one line of text; remove line ends and tabs"#),
    WrongFile(
      #"""
      parts:
        "la\nmp": {switch: GPIO26}
      """#,
      #"2:3: "la?mp" is not a name; a name is a letter a-z, then a-z, 0-9 and _, at most 32; did you mean "la_mp"?"#),
  ]
}
