// SPDX-License-Identifier: MIT

// Files whose parts are wrong: names, kinds, keys, lines, interlocks, and parts that are not there.
// Each has exactly one mistake, and this is its line.

extension WrongFile {
  static let parts: [WrongFile] = [
    WrongFile(
      """
      parts:
      """,
      #"1:7: "parts" needs a line for each part, such as lamp: {switch: GPIO26}; found nothing"#),
    WrongFile(
      """
      name: Kitchen
      """,
      #"1:1: there are no parts; add "parts:" and one line for each, such as lamp: {switch: GPIO26}"#),
    WrongFile(
      """
      part:
        lamp: {switch: GPIO26}
      """,
      #"1:1: unknown setting "part"; did you mean "parts"?"#),
    WrongFile(
      """
      lamp: {switch: GPIO26}
      """,
      #"1:1: unknown setting "lamp"; it looks like a part, and belongs under "parts:", indented"#),
    WrongFile(
      """
      parts:
        lamp: GPIO26
      """,
      #"2:9: "lamp" needs its kind; did you mean {switch: GPIO26}?"#),
    WrongFile(
      """
      parts:
        lamp: {}
      """,
      #"2:3: "lamp" has no kind; add one of switch, light, button, contact, sensor, number, such as switch: "#
        + #"GPIO26"#),
    WrongFile(
      """
      parts:
        lamp: {restore: always-on}
      """,
      #"2:3: "lamp" has no kind; add one of switch, light, button, contact, sensor, number, such as switch: "#
        + #"GPIO26"#),
    WrongFile(
      """
      parts:
        lamp: {relay: GPIO26}
      """,
      #"2:10: "relay" is not a kind of part; did you mean "switch"?"#),
    WrongFile(
      """
      parts:
        lamp: {swich: GPIO26}
      """,
      #"2:10: "swich" is not a kind of part; did you mean "switch"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, light: "pwm0:1"}
      """,
      #"2:26: "lamp" is a switch (2:10) and a light; a part is of one kind"#),
    WrongFile(
      """
      parts:
        Lamp: {switch: GPIO26}
      """,
      #"2:3: "Lamp" is not a name; a name is a letter a-z, then a-z, 0-9 and _, at most 32; did you mean "#
        + #""lamp"?"#),
    WrongFile(
      """
      parts:
        2nd: {switch: GPIO26}
      """,
      #"2:3: "2nd" is not a name; a name is a letter a-z, then a-z, 0-9 and _, at most 32"#),
    WrongFile(
      """
      parts:
        all: {switch: GPIO26}
      """,
      #"2:3: a part cannot be called "all", which means every part in an action; choose another name"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, of_after: 30 min}
      """,
      #"2:26: unknown key "of_after"; did you mean "off_after"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, every: 10 s}
      """,
      #"2:26: "every" belongs to a sensor; "lamp" is a switch"#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, restore: always-on}
      """,
      #"2:26: "restore" belongs to a switch, a light or a number; "wall" is a button"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, pin: 26}
      """,
      #"2:26: unknown key "pin"; put the line after the kind, as in switch: GPIO26"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, wobble: 26}
      """,
      #"2:26: unknown key "wobble"; a switch knows switch, label, group, access, active, restore, off_after, "#
        + #"min_dwell, interlock, dwell"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        fan: {switch: GPIO26}
      """,
      #"3:17: "GPIO26" is used twice: for "fan" here and for "lamp" at 2:18"#),
    WrongFile(
      """
      parts:
        strip: {light: [pwm0:2, pwm0:3, pwm0:2]}
      """,
      #"2:35: "pwm0:2" is used twice: for "strip" here and for "strip" at 2:19"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
      status_led: GPIO26
      """,
      #"3:13: "GPIO26" is used twice: for status LED here and for "lamp" at 2:18"#),
    WrongFile(
      """
      parts:
        lamp: {switch: }
      """,
      #"2:10: "lamp" has no line; write where it is, such as switch: GPIO26"#),
    WrongFile(
      """
      parts:
        lamp:
          switch:
          restore: always-on
      """,
      #"3:5: "lamp" has no line; write where it is, such as switch: GPIO26"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO 26}
      """,
      #"2:18: "GPIO 26" is not a line; write GPIO26, 26 or gpiochip0:26"#),
    WrongFile(
      """
      parts:
        strip: {light: [pwm0:2, pwm0:3]}
      """,
      #"2:18: a light has 1, 3 (red, green, blue) or 4 (and white) lines; "strip" has 2"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, interlock: [up, dwn]}
        down: {switch: GPIO6}
      """,
      #"2:39: there is no part called "dwn"; did you mean "down"?"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, interlock: [up, wall]}
        wall: {button: GPIO6}
      """,
      #"2:39: an interlock is between switches; "wall" is a button"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, interlock: up}
      """,
      #"2:34: "up" is interlocked only with itself; name the other switch"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, interlock: [up, down], restore: always-on}
        down: {switch: GPIO6, restore: always-on}
      """,
      #"3:34: "down" and "up" are interlocked and cannot both be on at the start"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, dwell: 1 s}
      """,
      #"2:23: "dwell" has no effect without "interlock"; did you mean "min_dwell"?"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall: {button: GPIO22, click: toggle lamb}
      """,
      #"3:40: there is no part called "lamb"; did you mean "lamp"?"#),
    WrongFile(
      """
      parts:
        wall: {button: GPIO22, long_after: 1 s}
      """,
      #"2:26: "long_after" has no effect without "long" or "repeat""#),
    WrongFile(
      """
      parts:
        celsius: {sensor: thermal0, report: {chnge: 1}}
      """,
      #"2:40: unknown key "chnge" in "report"; did you mean "change"?"#),
    WrongFile(
      """
      parts:
        target: {number: 20, min: 5}
      """,
      #"2:12: a number needs "min" and "max"; "target" has no "max""#),
    WrongFile(
      """
      prot: 8080
      parts:
        lamp: {switch: GPIO26}
      """,
      #"1:1: unknown setting "prot"; did you mean "port"?"#),
    WrongFile(
      """
      parts:
        lamp: {swich: GPIO26, restore: always-of}
        wall: {button: GPIO22, click: toggle lamp}
      """,
      #"2:10: "swich" is not a kind of part; did you mean "switch"?"#),
    WrongFile(
      """
      parts:
        - lamp
      """,
      #"2:3: "parts" needs a line for each part, such as lamp: {switch: GPIO26}; found a list"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
      status_led: {lin: GPIO5}
      """,
      #"3:14: unknown key "lin" in "status_led"; did you mean "line"?"#),
    WrongFile(
      """
      parts:
        desk: {light: pwm0:1, channels: 2}
      """,
      #"2:35: "2" is not a value of "channels"; known: 1, 3, 4"#),
    WrongFile(
      """
      parts:
        strip: {light: [pwm0:1, pwm0:2, pwm0:3], channels: 4}
      """,
      #"2:44: "channels" is for a light with one address; "strip" has 3"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, interlock: [down, down]}
        down: {switch: GPIO6}
      """,
      #"2:41: "down" is listed twice in this interlock"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, kernel_debounce: 5 ms}
      """,
      #"2:26: "kernel_debounce" belongs to a button or a contact; "lamp" is a switch"#),
    WrongFile(
      """
      parts:
        door: {contact: GPIO17, debounce: 5 ms}
      """,
      #"2:27: "debounce" belongs to a button; "door" is a contact"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, label: Hall, left, and right}
      """,
      #"2:39: "left" has no value; a text with a comma needs quotation marks between braces"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5, interlock: , dwell: 1 s}
        down: {switch: GPIO6, interlock: up}
      """,
      #"2:23: "interlock" is empty; write interlock: [up, down], or interlock: [] for none"#),
    WrongFile(
      """
      parts:
        up: {switch: GPIO5}
        down: {switch: GPIO6, interlock: up}
        pump: {switch: GPIO7, dwell: 1 s}
      """,
      #"4:25: "dwell" has no effect without "interlock"; did you mean "min_dwell"?"#),
  ]
}
