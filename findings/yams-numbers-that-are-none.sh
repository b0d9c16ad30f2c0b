#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: Yams 6.2.2, by SwiftPM, with Swift 6.3.1; beside PyYAML 6.0.4 (PyPI). Both parse with libyaml.
# Behaviour: what a plain value is, Yams decides by whether one of its constructors can make something of it; the next
#   one is tried otherwise, and a String is the last, without an error. So an integer that is too large for Int is a
#   String, 07 is an Int and 08 a Double, and the tag !!int before a text in quotation marks does nothing. PyYAML has
#   it otherwise in six of these eight: its integers have no bound, the tag holds, 08 and 1.5e3 are
#   texts, and a plain `=`, a label like any other to Yams, is an error. A file that both are to read must have none.
# Seen: value                Yams                        PyYAML
#       9223372036854775807  Int 9223372036854775807     int 9223372036854775807
#       9223372036854775808  String 9223372036854775808  int 9223372036854775808
#       !!int "5"            String 5                    int 5
#       07                   Int 7                       int 7
#       08                   Double 8.0                  str 08
#       0o17                 Int 15                      str 0o17
#       1.5e3                Double 1500.0               str 1.5e3
#       =                    String =                    ConstructorError
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install PyYAML==6.0.4
mkdir -p "$folder/Sources/types"
cat >"$folder/Package.swift" <<'SWIFT'
// swift-tools-version:6.0
import PackageDescription
let package = Package(
  name: "types",
  dependencies: [.package(url: "https://github.com/jpsim/Yams", exact: "6.2.2")],
  targets: [.executableTarget(name: "types", dependencies: ["Yams"])])
SWIFT
cat >"$folder/Sources/types/main.swift" <<'SWIFT'
import Yams

while let line = readLine() {
  let value = try Yams.load(yaml: "[\(line)]") as! [Any]
  print(type(of: value[0]), value[0])
}
SWIFT
swift build -q --package-path "$folder"
cat >"$folder/values" <<'VALUES'
9223372036854775807
9223372036854775808
!!int "5"
07
08
0o17
1.5e3
=
VALUES
"$(swift build -q --package-path "$folder" --show-bin-path)/types" <"$folder/values" >"$folder/yams"
"$folder/venv/bin/python" - "$folder" <<'PYTHON' | tee "$folder/seen"
import pathlib, sys

import yaml

folder = pathlib.Path(sys.argv[1])
print(f"{'value':20} {'Yams':27} PyYAML")
for text, theirs in zip((folder / "values").read_text().splitlines(), (folder / "yams").read_text().splitlines()):
    try:
        value = yaml.safe_load(text)
        python = f"{type(value).__name__} {value}"
    except yaml.YAMLError as problem:
        python = type(problem).__name__
    print(f"{text:20} {theirs:27} {python}")
PYTHON
diff "$folder/seen" - <<'SEEN'
value                Yams                        PyYAML
9223372036854775807  Int 9223372036854775807     int 9223372036854775807
9223372036854775808  String 9223372036854775808  int 9223372036854775808
!!int "5"            String 5                    int 5
07                   Int 7                       int 7
08                   Double 8.0                  str 08
0o17                 Int 15                      str 0o17
1.5e3                Double 1500.0               str 1.5e3
=                    String =                    ConstructorError
SEEN
