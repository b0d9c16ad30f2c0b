# SPDX-License-Identifier: MIT
"""The image with MQTT on a broker that is not ours, mosquitto: QEMU's network calls this machine 10.0.2.2. What is said
there is seen by a client that is not ours either, paho's."""
from __future__ import annotations

import contextlib
import json
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from abuse import clients_that_all_pipeline_requests_are_all_answered
from bench import Bench
from board import GATEWAY, Board
from boards import BOARDS
from brokers import Mosquitto, field
from common.claims import check, check_time, until
from common.http import device_state, request
from common.websocket import WebSocket
from elf import Image
from memory import within_budget
from names import NameServer
from witness import Witness

SET_BROKER = BOARDS.parent / "set-broker"
OWN = "heliograph/lamp"
TOPICS = ("heliograph/#", "homeassistant/#")


class Desk:
    """A broker, and images that are for it. Use it in `with`."""

    def __init__(self, bench: Bench, kind: type[Mosquitto] = Mosquitto) -> None:
        self.bench = bench
        self._folder = tempfile.TemporaryDirectory(prefix="heliograph-")
        self.folder = Path(self._folder.name)
        self.broker = kind(self.folder)

    def __enter__(self) -> Desk:
        self.broker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.broker.stop()
        self._folder.cleanup()

    def image(self, host: str = GATEWAY, *options: str | Path) -> Image:
        """A copy of the image that is for this broker, as Firmware/set-broker makes it."""
        path = self.folder / self.bench.image_with_mqtt.path.name
        path.write_bytes(self.bench.image_with_mqtt.bytes)
        subprocess.run([sys.executable, SET_BROKER, path, f"{host}:{self.broker.port}", "--id", "lamp", *options],
                       check=True)
        return Image(path)

    @contextlib.contextmanager
    def board(self) -> Iterator[Board]:
        """A board that serves and is on the broker."""
        with self.bench.board(self.image()) as board:
            until(lambda: is_connected(board), "it is connected")
            yield board

    def witness(self, name: str = "witness") -> Witness:
        witness = Witness(self.broker.port, None, name, TOPICS)
        # Its small packets would wait for the broker's acknowledgments, 40 ms.
        witness.client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return witness


def is_connected(board: Board) -> bool:
    return device_state(board.port)["mqtt"]["connected"]


def led_state(board: Board) -> str:
    """Its state in the words of the broker; a press by which a board may start (`Board.go`) is in it."""
    return device_state(board.port)["status"].upper()


def trouble(board: Board) -> str:
    return device_state(board.port)["mqtt"].get("error", "")


def it_tells_of_itself_obeys_and_serves_its_page(bench: Bench) -> str:
    with Desk(bench) as desk, desk.witness() as witness, desk.board() as board:
        witness.wait_for(f"{OWN}/availability", "online", "it is there")
        states = [seen.topic for seen in witness.seen]
        check(states.index(f"{OWN}/led/state") < states.index(f"{OWN}/availability"), "its states come before that")
        check(json.loads(witness.last(f"{OWN}/about"))["parts"]["led"]["kind"] == "switch", "it says what it is")
        components = json.loads(witness.last("homeassistant/device/lamp/config"))["cmps"]
        check(components["led_switch"]["cmd_t"] == f"{OWN}/led/set", f"Home Assistant finds it: {components}")
        times = []
        with WebSocket(board.port) as page:
            for number in range(20):
                word, since = ("ON", "OFF")[led_state(board) == "ON"], len(witness.seen)
                start = time.monotonic()
                witness.publish(f"{OWN}/led/set", word, qos=number % 2)
                witness.wait_for(f"{OWN}/led/state", word, f"command {number} is obeyed", since=since)
                times.append(time.monotonic() - start)
                check(board.led == (word == "ON"), f"command {number}: the pin is not {word}")
                told = page.message("state")
                check((told["status"], told["parts"]["led"]["by"]) == (word.lower(), "mqtt"), f"the page hears {told}")
            since = len(witness.seen)
            pressed = "OFF" if board.led else "ON"
            board.press(60)
            witness.wait_for(f"{OWN}/button/event", '{"event_type":"click"}', "a press is told", since=since)
            witness.wait_for(f"{OWN}/led/state", pressed, "and what it did", since=since)
        events = [seen for seen in witness.seen if seen.topic == f"{OWN}/button/event"]
        check(not any(seen.is_retained for seen in events), "and not kept")
        check(request(board.port)[0] == 200, "the page is served")
        words = f"20 commands and their states, {1000 * sorted(times)[10]:.1f} ms in the median, {1000 * max(times):.1f} at most"
        check_time(max(times) < 0.2, words)
        return words


def a_broker_that_starts_again_has_the_last_state_again(bench: Bench) -> str:
    with Desk(bench) as desk, desk.board() as board, WebSocket(board.port) as page:
        desk.broker.stop()
        until(lambda: not is_connected(board), "it notices")
        until(lambda: trouble(board) == "it refuses connections", "it says why")
        for number in range(101):
            page.send_json(type="toggle", id=number, part="led")
            page.message("ack")
        last = led_state(board)
        desk.broker.start()
        with desk.witness() as witness:
            took = witness.wait_for(f"{OWN}/availability", "online", "it is there again", patience=60)
            states = [seen.payload for seen in witness.seen if seen.topic == f"{OWN}/led/state"]
            check(states == [last], f"of 101 changes the last is sent, {last}, and no other: {states}")
    return f"back {took:.1f} s after the broker"


def a_broker_that_stops_reading_costs_the_page_nothing(bench: Bench) -> str:
    with Desk(bench) as desk, desk.board() as board, WebSocket(board.port) as page:
        desk.broker.running.process.send_signal(signal.SIGSTOP)
        used, slowest, start, number = board.heap.used, 0.0, time.monotonic(), 0
        while is_connected(board):
            check(time.monotonic() - start < 60, "it does not notice within the time of a ping")
            for _ in range(5):
                begun, number = time.monotonic(), number + 1
                page.send_json(type="toggle", id=number, part="led")
                page.message("ack")
                slowest = max(slowest, time.monotonic() - begun)
            check(board.heap.used < used + 2048, f"the heap grows, from {used} to {board.heap.used} bytes")
            time.sleep(0.5)
        noticed = time.monotonic() - start
        check(trouble(board) == "no answer", f"it says why: {trouble(board)}")
        desk.broker.running.process.send_signal(signal.SIGCONT)
        with desk.witness() as witness:
            witness.wait_for(f"{OWN}/availability", "online", "it is there again", patience=60)
            until(lambda: witness.last(f"{OWN}/led/state") == led_state(board), "and its last state")
        words = f"noticed after {noticed:.0f} s; of {number} toggles meanwhile the slowest took {1000 * slowest:.0f} ms"
        check_time(slowest < 0.1, words)
        return words


def a_board_that_resets_is_online_and_one_that_ends_offline(bench: Bench) -> str:
    with Desk(bench) as desk, desk.witness() as witness, desk.board() as board:
        witness.wait_for(f"{OWN}/availability", "online", "it is there")
        since, start = len(witness.seen), time.monotonic()
        board.monitor.ask("system_reset")
        witness.wait_for(f"{OWN}/availability", "offline", "the will of the one before is published", since=since)
        witness.wait_for(f"{OWN}/availability", "online", "it is there again", since=since)
        took = time.monotonic() - start
        time.sleep(1)  # for a will that comes late
        until(lambda: witness.last(f"{OWN}/availability") == "online", "online is the last word")
        since = len(witness.seen)
        board.monitor.ask("stop")  # no packet says that it is gone
        silent = witness.wait_for(f"{OWN}/availability", "offline", "its will is published", since=since, patience=60)
        board.monitor.ask("cont")
        witness.wait_for(f"{OWN}/availability", "online", "it comes back", since=len(witness.seen) - 1, patience=60)
        since = len(witness.seen)
        board.stop()
        witness.wait_for(f"{OWN}/availability", "offline", "its will is published", since=since)
    words = f"there again {took:.1f} s after a reset; silent, it is offline after {silent:.0f} s"
    check_time(took < 3, words)
    return words


def a_broker_that_asks_for_a_password_gets_it(bench: Bench) -> str:
    with Desk(bench, Guarded) as desk:
        for name, password in (("wrong", "no\n"), ("right", "secret\n")):
            (desk.folder / name).write_text(password)
        with bench.board(desk.image(GATEWAY, "--user", "device", "--password-file", desk.folder / "wrong")) as board:
            until(lambda: trouble(board).startswith("it refuses the device"), "it says that it is refused")
            words = trouble(board)
        with bench.board(desk.image(GATEWAY, "--user", "device", "--password-file", desk.folder / "right")) as board:
            until(lambda: is_connected(board), "with the right one it is connected")
    return f"with a wrong one: “{words}”"


def answer_to_connect(port: int) -> bytes:
    """What a broker says to a client that does not say who it is; nothing if it is not there."""
    body = b"\x00\x04MQTT\x04\x02\x00\x0a" + field("probe")
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as probe:
            probe.sendall(bytes([0x10, len(body)]) + body)
            return probe.recv(4)
    except OSError:
        return b""


class Guarded(Mosquitto):
    """It lets in `device` with the password `secret`, and nobody else."""
    name = "guarded mosquitto"

    def prepare(self) -> None:
        super().prepare()
        users, conf = self.folder / "users", self.folder / "conf"
        subprocess.run(["mosquitto_passwd", "-b", "-c", users, "device", "secret"], check=True)
        conf.write_text(conf.read_text().replace("allow_anonymous true", f"allow_anonymous false\npassword_file {users}"))

    def is_there(self) -> bool:
        return answer_to_connect(self.port) == b"\x20\x02\x00\x05"  # CONNACK: not authorized


def a_name_is_looked_up_and_again_until_it_is_known(bench: Bench) -> str:
    if (reason := NameServer.cannot_run()) is not None:
        return f"not tested: {reason}"
    with Desk(bench) as desk, NameServer() as names, Board(desk.image("broker.test"), within=names.command) as board:
        board.wait_for_serial("MQTT: not connected: its name is not known")
        names.known["broker.test"] = GATEWAY
        board.wait_for_serial("MQTT: connected", patience=60)
    return f"{len(names.asked)} questions, all for {', '.join(sorted(set(names.asked)))}"


def clients_that_take_all_memory_do_not_cost_it_the_broker(bench: Bench) -> str:
    with Desk(bench) as desk, desk.witness() as witness:
        words = clients_that_all_pipeline_requests_are_all_answered(Bench(desk.image(), bench.minutes))

        def said() -> list[str]:
            return [seen.payload for seen in witness.seen if seen.topic == f"{OWN}/availability"]
        # Two boards, one after the other, each there until it is ended.
        until(lambda: said()[3:] == ["offline"], "both have ended")
        check(said() == ["online", "offline"] * 2, f"one was away meanwhile: {said()}")
    return f"{words}, beside the broker"


def ram_is_within_its_budget_with_eight_pages_and_a_broker(bench: Bench) -> str:
    with Desk(bench) as desk, desk.witness() as witness, desk.board() as board:
        def announce() -> None:
            since = len(witness.seen)
            witness.publish("homeassistant/status", "online")
            witness.publish("heliograph/all/ask", "")
            for number in range(50):
                witness.publish(f"{OWN}/led/set", "TOGGLE")
            for topic in ("homeassistant/device/lamp/config", f"{OWN}/about"):
                until(lambda: any(seen.topic == topic for seen in witness.seen[since:]), f"{topic} is told again")
            check(re.search(b"Heap exhausted|Fault", board.serial) is None, "it fails")
        return within_budget(board, announce)


TESTS = [it_tells_of_itself_obeys_and_serves_its_page, a_broker_that_starts_again_has_the_last_state_again,
         a_broker_that_stops_reading_costs_the_page_nothing, a_board_that_resets_is_online_and_one_that_ends_offline,
         a_broker_that_asks_for_a_password_gets_it, a_name_is_looked_up_and_again_until_it_is_known,
         clients_that_take_all_memory_do_not_cost_it_the_broker,
         ram_is_within_its_budget_with_eight_pages_and_a_broker]
