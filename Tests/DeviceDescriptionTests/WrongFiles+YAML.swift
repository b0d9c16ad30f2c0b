// SPDX-License-Identifier: MIT

// Files that are no YAML, or YAML that a description has no use for.
// Each has exactly one mistake, and this is its line.

extension WrongFile {
  static let yaml: [WrongFile] = [
    WrongFile(
      """

      """,
      #"1:1: the file is empty; a description begins with "parts:""#),
    WrongFile(
      """
      # nothing but a comment
      """,
      #"1:1: the file is empty; a description begins with "parts:""#),
    WrongFile(
      """
      just a text
      """,
      #"1:1: a description is a mapping, not a text; it begins with "parts:""#),
    WrongFile(
      """
      - lamp
      - wall
      """,
      #"1:1: a description is a mapping, not a list; it begins with "parts:""#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        wall: {button: GPIO22}
        lamp: {switch: GPIO27}
      """,
      #"4:3: "lamp" appears here for the second time; the first is at 2:3"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, restore: always-on, restore: always-off}
      """,
      #"2:46: "restore" appears here for the second time; the first is at 2:26"#),
    WrongFile(
      """
      parts:
      \tlamp: {switch: GPIO26}
      """,
      "2:1: a tab; YAML is indented with spaces"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26
        wall: {button: GPIO22}
      """,
      #"3:7: "," or "}" is missing; the mapping begins at 2:9"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, label: "Lamp}
      """,
      "2:33: a quotation mark without its closing one"),
    WrongFile(
      """
      parts:
        strip: {light: [pwm0:2, pwm0:3, pwm1:0}
      """,
      #"2:41: "," or "]" is missing; the list begins at 2:18"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
         wall: {button: GPIO22}
      """,
      "3:4: this does not continue the mapping that begins at 2:3; check the indentation, commas and "
        + "quotation marks"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
       wall: {button: GPIO22}
      """,
      "3:2: this does not continue the mapping that begins at 1:1; check the indentation, commas and "
        + "quotation marks"),
    WrongFile(
      """
      parts:
        lamp
        wall: {button: GPIO22}
      """,
      #"3:7: a key with a value is not allowed here; check the indentation and the line above, or put a text "#
        + #"with ": " in quotation marks"#),
    WrongFile(
      """
      parts:
        lamp: switch: GPIO26
      """,
      #"2:15: a key with a value is not allowed here; check the indentation and the line above, or put a "#
        + #"text with ": " in quotation marks"#),
    WrongFile(
      #"""
      parts:
        lamp: {switch: GPIO26, label: "\q"}
      """#,
      "2:34: an unknown escape with a backslash; in '…' a backslash stands for itself"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, label: @home}
      """,
      #"2:33: a text may not begin with "@"; put it in quotation marks"#),
    WrongFile(
      """
      parts:
        lamp: &relay {switch: GPIO26}
        fan: *relay
      """,
      "2:9: an anchor (&relay) is not supported here; write the value out each time"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        fan: *lamp
      """,
      "3:8: an alias (*name) is not supported here; write the value out"),
    WrongFile(
      """
      parts:
        lamp: !relay {switch: GPIO26}
      """,
      "2:9: a tag (!relay) is not supported here; remove it"),
    WrongFile(
      """
      parts:
        lamp: {switch: !!str 26}
      """,
      "2:18: a tag (!!str) is not supported here; remove it"),
    WrongFile(
      """
      parts: !!map
        lamp: {switch: GPIO26}
      """,
      "1:8: a tag (!!map) is not supported here; remove it"),
    WrongFile(
      """
      parts:
        lamp: {switch: !!map GPIO26}
      """,
      "2:18: a tag (!!map) is not supported here; remove it"),
    WrongFile(
      """
      parts:
        lamp: {switch: ! GPIO26}
      """,
      "2:18: a tag (!) is not supported here; remove it"),
    WrongFile(
      """
      parts:
        strip: {light: !!seq [pwm0:1]}
      """,
      "2:18: a tag (!!seq) is not supported here; remove it"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
      ---
      parts:
        fan: {switch: GPIO27}
      """,
      #"3:1: a second document begins here; a description is one document, without "---" in it"#),
    WrongFile(
      """
      parts:
        ? [lamp, fan]
        : {switch: GPIO26}
      """,
      "2:5: a key must be a text; this one is a list or a mapping"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, label: [[[[[[[[a]]]]]]]]}
      """,
      "2:38: lists and mappings are nested deeper than 8 levels"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, restore: always-of, of_after: 30 min}
        wall: {button: GPIO22, click: toggle lamb}
        wall: {button: GPIO23}
      """,
      #"4:3: "wall" appears here for the second time; the first is at 3:3"#),
    WrongFile(
      """
      %YAML 9.9
      ---
      parts:
        lamp: {switch: GPIO26}
      """,
      "1:1: not valid YAML: found incompatible YAML document"),
    WrongFile(
      #"""
      parts:
        lamp: {switch: GPIO26, label: "a\nb"}
      """#,
      #"2:33: "label" is one line of text; remove line ends and tabs"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}}
      """,
      "2:25: this does not continue the mapping that begins at 2:3; check the indentation, commas and "
        + "quotation marks"),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26, label: 'it's}
      """,
      #"2:37: "," or "}" is missing; the mapping begins at 2:9"#),
    WrongFile(
      """
      parts:
        lamp: {switch: GPIO26}
        - wall
      """,
      "3:3: this does not continue the mapping that begins at 2:3; check the indentation, commas and "
        + "quotation marks"),
    WrongFile(
      """
      parts: {lamp: {switch: GPIO26},}
      extra
      """,
      #"2:1: a key without ":"; write "key: value""#),
  ]
}
