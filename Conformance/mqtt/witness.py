# SPDX-License-Identifier: MIT
"""Another client of the broker, as a person's dashboard would be: paho-mqtt's, which sees what the device says."""
from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

import paho.mqtt.client as paho

from common.claims import check


@dataclass(frozen=True)
class Seen:
    topic: str
    payload: str
    is_retained: bool
    moment: float


class Witness:
    """Use it in `with`."""

    def __init__(self, port: int, user: str | None, name: str, filters: tuple[str, ...]) -> None:
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        if user:
            self.client.username_pw_set(user, "x")
        self.filters = filters
        self.seen: list[Seen] = []
        self._news = threading.Condition()
        self._is_subscribed = threading.Event()
        self.client.on_connect = lambda client, *_: client.subscribe([(name, 1) for name in self.filters])
        self.client.on_subscribe = lambda *_: self._is_subscribed.set()
        self.client.on_message = self._note
        # Otherwise what it measures has 40 ms in it that are TCP's (RFC 896 with RFC 1122 section 4.2.3.2).
        self.client.on_socket_open = lambda _client, _data, line: line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.connect("127.0.0.1", port, 30)
        self.client.loop_start()
        check(self._is_subscribed.wait(20), "the broker grants a subscription")

    def _note(self, _client: object, _data: object, message: paho.MQTTMessage) -> None:
        with self._news:
            self.seen.append(Seen(message.topic, message.payload.decode(), message.retain, time.monotonic()))
            self._news.notify_all()

    def wait_for(self, topic: str, payload: str, claim: str, *, since: int = 0, patience: float = 20) -> float:
        """Seconds until such a message came, among those after the first `since`."""
        start = time.monotonic()
        def found() -> bool:
            return any(seen.topic == topic and seen.payload == payload for seen in self.seen[since:])
        with self._news:
            held = self._news.wait_for(found, patience)
            last = [f"{seen.topic} {seen.payload[:40]}" for seen in self.seen[-5:]]
        check(held, f"{claim}: not within {patience:.0f} s; seen was {last}")
        return time.monotonic() - start

    def last(self, topic: str) -> str | None:
        with self._news:
            return next((seen.payload for seen in reversed(self.seen) if seen.topic == topic), None)

    def publish(self, topic: str, payload: str, *, retain: bool = False, qos: int = 1) -> None:
        self.client.publish(topic, payload, qos, retain).wait_for_publish(20)

    def __enter__(self) -> Witness:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.disconnect()
        self.client.loop_stop()
