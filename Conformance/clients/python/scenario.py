# SPDX-License-Identifier: MIT
"""What every client program does, in Python: the same few lines exist for each language. A library's program tells the
scenario what happens, and does what it answers: sends it, closes, or reads on.

    PROGRAM toggle|echo=SIZE,...|read URL [ORIGIN [AUTHORIZATION]]

What happens is printed, a line for each event, its first word saying what it is (`run` has the list).
"""
from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator

Data = str | bytes
CLOSE = object()  # the answer of a scenario that is done
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

kind, url, origin, authorization = (word or None for word in [*sys.argv[1:], "", ""][:4])
login = {"Authorization": authorization} if authorization else {}
fields = login | ({"Origin": origin} if origin else {})  # of the handshake, for a library that has no option for Origin


def say(*words: object) -> None:
    print(" ".join(" ".join(map(str, words)).split()), flush=True)


def _lines(data: Data) -> Iterator[Data | None]:
    """Sends the word `toggle` after the first message, and is done after the second."""
    say("text", data)
    data = yield "toggle"
    say("text", data)


def _echoes() -> Iterator[Data]:
    """Sends text and bytes of each size, and compares what comes back."""
    for size in map(int, kind.partition("=")[2].split(",")):
        text = (ALPHABET * (size // 26 + 1))[:size]
        for name, sent in (("text", text), ("binary", text.encode())):
            received = yield sent
            say("echoed" if received == sent else "garbled", name, size)


_steps: Iterator[Data] | None = None


def _next(data: Data | None) -> Data | object:
    try:
        return _steps.send(data)
    except StopIteration:
        return CLOSE


def opened() -> Data | object | None:
    """To be called once the connection is open."""
    global _steps
    say("open")
    if kind.startswith("echo"):
        _steps = _echoes()
        return _next(None)
    return None


def received(data: Data) -> Data | object | None:
    """To be called with each message: text as `str`, else bytes."""
    global _steps
    data = data if isinstance(data, str) else bytes(data)
    if _steps is not None:
        return _next(data)
    if kind == "toggle":
        _steps = _lines(data)
        return _next(None)
    say("text" if isinstance(data, str) else "binary", data)
    return None


def refused(words: object) -> None:
    """To be called with what the library says when it does not get a connection."""
    say("refused", name(words))


def closed(code: int | None, words: object = "") -> None:
    """To be called at the end, with the code that the library shows, None if it shows none."""
    say("closed", "-" if code is None else int(code), name(words))


def name(words: object) -> str:
    """An exception with its type, as a traceback's last line shows it."""
    return f"{type(words).__name__}: {words}" if isinstance(words, BaseException) else str(words)


def talk(send: Callable[[Data], object], receive: Callable[[], Data], close: Callable[[], object]) -> None:
    """The whole conversation, for a library whose calls block."""
    answer = opened()
    while answer is not CLOSE:
        if answer is not None:
            send(answer)
        answer = received(receive())
    close()


async def talk_async(send: Callable[[Data], Awaitable], receive: Callable[[], Awaitable[Data]],
                     close: Callable[[], Awaitable]) -> None:
    """The same for calls to be awaited, in whichever event loop."""
    answer = opened()
    while answer is not CLOSE:
        if answer is not None:
            await send(answer)
        answer = received(await receive())
    await close()
