# SPDX-License-Identifier: MIT
"""What holds of a device on every broker, whatever that does otherwise."""
from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import codec
from brokers import Broker
from common.claims import check, until
from common.http import device_state, request
from common.program import Program
from witness import Witness

PARTS = """parts:
  lamp: {switch: GPIO1}
  level: {number: 5, min: 0, max: 1000}
  key: {button: GPIO2, click: toggle lamp, remote: true}
"""
OWN = "heliograph/lamp"


class Desk:
    """A broker, the program, and a folder for what they need."""

    def __init__(self, program: Path, broker: Broker, folder: Path, absence: float) -> None:
        self.program, self.broker, self.folder = program, broker, folder
        self.absence = absence  # how many seconds the broker is away for long
        (folder / "device.yaml").write_text(PARTS)

    @contextmanager
    def device(self, port: int | None = None, *options: str) -> Iterator[Program]:
        user = ["--mqtt-user", self.broker.user] if self.broker.user else []
        variables = {"HELIOGRAPH_MQTT_PASSWORD": "x"} if self.broker.user else {}
        with Program(self.program, self.folder / "device.yaml", "--board", "simulated", "--port", "0", "--state-file",
                     "/dev/null", "--max-commands", "0", "--mqtt-broker", f"mqtt://127.0.0.1:{port or self.broker.port}", "--mqtt-id", "lamp",
                     *user, *options, **variables) as device:
            yield device

    def witness(self, name: str = "witness", *filters: str) -> Witness:
        return Witness(self.broker.port, self.broker.user, name, filters or ("heliograph/#",))

    def kept_availability(self) -> str | None:
        """What the broker tells a newcomer who asks for exactly this topic; None if it keeps nothing."""
        with self.witness("newcomer", f"{OWN}/availability") as newcomer:
            end = time.monotonic() + 3
            while newcomer.last(f"{OWN}/availability") is None and time.monotonic() < end:
                time.sleep(0.02)
            return newcomer.last(f"{OWN}/availability")


def is_connected(device: Program) -> bool:
    return device_state(device.port)["mqtt"]["connected"]


def put(device: Program, part: str, **values: object) -> None:
    status, body = request(device.port, f"/api/parts/{part}", "PUT", json.dumps(values).encode(),
                           headers={"Content-Type": "application/json"})
    check(status == 200, f"{part} is set: {status} {body!r}")


def it_tells_of_itself_and_obeys(desk: Desk) -> str:
    with desk.witness() as witness, desk.device() as device:
        took = witness.wait_for(f"{OWN}/availability", "online", "it is there")
        check(witness.last(f"{OWN}/lamp/state") == "OFF", "its states come before it says that it is there")
        check(json.loads(witness.last(f"{OWN}/about"))["parts"]["lamp"]["kind"] == "switch", "it says what it is")
        start = len(witness.seen)
        begun = time.monotonic()
        witness.publish(f"{OWN}/lamp/set", "ON", qos=0)
        witness.wait_for(f"{OWN}/lamp/state", "ON", "a command is obeyed", since=start)
        round_trip = time.monotonic() - begun
        check(device_state(device.port)["parts"]["lamp"]["by"] == "mqtt", "and its author known")
        start = len(witness.seen)
        device.say("tap key")
        witness.wait_for(f"{OWN}/key/event", '{"event_type":"click"}', "a press is told", since=start)
        events = [seen for seen in witness.seen[start:] if seen.topic == f"{OWN}/key/event"]
        check(not any(seen.is_retained for seen in events), "and not kept")
        check(device.stop() == 0, "it ends by a signal")
        witness.wait_for(f"{OWN}/availability", "offline", "it says that it goes")
    until(lambda: desk.kept_availability() == "offline", "and that is what the broker keeps")
    return f"there after {took:.1f} s, state {1000 * round_trip:.0f} ms after a command"


def one_that_is_told_to_speak_mqtt_5_is_understood(desk: Desk) -> str:
    """By a broker that does not, after the device has fallen back."""
    with desk.witness() as witness, desk.device(None, "--mqtt-version", "5") as device:
        took = witness.wait_for(f"{OWN}/availability", "online", "it is there")
        start = len(witness.seen)
        witness.publish(f"{OWN}/lamp/set", "TOGGLE")
        witness.wait_for(f"{OWN}/lamp/state", "ON", "a command is obeyed, once", since=start)
        check(is_connected(device), "the page says that it is connected")
    return f"there after {took:.1f} s"


def a_device_that_is_killed_is_offline(desk: Desk) -> str:
    with desk.witness() as witness, desk.device() as device:
        witness.wait_for(f"{OWN}/availability", "online", "it is there")
        device.process.kill()
        took = witness.wait_for(f"{OWN}/availability", "offline", "its will is published", patience=60)
    until(lambda: desk.kept_availability() == "offline", "and that is what the broker keeps")
    return f"offline after {took:.1f} s"


def one_that_is_back_before_its_will_was_never_gone(desk: Desk) -> str:
    """In MQTT 5, whose wills may have a delay."""
    delay = 5
    options = ("--mqtt-version", "5", "--mqtt-will-delay", str(delay))

    def was_called_gone(witness: Witness) -> bool:
        said = [seen.payload for seen in witness.seen if seen.topic == f"{OWN}/availability" and not seen.is_retained]
        return "offline" in said

    with desk.witness() as witness:
        for _ in range(2):
            with desk.device(None, *options) as device:
                until(lambda: is_connected(device), "it is there")
                device.process.kill()
        with desk.device(None, *options) as device:
            until(lambda: is_connected(device), "it is there again")
            time.sleep(delay + 2)
            check(not was_called_gone(witness), "nobody has heard that it was gone")
            check(desk.kept_availability() == "online", "and that is what the broker keeps")
            since = len(witness.seen)
            device.process.kill()
        took = witness.wait_for(f"{OWN}/availability", "offline", "who stays away is offline", since=since, patience=60)
        check(took >= delay - 1, f"after its delay, and not after {took:.1f} s")
    until(lambda: desk.kept_availability() == "offline", "and that is what the broker keeps")
    return f"twice; offline after {took:.1f} s when it stays away"


def one_that_starts_in_its_place_is_online(desk: Desk) -> str:
    """The old connection hangs, as behind a router that was switched off, and its device is started again."""
    with desk.witness() as witness, desk.device() as first:
        witness.wait_for(f"{OWN}/availability", "online", "it is there")
        first.pause()
        try:
            with desk.device() as second:
                until(lambda: is_connected(second), "the second is connected")
                stays_online(desk, witness)
        finally:
            first.process.kill()
    return "online"


def another_client_with_its_identifier_leaves_it_online(desk: Desk) -> str:
    """Another client takes the device's identifier and goes again, several times."""
    rounds = 4
    with desk.witness() as witness, desk.device() as device:
        witness.wait_for(f"{OWN}/availability", "online", "it is there")
        for _ in range(rounds):
            with desk.witness("heliograph-lamp"):
                pass
            until(lambda: is_connected(device), "it is back", 30)
        stays_online(desk, witness)
    return f"online, {rounds} times"


def stays_online(desk: Desk, witness: Witness) -> None:
    """A will may come late, so the last word is heard for a while."""
    until(lambda: witness.last(f"{OWN}/availability") == "online", "it is online")
    end = time.monotonic() + 3
    while time.monotonic() < end:
        time.sleep(0.1)
    until(lambda: witness.last(f"{OWN}/availability") == "online", "and stays so", 2)
    until(lambda: desk.kept_availability() == "online", "and that is what the broker keeps")


def a_broker_that_starts_again_has_all_of_it_again(desk: Desk) -> str:
    with desk.device() as device:
        until(lambda: is_connected(device), "it is connected")
        put(device, "lamp", on=True)
        desk.broker.stop()
        until(lambda: not is_connected(device), "it notices")
        words = device_state(device.port)["mqtt"]["error"]
        begun = time.monotonic()
        desk.broker.start()
        until(lambda: is_connected(device), "it is back", 90)
        took = time.monotonic() - begun
        with desk.witness("later") as witness:
            witness.publish("heliograph/all/ask", "")
            witness.wait_for(f"{OWN}/lamp/state", "ON", "its state is there again")
            witness.wait_for(f"{OWN}/availability", "online", "and that it is there")
    return f"back {took:.1f} s after it began to start; the page said: {words}"


def after_a_long_absence_only_the_last_of_each_part_is_sent(desk: Desk) -> str:
    with Line(desk.broker.port) as line, desk.device(line.port) as device:
        until(lambda: is_connected(device), "it is connected")
        desk.broker.stop()
        until(lambda: not is_connected(device), "it notices")
        end = time.monotonic() + desk.absence
        for value in range(1, 1001):
            put(device, "level", value=value)
        while time.monotonic() < end:
            time.sleep(0.5)
        before = len(line.sent)
        desk.broker.start()
        until(lambda: is_connected(device), "it is back", 90)
        with desk.witness() as witness:
            witness.publish("heliograph/all/ask", "")
            witness.wait_for(f"{OWN}/level/state", "1000", "the last is there")
        values = codec.published(bytes(line.sent[before:]), f"{OWN}/level/state")
        check(set(values) == {"1000"}, f"only the last of a thousand is sent, and no {values}")
    return f"{len(values)} of 1,001 changes sent after {desk.absence:.0f} s: the last"


def a_retained_command_is_not_obeyed_and_removed(desk: Desk) -> str:
    with desk.witness() as witness:
        witness.publish(f"{OWN}/lamp/set", "ON", retain=True)
        with desk.device() as device:
            witness.wait_for(f"{OWN}/availability", "online", "it is there")
            until(lambda: is_connected(device), "it is connected")
            with desk.witness("later") as later:
                later.publish("heliograph/all/ask", "")
                later.wait_for(f"{OWN}/lamp/state", "OFF", "it was not obeyed")
            check(device_state(device.port)["parts"]["lamp"]["on"] is False, "the lamp stays off")
    with desk.witness("last", f"{OWN}/lamp/set", f"{OWN}/availability") as last:
        time.sleep(1)  # for what the broker may have kept
        if not desk.broker.gives_retained_to_wildcards:
            return "not obeyed: the device is not given it"
        check(not last.last(f"{OWN}/lamp/set"), "it is on the broker no more")
    return "not obeyed, and cleared"


def a_broker_that_stops_reading_does_not_hold_up_the_page(desk: Desk) -> str:
    with Line(desk.broker.port) as line, desk.device(line.port) as device:
        until(lambda: is_connected(device), "it is connected")
        line.is_stalled.set()
        for value in range(1, 301):
            put(device, "level", value=value)
        begun = time.monotonic()
        put(device, "lamp", on=True)
        took = time.monotonic() - begun
        check(took < 1, f"commands are obeyed all the same, in {took:.3f} s")
        until(lambda: not is_connected(device), "it notices within the time of a ping", 60)
        line.is_stalled.clear()
        until(lambda: is_connected(device), "it is back", 90)
        with desk.witness() as witness:
            witness.publish("heliograph/all/ask", "")
            witness.wait_for(f"{OWN}/level/state", "300", "and says the last")
    return f"a command meanwhile took {1000 * took:.0f} ms"


class Line:
    """A line to the broker, which keeps what the device sends, and stops moving bytes when it is told to. Use it in
    `with`."""

    def __init__(self, port: int) -> None:
        self.target = port
        self.is_stalled, self.is_over = threading.Event(), threading.Event()
        self.sent = bytearray()  # what the device has sent
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while not self.is_over.is_set():
            try:
                here, _ = self.listener.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(("127.0.0.1", self.target))
            except OSError:  # the broker is not there
                here.close()
                continue
            for source, sink, record in ((here, there, self.sent), (there, here, bytearray())):
                threading.Thread(target=self._move, args=(source, sink, record), daemon=True).start()

    def _move(self, source: socket.socket, sink: socket.socket, record: bytearray) -> None:
        source.settimeout(0.05)
        while not self.is_over.is_set():
            if self.is_stalled.is_set():
                time.sleep(0.05)
                continue
            try:
                data = source.recv(65_536)
            except TimeoutError:
                continue
            except OSError:
                break
            if not data:
                break
            record += data
            try:
                sink.sendall(data)
            except OSError:
                break
        for side in (source, sink):
            side.close()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        self.listener.close()


def what_it_writes_is_what_paho_writes(desk: Desk) -> str:
    found = []
    for version, number in (("3.1.1", 4), ("5", 5)):
        with Line(desk.broker.port) as line, desk.device(line.port, "--mqtt-version", version) as device:
            with desk.witness() as witness:
                witness.wait_for(f"{OWN}/availability", "online", "it is there")
                for value in range(20):
                    witness.publish(f"{OWN}/level/set", str(value))
                    witness.wait_for(f"{OWN}/level/state", str(value), "a command is obeyed")
            if number == 4:  # a ping is the same in both
                until(lambda: codec.packets(bytes(line.sent))[-1][0] == 0xC0, "a ping", 30)
            check(device.stop() == 0, "it ends by a signal")
            until(lambda: codec.packets(bytes(line.sent))[-1][0] == 0xE0, "its last packet is DISCONNECT")
            found.append(f"{version}: {codec.compare(bytes(line.sent), number)}")
    return "; ".join(found)


def what_home_assistant_was_told_is_taken_back(desk: Desk) -> str:
    """When a device that was to be found there is started so that it is not."""
    config, state = "homeassistant/device/lamp/config", desk.folder / "announced"
    with desk.witness("finder", "heliograph/#", "homeassistant/#") as witness:
        with desk.device(None, "--state-file", str(state)):
            witness.wait_for(f"{OWN}/availability", "online", "it is there")
            check(witness.last(config), "it is to be found")
        since = len(witness.seen)
        with desk.device(None, "--state-file", str(state), "--no-mqtt-discovery"):
            witness.wait_for(config, "", "it is not to be found any more", since=since)
            with desk.witness("newcomer", config, f"{OWN}/about") as newcomer:
                until(lambda: newcomer.last(f"{OWN}/about"), "it is on the broker")
                check(newcomer.last(config) is None, "which keeps nothing for Home Assistant")
            check(b"announced lamp" in state.read_bytes(), "a Home Assistant that is not there is yet to be told")
            witness.publish("homeassistant/status", "online")
            until(lambda: b"announced" not in state.read_bytes(), "when it has started it is forgotten", 20)
        since = len(witness.seen)
        with desk.device(None, "--state-file", str(state), "--no-mqtt-discovery"):
            witness.wait_for(f"{OWN}/availability", "online", "it is there", since=since)
            check(not [seen for seen in witness.seen[since:] if seen.topic == config], "nothing is left to be said")
    return "taken off the broker"


# What each claim is called in the table of docs/brokers.md.
ALL = {
    it_tells_of_itself_and_obeys: "connect, command, press, clean stop",
    one_that_is_told_to_speak_mqtt_5_is_understood: "told to speak MQTT 5",
    a_device_that_is_killed_is_offline: "device killed",
    one_that_starts_in_its_place_is_online: "device back while its old connection hangs",
    another_client_with_its_identifier_leaves_it_online: "client id taken by another",
    a_broker_that_starts_again_has_all_of_it_again: "broker restarted",
    after_a_long_absence_only_the_last_of_each_part_is_sent: "broker gone, 1,000 changes meanwhile",
    a_retained_command_is_not_obeyed_and_removed: "retained command",
    a_broker_that_stops_reading_does_not_hold_up_the_page: "broker stops reading",
}

# What is asked of one broker, which speaks both versions.
OF_MOSQUITTO = {
    what_it_writes_is_what_paho_writes: "byte for byte what paho-mqtt writes",
    one_that_is_back_before_its_will_was_never_gone: "killed and back, with a will that waits 5 s",
    what_home_assistant_was_told_is_taken_back: "started with --no-mqtt-discovery after it was found",
}
