# SPDX-License-Identifier: MIT
"""One address that takes all it can get, and visitors from others, each with an address of its own (127.0.0.0/8): the
places are shared out, so that every visitor is served at once."""
from __future__ import annotations

import contextlib
import multiprocessing
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from bench import Bench, Resources, until
from common.http import HALF_A_HELLO, request
from common.program import Program
from common.websocket import handshake

FORK = multiprocessing.get_context("fork")
GREEDY = "127.0.0.2"
VISITORS = 50
OVER_TLS = 25  # there a visitor is there for tens of milliseconds, and all at once must fit into the device's 32 places
PATIENCE = 0.250  # seconds within which each is served
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
KINDS = {  # what each connection of the greedy address says, and then leaves it at that
    "say nothing": b"",
    "send half a head": HEAD[:25],
    "send a body slowly": b"PUT /api/parts/led HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    "become sockets": None,  # the handshake
    "do not take the answer": HEAD.replace(b"/ ", b"/index.js ") + b"\r\n",
}


def crowd(bench: Bench) -> None:
    """one address makes 1,000 connections a second; 50 visitors from other addresses come"""
    with bench.heliograph() as server:
        resources = Resources(server)
        for words, message in KINDS.items():
            with greedy(server.port, 1000, message):
                visit(bench, server.port, f"among a thousand a second that {words}")
        with greedy(server.port, 1500, HEAD + b"\r\n"):
            visit(bench, server.port, "among 1,500 a second that ask for the page")
        bench.measure("memory grew by", resources.growth, 8, "MB")
        bench.measure("descriptors come back within", until(lambda: resources.descriptors_more <= 0, 40), 40, "s")


def handshakes(bench: Bench) -> None:
    """the same over TLS: handshakes that do not go on, and whole ones; the visitors make theirs"""
    with tempfile.TemporaryDirectory() as folder, Program(
            bench.programs / "heliograph", "--port", "0", "--tls", "--tls-port", "0", "--state-file",
            Path(folder) / "state", "--transport", "auto") as server:  # TLS is not a matter of choice among transports
        trust = ssl.create_default_context(cadata=request(server.open_port, "/ca.pem")[1].decode())
        port = server.tls_port
        resources = Resources(server)
        visit(bench, port, "over TLS alone", trust)
        with greedy(port, 1000, HALF_A_HELLO):
            visit(bench, port, "among a thousand halves of a handshake a second", trust)
        count = FORK.Value("i", 0)
        with in_a_process(shake, port, count):
            visit(bench, port, "among whole handshakes", trust)
            bench.note(f"{count.value:,} whole handshakes of the greedy address meanwhile")
        bench.measure("memory grew by", resources.growth, 24, "MB")
        bench.measure("descriptors come back within", until(lambda: resources.descriptors_more <= 0, 40), 40, "s")


def household(bench: Bench) -> None:
    """eight sockets, then 32 slow bodies of one phone; others want to use the device"""
    with bench.heliograph() as server:
        phone = [upgraded(server.port, GREEDY) for _ in range(8)]
        bench.measure("sockets that the phone has", sum(is_open(one) for one in phone), 8, at_least=8)
        others = [upgraded(server.port, f"127.0.1.{number}") for number in range(1, 5)]
        bench.measure("sockets of others that have a place", sum(is_open(one) for one in others), 4, at_least=4)
        bench.measure("sockets that the phone is left with", sum(is_open(one) for one in phone), 4, at_least=4)
        bodies = [connected(server.port, GREEDY, KINDS["send a body slowly"]) for _ in range(32)]
        time.sleep(0.2)
        visit(bench, server.port, "beside 32 slow bodies")
        for one in (*phone, *others, *bodies):
            one.close()


def visit(bench: Bench, port: int, when: str, trust: ssl.SSLContext | None = None) -> None:
    """Has all visitors come at once, three times; over TLS if there is something to trust."""
    count = OVER_TLS if trust else VISITORS
    times: list[float] = []
    for turn in range(3):
        threads = [threading.Thread(target=lambda number=number: times.append(served(port, f"127.0.1.{number}", trust)))
                   for number in range(1, count + 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    bench.measure(f"visitors not served {when}", sum(took == float("inf") for took in times), 0)
    bench.measure("the last of the others after", max((took for took in times if took < 60), default=60) * 1000,
                  PATIENCE * 1000, "ms")


def served(port: int, address: str, trust: ssl.SSLContext | None) -> float:
    """The seconds that the page took; infinite if it did not come."""
    start = time.monotonic()
    try:
        with (connected(port, address, b"") as plain,
              trust.wrap_socket(plain, server_hostname="localhost") if trust else plain as visitor):
            visitor.sendall(HEAD + b"Connection: close\r\n\r\n")
            answer = b""
            # Read to its end, as a browser does: what the server does with the connection after that is its affair.
            while not answer.rstrip().endswith(b"</html>") and (more := visitor.recv(65_536)):
                answer += more
    except OSError:
        return float("inf")
    is_page = answer.startswith(b"HTTP/1.1 200") and answer.rstrip().endswith(b"</html>")
    return time.monotonic() - start if is_page else float("inf")


def connected(port: int, address: str, message: bytes) -> socket.socket:
    one = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(address, 0))
    one.sendall(message)
    return one


def upgraded(port: int, address: str) -> socket.socket:
    """A socket whose handshake is done; what follows may be a Close."""
    one = connected(port, address, handshake(port))
    one.settimeout(10)
    answer = b""
    while b'"type":"hello"' not in answer and b"busy" not in answer:
        more = one.recv(65_536)
        if not more:
            raise RuntimeError(f"no socket: {answer!r}")
        answer += more
    return one


def is_open(one: socket.socket) -> bool:
    """Whether no Close and no end has come."""
    time.sleep(0.05)
    one.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        received = one.recv(65_536)
        return bool(received) and b"\x88" not in received
    return True


@contextlib.contextmanager
def greedy(port: int, rate: int, message: bytes | None):
    """The greedy address for as long as `with` lasts."""
    with in_a_process(grab, port, rate, handshake(port) if message is None else message):
        yield


@contextlib.contextmanager
def in_a_process(work: Callable, *arguments: object):
    """Has `work` done elsewhere for as long as `with` lasts."""
    process = FORK.Process(target=work, args=arguments, daemon=True)
    process.start()
    time.sleep(0.5)  # all places are the greedy address's
    yield
    process.terminate()
    process.join()


def shake(port: int, count) -> None:
    """Makes whole handshakes, one after the other, for at most a minute, and keeps the last hundred connections."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # it spends nothing on what only it would gain by
    held: list[socket.socket] = []
    start = time.monotonic()
    while time.monotonic() - start < 60:
        with contextlib.suppress(OSError):
            held.append(trust.wrap_socket(connected(port, GREEDY, b"")))
            count.value += 1
        if len(held) > 100:
            held.pop(0).close()


def grab(port: int, rate: int, message: bytes) -> None:
    """Connects so often a second, for at most a minute, and keeps the last thousand."""
    held: list[socket.socket] = []
    start, count = time.monotonic(), 0
    while (passed := time.monotonic() - start) < 60:
        while count < passed * rate:
            count += 1
            one = socket.socket()
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            one.bind((GREEDY, 0))
            one.setblocking(False)
            with contextlib.suppress(BlockingIOError, OSError):
                one.connect(("127.0.0.1", port))
            held.append(one)
            if len(held) > 20:  # the handshake of TCP is done by now
                with contextlib.suppress(OSError):
                    held[-20].send(message)
            if len(held) > 1000:
                held.pop(0).close()
        time.sleep(0.002)
