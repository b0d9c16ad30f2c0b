# SPDX-License-Identifier: MIT
"""What no client should do, while another one, in a process of its own, is served as ever: the page and a toggle, time
after time, each within 100 ms. Afterwards the memory is back, lwIP's as well, and the board has not started again."""
from __future__ import annotations

import contextlib
import random
import socket
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bench import Bench, tail
from common.claims import check, check_time, until
from board import Board, Heap
from bystander import Bystander
from common.http import device_state, request
from common.websocket import CLOSE, PING, TEXT, WebSocket, connect_tcp, frame, handshake

MANY = 1000
BOUND = 100  # milliseconds for an ordinary client's page, and for its toggle
HEAD_TIMEOUT = 5  # seconds; `ServerLimits`
CONNECTIONS = 12  # `ServerLimits.firmware`


class Rest(NamedTuple):
    """What is in use when all connections are over."""
    heap: Heap
    lwip: int  # bytes of lwIP's heap


class Watch:
    """An ordinary client while the block of `with` runs, and then a look at what the board is left with. The end of a
    test asks for the `verdict`: how long that client waited."""

    def __init__(self, board: Board) -> None:
        self.board = board
        warm_up(board)
        self.boot = device_state(board.port)["boot"]
        self.before = at_rest(board)

    def __enter__(self) -> Watch:
        self._other = Bystander(self.board.port).__enter__()
        return self

    def __exit__(self, *problem: object) -> None:
        other = self._other
        other.__exit__(*problem)
        if problem[0] is not None:
            return
        self._words = (f"of {other.looks} pages for another client the slowest took {other.page:.0f} ms, of its toggles"
                       f" {other.toggle:.0f} ms")
        check(not other.error, f"an ordinary client met {other.error}; {self._words}")
        check_same_start(self.board, self.boot)
        after = at_rest(self.board, self.before)
        check(is_back(after, self.before), f"the memory is not back: {self.before}, then {after}")
        self._words += f"; heap back at {after.heap.used:,} bytes (peak {after.heap.peak:,}), lwIP's at {after.lwip:,}"

    def verdict(self) -> str:
        other = self._other
        check_time(other.looks >= 5 and max(other.page, other.toggle) <= BOUND, self._words)
        return self._words


def check_same_start(board: Board, boot: str) -> None:
    check(b"Fault" not in board.serial and board.starts == 1 and device_state(board.port)["boot"] == boot,
          f"the board has started again: {tail(board.serial)}")


def warm_up(board: Board) -> None:
    """Everything once, so that what stays allocated is."""
    for _ in range(3):
        with contextlib.ExitStack() as stack:
            pages = [stack.enter_context(WebSocket(board.port)) for _ in range(8)]
            for page in pages:
                page.send_json(type="toggle", id=1, part="led")
                page.message("ack")
                page.send("x" * 500)
                page.message("error")
        request(board.port)
        request(board.port, "/index.js", headers={"Accept-Encoding": "gzip"})
    for count in range(0, len(dialogue(board.port)), 7):
        talk(board, dialogue(board.port)[:count], 0)


def is_back(now: Rest, base: Rest) -> bool:
    """Whether no block more is in use. A block's size may vary: what is too small to be another block stays with it.
    lwIP's heap at rest holds what DHCP needs, always the same."""
    return (now.heap.allocations <= base.heap.allocations
            and now.heap.used <= base.heap.used + 8 * now.heap.allocations and now.lwip <= base.lwip)


def at_rest(board: Board, wanted: Rest | None = None, *, forgotten: bool = False) -> Rest:
    """What is in use when all connections are over, `forgotten` ones even after TIME-WAIT, which lasts 10 s of the
    board; when that has come back to what is wanted, or does not in 30 s. (A client that is gone without a word is noticed
    after 35 s of the board, which on a busy machine take longer.)"""
    def rest() -> Rest:
        return Rest(board.heap, board.network.heap_used)
    until(lambda: device_state(board.port)["clients"] == 0, "all clients are gone", 100)
    until(lambda: board.network.is_at_rest, "lwIP has nothing left of any connection", 30, 0.2)
    with contextlib.suppress(AssertionError):
        until(lambda: wanted and is_back(rest(), wanted), "the memory is back", 30 if wanted else 3, 0.2)
    if forgotten:
        until(lambda: not board.network.time_wait, "TIME-WAIT is over for every connection", 60, 0.2)
    return rest()


# MARK: Resets and garbage

def dialogue(port: int) -> bytes:
    """All that a client says: a request, an upgrade, messages in pieces, a ping, a Close."""
    return (f"PUT /api/led HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nTransfer-Encoding: chunked\r\n"
            "Content-Type: application/json\r\n\r\nb\r\n{\"on\":true}\r\n0\r\n\r\n".encode()
            + handshake(port) + frame(TEXT, '{"type":"toggle",', final=False) + frame(PING, "between")
            + frame(0, '"part":"led","id":7}') + frame(TEXT, "x" * 200) + frame(CLOSE, b"\x03\xe8over"))


def talk(board: Board, words: bytes, cut: int, moment: float = 0.0) -> None:
    """Says the words in two pieces, and resets the connection."""
    with contextlib.suppress(ConnectionError), connect_tcp(board.port) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(words[:cut])
        time.sleep(moment)
        connection.sendall(words[cut:])
        time.sleep(moment)


def a_thousand_resets_at_any_point_of_a_dialogue_do_no_harm(bench: Bench) -> str:
    def cut_off(board: Board, chance: random.Random) -> None:
        words = dialogue(board.port)
        end = chance.randint(0, len(words))
        talk(board, words[:end], chance.randint(0, end), chance.choice([0, 0.002, 0.01]))
    return a_thousand_times(bench, cut_off)


def a_thousand_connections_of_garbage_do_no_harm(bench: Bench) -> str:
    def talk_garbage(board: Board, chance: random.Random) -> None:
        begin = chance.choice([b"", handshake(board.port), b"GET / HTTP/1.1\r\n"])
        with contextlib.suppress(ConnectionError), connect_tcp(board.port, timeout=5) as connection:
            connection.sendall(begin + chance.randbytes(chance.randint(1, 2000)))
            if chance.random() < 0.5:
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65_536):
                    pass
    return a_thousand_times(bench, talk_garbage)


def a_thousand_times(bench: Bench, act: Callable[[Board, random.Random], None]) -> str:
    """Does it, after a hundred times by which every buffer that stays gets its size."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    with bench.board() as board:
        for _ in range(MANY // 10):
            act(board, chance)
        watch = Watch(board)
        with watch:
            for _ in range(MANY):
                act(board, chance)
        return f"{MANY} connections, seed {seed}; {watch.verdict()}"


# MARK: Clients that are slow

def a_client_that_never_reads_holds_nobody_up(bench: Bench) -> str:
    with bench.board() as board:
        watch = Watch(board)
        with watch, WebSocket(board.port, receive_buffer=2048) as deaf, WebSocket(board.port) as actor:
            asked = ask_until_stuck(deaf)
            start = time.monotonic()
            for number in range(MANY):
                actor.send_json(type="toggle", id=number, part="led")
                actor.message("ack")
            took = time.monotonic() - start
            peak = board.heap
        return (f"{asked:,} pings, then nothing read during {MANY} changes in {took:.1f} s, heap {peak.used:,} then;"
                f" {watch.verdict()}")


def ask_until_stuck(deaf: WebSocket) -> int:
    """Sends pings until no more is taken; how many that were."""
    ping = frame(PING, b"p" * 125)
    deaf.socket.settimeout(0.5)
    count = 0
    with contextlib.suppress(TimeoutError):
        while count < 20_000:
            deaf.socket.sendall(ping)
            count += 1
    return count


def a_handshake_of_a_byte_a_second_ends_by_its_deadline(bench: Bench) -> str:
    count = 4
    with bench.board() as board:
        watch = Watch(board)
        with watch, contextlib.ExitStack() as stack:
            slow = [stack.enter_context(connect_tcp(board.port)) for _ in range(count)]
            start = time.monotonic()
            ends = list(trickle(slow, handshake(board.port), start + 3 * HEAD_TIMEOUT))
        check(len(ends) == count, f"{count - len(ends)} of {count} handshakes were let go on")
        check(all(answer.startswith(b"HTTP/1.1 408 ") for _, answer in ends), f"the answers are {ends}")
        last = max(moment for moment, _ in ends) - start
        check_time(last < HEAD_TIMEOUT + 3, f"the last was let go on for {last:.1f} s")
        return f"{count} at a time get 408 after {last:.1f} s; {watch.verdict()}"


def trickle(clients: list[socket.socket], words: bytes, until: float) -> Iterator[tuple[float, bytes]]:
    """Sends a byte a second on each; when each was answered, and with what."""
    waiting = dict.fromkeys(clients)
    for index in range(len(words)):
        for client in list(waiting):
            with contextlib.suppress(OSError):
                client.send(words[index:index + 1])
            client.settimeout(0.01)
            with contextlib.suppress(TimeoutError):
                answer = client.recv(4096)
                yield time.monotonic(), answer
                del waiting[client]
        if not waiting or time.monotonic() > until:
            return
        time.sleep(1 - 0.01 * len(waiting))


# MARK: Clients that ask for much at once

def get(port: int, head_size: int) -> bytes:
    """A request for the page whose head has so many bytes, or the least that it can have."""
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    padding = max(head_size - len(head) - len("X: \r\n\r\n"), 0)
    return f"{head}X: {'x' * padding}\r\n\r\n".encode()


def connect_all(stack: contextlib.ExitStack, board: Board, **options: int) -> list[socket.socket]:
    """As many connections as the board has places, each with a request answered."""
    def connect() -> socket.socket:
        connection = stack.enter_context(connect_tcp(board.port, **options))
        connection.sendall(b"HEAD" + get(board.port, 0)[3:])
        check(connection.recv(1), "a connection ends at once")
        return connection
    return [connect() for _ in range(CONNECTIONS)]


def clients_that_all_pipeline_requests_are_all_answered(bench: Bench) -> str:
    count, words = 60, []
    for size in (0, 900):
        with bench.board() as board, contextlib.ExitStack() as stack:
            clients = connect_all(stack, board)
            start = time.monotonic()
            with ThreadPoolExecutor(2 * CONNECTIONS) as pool:
                for client in clients:
                    pool.submit(client.sendall, get(board.port, size) * count)
                answers = list(pool.map(lambda client: pages_read(client, count), clients))
            check(answers == [count] * CONNECTIONS, f"of {count} requests with {size or 'few'} bytes of head are answered"
                                                    f" {answers}")
            words.append(f"{time.monotonic() - start:.1f} s")
            check(board.starts == 1, "the board has started again")
    return f"{CONNECTIONS} clients with {count} requests each, short heads and long ones, in {' and '.join(words)}"


def pages_read(client: socket.socket, count: int) -> int:
    """How many whole pages come before anything else does, or nothing for the client's time-out."""
    read = bytearray()
    with contextlib.suppress(TimeoutError):
        while read.count(b"</html>") < count and (piece := client.recv(65_536)):
            read += piece
    return read.count(b"</html>") if read.count(b"HTTP/1.1 ") in (count, count + 1) else -read.count(b"HTTP/1.1 ")


def clients_that_ask_for_all_they_can_and_read_nothing_do_not_exhaust_the_memory(bench: Bench) -> str:
    peaks = []
    with bench.board() as board:
        warm_up(board)
        boot = device_state(board.port)["boot"]
        before = at_rest(board)
        for size in (0, 900, 2000):
            for ends in (False, True):
                with contextlib.ExitStack() as stack:
                    for client in connect_all(stack, board, receive_buffer=2048):
                        client.setblocking(False)
                        with contextlib.suppress(BlockingIOError):
                            client.sendall(get(board.port, size) * 400)
                        with contextlib.suppress(OSError):
                            if ends:
                                client.shutdown(socket.SHUT_WR)
                    highest = max(board.heap.used for _ in range(20) if time.sleep(0.1) is None)
                    peaks.append(highest)
                until(lambda: board.network.is_at_rest, "all of them are gone", 30, 0.1)
        after = at_rest(board, before)
        check_same_start(board, boot)
        check(is_back(after, before), f"the memory is not back: {before}, then {after}")
        return f"heap at {min(peaks):,} to {max(peaks):,} bytes, {board.heap.peak:,} at most, of {after.heap.capacity:,}"


TESTS = [a_thousand_resets_at_any_point_of_a_dialogue_do_no_harm, a_thousand_connections_of_garbage_do_no_harm,
         a_client_that_never_reads_holds_nobody_up,
         a_handshake_of_a_byte_a_second_ends_by_its_deadline, clients_that_all_pipeline_requests_are_all_answered,
         clients_that_ask_for_all_they_can_and_read_nothing_do_not_exhaust_the_memory]
