# SPDX-License-Identifier: MIT
"""Two writers of the same packets: what the device has sent is read here, and paho-mqtt is asked to write it again. Every
byte has to be the same, in both versions of MQTT."""
from __future__ import annotations

from collections import Counter

import paho.mqtt.client as paho
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from common.claims import check

CONNECT, PUBLISH, PUBACK, SUBSCRIBE, PINGREQ, DISCONNECT = 1, 3, 4, 8, 12, 14


class Writer(paho.Client):
    """A client of paho's that keeps its packets for itself."""

    def __init__(self, version: int, identifier: str) -> None:
        super().__init__(paho.CallbackAPIVersion.VERSION2, client_id=identifier, protocol=version)
        self.written: list[bytes] = []
        self._sock = self  # anything but none: it believes that it is connected

    def close(self) -> None:
        """Of the socket that it is to itself."""

    def _packet_queue(self, _command: int, packet: bytes, *_: object) -> paho.MQTTErrorCode:
        self.written.append(bytes(packet))
        return paho.MQTTErrorCode.MQTT_ERR_SUCCESS


class Reader:
    """The fields of a packet, one after the other."""

    def __init__(self, body: bytes) -> None:
        self.body, self.position = body, 0

    def take(self, count: int) -> bytes:
        taken = self.body[self.position:self.position + count]
        check(len(taken) == count, "a packet has all of its fields")
        self.position += count
        return taken

    def number(self, size: int = 2) -> int:
        return int.from_bytes(self.take(size), "big")

    def field(self) -> bytes:
        return self.take(self.number())

    def rest(self) -> bytes:
        return self.take(len(self.body) - self.position)

    def properties(self, kind: int) -> Properties:
        found, length = Properties(kind).unpack(self.body[self.position:])
        self.position += length
        return found


def packets(stream: bytes) -> list[tuple[int, bytes, bytes]]:
    """The first byte, the body and the whole of each packet."""
    found, position = [], 0
    while position < len(stream):
        start, first, length, shift = position, stream[position], 0, 0
        while True:
            position += 1
            length |= (stream[position] & 0x7F) << shift
            shift += 7
            if stream[position] < 0x80:
                break
        end = position + 1 + length
        if end > len(stream):
            break  # it was being sent when the recording ended
        found.append((first, stream[position + 1:end], stream[start:end]))
        position = end
    return found


def published(stream: bytes, topic: str) -> list[str]:
    """What was published under a topic in MQTT 3.1.1."""
    found = []
    for first, body, _ in packets(stream):
        fields = Reader(body)
        if first >> 4 == PUBLISH and fields.field() == topic.encode():
            if first & 0x06:
                fields.number()  # the packet's identifier
            found.append(fields.rest().decode())
    return found


def connect(body: Reader) -> bytes:
    check(body.field() == b"MQTT", "CONNECT begins with MQTT")
    version, flags, keep_alive = body.number(1), body.number(1), body.number()
    properties = body.properties(PacketTypes.CONNECT) if version == 5 else None
    writer = Writer(version, body.field().decode())
    if version == 5:
        writer._clean_start, writer._connect_properties = bool(flags & 2), properties
    else:
        check(flags & 2, "no session is relied on")
    if flags & 4:
        will = body.properties(PacketTypes.WILLMESSAGE) if version == 5 else None
        topic, payload = body.field().decode(), body.field()
        writer.will_set(topic, payload, flags >> 3 & 3, bool(flags & 0x20), will)
    if flags & 0x80:
        name = body.field().decode()
        writer.username_pw_set(name, body.field().decode() if flags & 0x40 else None)
    writer._send_connect(keep_alive)
    return writer.written[0]


def again(version: int, first: int, body: Reader) -> bytes | None:
    """The same packet by paho; None for one that it does not write."""
    kind, writer = first >> 4, Writer(version, "again")
    if kind == CONNECT:
        return connect(body)
    if kind == PUBLISH:
        qos, topic = first >> 1 & 3, body.field()
        identifier = body.number() if qos else 0
        properties = body.properties(PacketTypes.PUBLISH) if version == 5 else None
        writer._send_publish(identifier, topic, body.rest(), qos, bool(first & 1), bool(first & 8), None, properties)
    elif kind == SUBSCRIBE:
        writer._last_mid = body.number() - 1
        properties = body.properties(PacketTypes.SUBSCRIBE) if version == 5 else None
        topics = []
        while body.position < len(body.body):
            topic, options = body.field(), body.number(1)
            topics.append((topic, unpacked(options) if version == 5 else options))
        writer._send_subscribe(False, topics, properties)
    elif kind == PUBACK:
        writer._send_puback(body.number())
    elif kind == PINGREQ:
        writer._send_pingreq()
    elif kind == DISCONNECT:
        writer._send_disconnect()
    return writer.written[0] if writer.written else None


def unpacked(options: int) -> SubscribeOptions:
    return SubscribeOptions(options & 3, bool(options & 4), bool(options & 8), options >> 4 & 3)


def compare(stream: bytes, version: int) -> str:
    """How many packets of each kind are the same."""
    names = {CONNECT: "CONNECT", PUBLISH: "PUBLISH", PUBACK: "PUBACK", SUBSCRIBE: "SUBSCRIBE", PINGREQ: "PINGREQ",
             DISCONNECT: "DISCONNECT"}
    counts: Counter[str] = Counter()
    for first, body, whole in packets(stream):
        name = names.get(first >> 4)
        check(name is not None, f"a device sends no packet of kind {first >> 4}")
        other = again(version, first, Reader(body))
        check(other == whole, f"paho writes {name} as {other and other.hex()}, and the device as {whole.hex()}")
        counts[name] += 1
    return ", ".join(f"{count} {name}" for name, count in counts.items())
