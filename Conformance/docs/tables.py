# SPDX-License-Identifier: MIT
"""The tables of docs/ that are made: the HTTP interface and its schemas of the description that the program gives of
itself, the state machines of the sources."""
from __future__ import annotations

import json
import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from common.claims import check
from common.http import request
from common.program import Program
from markdown import ROOT

KITCHEN = ROOT / "Examples/kitchen.yaml"
KINDS = ["Switch", "Light", "Button", "Contact", "Sensor", "Number"]
OTHERS = [("Hello", "The whole state"), ("PartValues", "What can be set"), ("History", "A sensor's history")]


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in [head, *rows]]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def operations(description: dict[str, Any]) -> str:
    rows = [[f"`{method.upper()} {path}`", operation["summary"],
             "; ".join(f"{code}: {response['description']}" for code, response in operation["responses"].items()
                       if code != "default")]
            for path, methods in sorted(description["paths"].items()) for method, operation in methods.items()]
    return table(["request", "what it does", "answers"], rows)


def kind(schema: dict[str, Any]) -> str:
    """A schema in a few words."""
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    words = schema.get("type", "")
    words = " or ".join(words) if isinstance(words, list) else words
    if words == "array" and "prefixItems" in schema.get("items", {}):
        return "pairs of " + " and ".join(kind(item) for item in schema["items"]["prefixItems"])
    if words == "array":
        least, most = schema.get("minItems"), schema.get("maxItems")
        return (f"{least} to {most} of " if least else "list of ") + kind(schema["items"])
    if words == "object" and "properties" in schema:
        return "object: " + ", ".join(f"`{name}`" for name in schema["properties"])
    if words == "object":
        return "object by name of " + kind(schema["additionalProperties"])
    if "maximum" in schema and schema["maximum"] < 1 << 50:
        return f"{words}, {schema['minimum']} to {schema['maximum']}"
    return words


def members(schema: dict[str, Any]) -> str:
    return "; ".join(("**`{}`** {}" if name in schema.get("required", []) else "`{}` {}").format(name, kind(value))
                     for name, value in schema["properties"].items() if name != "kind")


def schemas(description: dict[str, Any]) -> str:
    known = description["components"]["schemas"]
    rows = [[f"{name.lower()}", members(known[name])] for name in KINDS]
    return table(["kind", "members"], rows) + "\n\n" + table(
        ["what", "members"], [[f"{title} (`{name}`)", members(known[name])] for name, title in OTHERS]
        + [["A color (`Color`)", kind(known["Color"])], ["What a part does (`{verb}`)", kind(known["Verb"])]])


def states() -> str:
    """The table of an HTTP connection, of its cases; that of a WebSocket connection, of its comment."""
    source = (ROOT / "Sources/HTTPCore/HTTPConnection+States.swift").read_text()
    cases = re.findall(r"case \(\.(\w+), (_|\.\w+), (_|\.\w+)\)( where persists)?: moved\(\.?(\w+), \.?(\w+)(.*)\)$",
                       source, re.MULTILINE)
    check(len(cases) == source.count(": moved("), "each case of HTTPConnection+States.swift is read")
    name = lambda word: "any" if word == "_" else word.removeprefix(".")  # noqa: E731
    rows = [[f"`{event}`", name(request), name(response) + (", if it persists" if persists else ""),
             "as it was" if after == "request" else after, "as it was" if then == "response" else then,
             "no longer" if "false" in last else ""]
            for event, request, response, persists, after, then, last in cases]
    http = table(["what happens", "request", "response", "request then", "response then", "persists"], rows)
    source = (ROOT / "Sources/WebSocketCore/WebSocketConnection+States.swift").read_text()
    lines = [[cell.strip() for cell in line.split("|")]
             for line in re.findall(r"^//     (.+\|.+)$", source, re.MULTILINE)]
    lines[0] = [lines[0][0]] + [f"`{word}`" for word in lines[0][1:]]
    return ("A connection of HTTP ([HTTPConnection+States.swift](../Sources/HTTPCore/HTTPConnection+States.swift));\n"
            "what no row has may not happen:\n\n" + http + "\n\nA connection of WebSocket, from the 101 on\n"
            "([WebSocketConnection+States.swift](../Sources/WebSocketCore/WebSocketConnection+States.swift)):\n\n"
            + table(lines[0], lines[1:]))


def problems_of_options(program: Path) -> list[str]:
    """Options of the program that no page names."""
    shown = subprocess.run([program, "--help"], capture_output=True, text=True, check=True).stdout
    pages = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    names = set(re.findall(r"^ +(?:-\w, )?(--[\w-]+)", shown, re.MULTILINE)) - {"--help", "--version"}
    return [f"no page names the option {name}" for name in sorted(names)
            if not re.search(rf"--(no-)?{name[2:]}(?![\w-])", pages)]


def problems_of_tables(program: Path, write: bool) -> list[str]:
    """The tables that are not as they would be made now; with `write` they are made."""
    with tempfile.TemporaryDirectory() as folder, \
            Program(program, KITCHEN, "--board", "simulated", "--port", "0", XDG_STATE_HOME=folder) as device:
        description = json.loads(request(device.port, "/api/openapi.json")[1])
    made = [("interface.md", "operations", operations(description)), ("interface.md", "schemas", schemas(description)),
            ("architecture.md", "states", states())]
    problems = []
    for name, what, text in made:
        page = ROOT / "docs" / name
        begin, end = f"<!-- {what}: made by Conformance/docs/run --write -->", f"<!-- end of {what} -->"
        before, found, rest = page.read_text().partition(begin)
        old, closed, after = rest.partition(end)
        if not found or not closed:
            problems.append(f"docs/{name} has no place for the table of {what}")
        elif (new := f"\n\n{text}\n\n") != old:
            if write:
                page.write_text(before + begin + new + end + after)
            else:
                problems.append(f"docs/{name}: the table of {what} is not what is made now: run this with --write")
    return problems
