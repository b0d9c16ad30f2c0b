# SPDX-License-Identifier: MIT
"""websocat, as in a pipe: a line is a message, and the end of its standard input is the end of it. This program writes
its lines for it, and says what it prints. Bytes go by its option --binary, in a second run."""
import os
import subprocess
import sys

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
program, kind, url = sys.argv[1:4]
origin, authorization = [*sys.argv[4:], "", ""][:2]
options = [f"--origin={origin}"] * bool(origin) + [f"--header=Authorization: {authorization}"] * bool(authorization)


def say(*words: object) -> None:
    print(" ".join(" ".join(str(word).split()) for word in words), flush=True)


def start(*more: str) -> subprocess.Popen:
    return subprocess.Popen([program, "--exit-on-eof", *more, *options, url], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def echo(size: int) -> None:
    """A line of that size with its line feed, which is part of the message; bytes come back without one."""
    line = (ALPHABET * (size // 26 + 1))[:size - 1] + "\n"
    for name in ("text", "binary"):
        socket = start("--binary") if name == "binary" else start()
        socket.stdin.write(line.encode())
        socket.stdin.flush()
        received = b""
        while len(received) < size and (more := os.read(socket.stdout.fileno(), 1 << 20)):
            received += more
        say("echoed" if received == line.encode() else "garbled", name, size)
        socket.communicate()


def follow() -> None:
    socket = start()
    count = 0
    for line in socket.stdout:
        if count == 0:
            say("open")
        say("text", line.decode())
        count += 1
        if kind == "toggle" and count == 1:
            socket.stdin.write(b"toggle\n")
            socket.stdin.flush()
        elif kind == "toggle":
            socket.stdin.close()
    problem = socket.stderr.read().decode()
    say("closed -" if count else "refused", problem)


if kind.startswith("echo"):
    say("open")
    for size in map(int, kind.partition("=")[2].split(",")):
        echo(size)
    say("closed -")
else:
    follow()
