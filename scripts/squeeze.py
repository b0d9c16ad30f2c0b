# SPDX-License-Identifier: MIT
"""Makes a script, a style sheet and a document small, for scripts/build-page. Comments go, and the white space that
means nothing. What a script declares gets short names, within each function its own; properties keep theirs, but for
those of which the caller says that nothing else knows them. Tables of numbers stand where they are used.

This reads the JavaScript that Web/ is written in, and refuses what it could take for something else. There are no
regular expressions, classes, labels or getters, a declaration declares one name or takes apart one value, each
statement ends with its semicolon, and a template literal ends on its line and holds no braces but those of its
expressions. A division is written with spaces.
"""
from __future__ import annotations

import re
import string
from collections import Counter
from itertools import product

TOKEN = re.compile(r"""'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`"""  # literals
                   r"""|//[^\n]*|[\d.]*\d\w*|[\w$]+|=>|\s+|.""")
WORD = re.compile(r"[A-Za-z_]\w*")
KEYWORDS = set("""async await break case catch const continue default delete do else false finally for function if in
    instanceof let new null of return switch this throw true try typeof undefined while""".split())
SHORTER = {"const": "let", "true": "!0", "false": "!1", "undefined": "void 0"}
NEVER_SHORT = {"as", "do", "if", "in", "is", "of"}


class SqueezeError(Exception):
    pass


def tokens(text: str):
    """The tokens of a script without comments and space. A template literal is parted at its expressions."""
    for token in TOKEN.findall(text):
        if token == "$" or token == "`":
            raise SqueezeError("a template literal inside another, or over several lines")
        if token[0] == "`":
            first, *others = token.split("${")
            yield first + ("${" if others else "")
            for number, other in enumerate(others, 1):
                expression, _, words = other.partition("}")
                if "{" in expression:
                    raise SqueezeError(f"braces in a template literal: {token}")
                yield from tokens(expression)
                yield "}" + words + ("${" if number < len(others) else "")
        elif not token.isspace() and not token.startswith("//"):
            yield token


# Scopes ------------------------------------------------------------------------------------------------------------


class Scope:
    """What a block or a function declares, and where each name is used in it and in the scopes within."""

    def __init__(self, outer: Scope | None = None) -> None:
        self.outer, self.inner = outer, []
        self.uses: dict[str, list[int]] = {}  # declared name -> the tokens that are it
        self.outside: Counter[tuple[Scope | None, str]] = Counter()  # what is used here and declared further out
        if outer:
            outer.inner.append(self)


class Reader:
    """Finds the scopes of a script, and for each word whether it is a name, and whose."""

    def __init__(self, script: list[str]) -> None:
        self.script = [*script, ""]
        self.close = self.brackets()
        self.found: list[tuple[int, Scope]] = []  # names that are used
        self.properties: set[int] = set()  # tokens that name a property
        self.short: set[int] = set()  # tokens that are both a property's name and a variable's
        self.top = Scope()
        self.walk(0, len(script), self.top)
        for index, scope in self.found:
            self.resolve(index, scope)

    def brackets(self) -> dict[int, int]:
        """Opening bracket -> its closing one."""
        close, opened = {}, []
        for index, token in enumerate(self.script):
            if token and (token in ")]}" or token[0] == "}"):
                close[opened.pop()] = index
            if token and token in "([{" or token.endswith("${"):
                opened.append(index)
        return close

    def resolve(self, index: int, scope: Scope | None) -> None:
        name = self.script[index]
        passed = []
        while scope and name not in scope.uses:
            passed.append(scope)
            scope = scope.outer
        for one in passed:
            one.outside[scope, name] += 1
        if scope:
            scope.uses[name].append(index)

    def declare(self, index: int, scope: Scope) -> None:
        scope.uses.setdefault(self.script[index], [])
        self.found.append((index, scope))

    def walk(self, index: int, end: int, scope: Scope, is_object: bool = False) -> None:
        """Reads tokens up to `end`; `is_object`: they are the properties of a literal."""
        script = self.script
        begin = index
        while index < end:
            token, before = script[index], script[index - 1] if index else ""
            at_entry = is_object and (index == begin or before == ",")
            if at_entry and token == "async" and script[index + 1] != "(":
                index += 1
                token = script[index]
            if at_entry and WORD.fullmatch(token) and script[index + 1] in ("(", ":"):
                self.properties.add(index)
            if at_entry and WORD.fullmatch(token) and script[index + 1] == "(":
                index = self.function(index + 1, scope)
            elif at_entry and WORD.fullmatch(token) and script[index + 1] == ":":
                index += 2
            elif token in ("const", "let"):
                index = self.target(index + 1, scope)
                if script[index] not in ("=", ";", "of", "in"):
                    raise SqueezeError(f"one declaration, one name: {' '.join(script[index - 3:index + 3])}")
            elif token == "function":
                self.declare(index + 1, scope)
                index = self.function(index + 2, scope)
            elif token == "(" and script[self.close[index] + 1] == "=>":
                index = self.arrow(index, end, scope)
            elif token == "for":
                index = self.loop(index + 1, scope)
            elif token == "catch" and script[index + 1] == "(":
                index = self.function(index + 1, scope)
            elif index in self.close:
                inner = Scope(scope) if token == "{" and self.is_block(index) else scope
                self.walk(index + 1, self.close[index], inner, token == "{" and inner is scope)
                index = self.close[index] if script[self.close[index]].endswith("${") else self.close[index] + 1
            else:
                if self.is_property(index):
                    self.properties.add(index)
                elif WORD.fullmatch(token) and token not in KEYWORDS:
                    self.found.append((index, scope))
                    if at_entry and script[index + 1] in (",", "}"):
                        self.short.add(index)
                index += 1

    def is_property(self, index: int) -> bool:
        return index > 1 and self.script[index - 1] == "." and self.script[index - 2] != "."

    def is_block(self, index: int) -> bool:
        """Whether a brace opens a block, not a literal: where a statement can begin."""
        before = self.script[index - 1] if index else ";"
        if before == ":":  # of a case
            return self.script[index - 3] == "case"
        return before in (")", ";", "{", "}", "=>", "else", "try", "catch", "finally")

    def target(self, index: int, scope: Scope) -> int:
        """Declares a name, or all into which a value is taken apart. Returns the index behind it."""
        script = self.script
        if index not in self.close:
            self.declare(index, scope)
            return index + 1
        end, is_object = self.close[index], script[index] == "{"
        index += 1
        while index < end:
            if script[index] in (",", "."):
                index += 1
                continue
            if is_object and script[index + 1] == ":":
                self.properties.add(index)
                index += 2
            elif is_object and script[index - 1] != ".":
                self.short.add(index)
            index = self.default(self.target(index, scope), end, scope)
        return end + 1

    def default(self, index: int, end: int, scope: Scope) -> int:
        """Reads what stands for a missing value, if there is that. Returns the index behind it."""
        if self.script[index] != "=":
            return index
        stop = self.end_of_expression(index + 1, end)
        self.walk(index + 1, stop, scope)
        return stop

    def end_of_expression(self, index: int, end: int) -> int:
        while index < end and self.script[index] not in (",", ";"):
            index = self.close.get(index, index)
            index += not self.script[index].endswith("${")
        return index

    def parameters(self, opening: int, scope: Scope) -> None:
        index, end = opening + 1, self.close[opening]
        while index < end:
            if self.script[index] in (",", "."):
                index += 1
            else:
                index = self.default(self.target(index, scope), end, scope)

    def function(self, opening: int, scope: Scope) -> int:
        """Reads parameters and a body in braces. Returns the index behind it."""
        inner = Scope(scope)
        self.parameters(opening, inner)
        body = self.close[opening] + 1
        self.walk(body + 1, self.close[body], inner)
        return self.close[body] + 1

    def arrow(self, opening: int, end: int, scope: Scope) -> int:
        inner = Scope(scope)
        self.parameters(opening, inner)
        body = self.close[opening] + 2
        if self.script[body] == "{":
            self.walk(body + 1, self.close[body], inner)
            return self.close[body] + 1
        stop = self.end_of_expression(body, end)
        self.walk(body, stop, inner)
        return stop

    def loop(self, opening: int, scope: Scope) -> int:
        inner = Scope(scope)
        body = self.close[opening] + 1
        stop = body
        while self.script[stop] != ";" and not (self.script[stop] == "{" and self.script[stop - 1] == ")"):
            stop = self.close.get(stop, stop)
            stop += not self.script[stop].endswith("${")
        stop = self.close.get(stop, stop) + 1
        self.walk(opening + 1, body - 1, inner)
        self.walk(body, stop, inner)
        return stop


# Short names -------------------------------------------------------------------------------------------------------


NUMBERS = re.compile(r"^const (\w+) = \{\n((?:  \w+: \d+,.*\n)+)\};$", flags=re.MULTILINE)


def inline_numbers(text: str) -> str:
    """A table of numbers goes, and they stand where they are used."""
    for name, lines in NUMBERS.findall(text):
        numbers = dict(re.findall(r"^  (\w+): (\d+)", lines, flags=re.MULTILINE))
        text = re.sub(rf"\b{name}\.(\w+)", lambda found: numbers[found.group(1)], text)
    return NUMBERS.sub("", text)


def property_names(reader: Reader, own: set[str]) -> dict[str, str]:
    """Short names for the properties that are the script's own, none that another property has."""
    uses = Counter(reader.script[index] for index in sorted(reader.properties | reader.short))
    named = own & {token[1:-1] for token in reader.script if token[:1] in "'\""}
    if named:
        raise SqueezeError(f"a string names what is said to be the script's own: {', '.join(sorted(named))}")
    free = (name for name in short_names() if name not in uses)
    return {name: next(free) for name, _ in uses.most_common() if name in own}


def short_names():
    letters = string.ascii_lowercase + string.ascii_uppercase
    return ("".join(name) for length in (1, 2, 3) for name in product(letters, repeat=length))


def rename(script: list[str], own: set[str]) -> list[str]:
    """The script with short names for what it declares, and for its own properties."""
    reader = Reader(script)
    properties = property_names(reader, own)
    renamed = list(script)
    for index in reader.properties:
        renamed[index] = properties.get(script[index], script[index])
    names: dict[tuple[Scope | None, str], str] = {}

    def visit(scope: Scope) -> None:
        taken = {names.get(key, key[1]) for key in scope.outside} | NEVER_SHORT | KEYWORDS
        if scope is reader.top:
            taken |= {reader.script[index] for index, _ in reader.found}
        free = (name for name in short_names() if name not in taken)
        # The most used of the script's names are the shortest. Within a function they stand in order, so that all
        # functions begin alike: that compresses better.
        order = sorted(scope.uses.items(), key=lambda item: (0 if scope.outer else -len(item[1]), item[1]))
        for name, uses in order:
            short = names[scope, name] = next(free)
            for index in uses:
                renamed[index] = f"{properties.get(name, name)}:{short}" if index in reader.short else short
        for inner in scope.inner:
            visit(inner)

    visit(reader.top)
    return renamed


def squeeze_script(text: str, own: set[str]) -> str:
    """A script in one line. `own`: the properties that nothing else knows, no string in it either."""
    squeezed = [""]
    for token in rename(list(tokens(inline_numbers(text))), own):
        token = SHORTER.get(token, token)
        if squeezed[-1] in (",", ";") and token == "}" or squeezed[-1] == "," and token in ")]":
            squeezed.pop()
        before = squeezed[-1][-1:]
        if is_word(before) and is_word(token[0]) or before == token[0] and token[0] in "+-":
            squeezed.append(" ")
        squeezed.append(token)
    return "".join(squeezed) + "\n"


def is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


# Style sheets and documents ----------------------------------------------------------------------------------------


def squeeze_style(text: str) -> str:
    """A style sheet without comments, without white space around its signs, and with short names for its variables."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,>~]) ?|(?<=[\w-]): ", lambda found: found.group(1) or ":", text)
    names = sorted(set(re.findall(r"--[a-z-]+", text)))
    short = {name: f"--{letter}" for name, letter in zip(names, string.ascii_lowercase, strict=False)}
    text = re.sub(r"--[a-z-]+", lambda found: short[found.group()], text)
    return text.replace(";}", "}").strip() + "\n"


def squeeze_lines(text: str) -> str:
    """A document or an image without whole-line comments and without white space between its lines."""
    text = re.sub(r"^\s*<!--.*-->\s*$", "", text, flags=re.MULTILINE)
    return "".join(line.strip() for line in text.splitlines()) + "\n"


def squeeze_document(text: str) -> str:
    """The same for a document in HTML, without the quotation marks and tags that it can do without, too (13.1.2)."""
    text = re.sub(r"""="([^"\s'`=<>%]+)"(?=[ >])""", r"=\1", squeeze_lines(text))
    return re.sub(r"</?head>|</?body>|</p>(?=</(?:header|main|html)>)", "", text)
