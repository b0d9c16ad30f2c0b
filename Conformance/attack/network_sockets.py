# SPDX-License-Identifier: MIT
"""Sockets of an attacker on the network: frames that break the protocol, and messages that break nothing."""
from __future__ import annotations

import zlib

from common.websocket import BINARY, CLOSE, CONTINUATION, PING, TEXT, WebSocket, frame
from scene import NAME, STRANGER, Device, Table, Watch
from stranger import Attack

COMMAND = b'{"type":"toggle","part":"led","id":1}'


def frames(device: Device, table: Table) -> None:
    """Each has a command in it that must not be heard."""
    table.begin("frames that break the protocol")
    attack = Attack(device.port, table, Watch(device))
    whole = frame(TEXT, COMMAND)
    for name, data, code in [
        ("an unmasked frame", bytes([0x81, len(COMMAND)]) + COMMAND, 1002),
        ("a reserved bit", bytes([whole[0] | 0x40]) + whole[1:], 1002),
        ("all reserved bits", bytes([whole[0] | 0x70]) + whole[1:], 1002),
        ("an unknown kind of frame", frame(3, COMMAND), 1002),
        ("an unknown kind of control frame", frame(11, COMMAND), 1002),
        ("a continuation of nothing", frame(CONTINUATION, COMMAND), 1002),
        ("a message in a message", frame(TEXT, COMMAND[:5], final=False) + whole, 1002),
        ("a ping in fragments", frame(PING, b"x", final=False) + whole, 1002),
        ("a ping of 126 bytes", frame(PING, b"x" * 126) + whole, 1002),
        ("a length of 2 to the 63rd", b"\x81\xff\x80" + bytes(7) + b"mask" + whole, 1002),
        ("a length of 2 to the 62nd", b"\x81\xff\x40" + bytes(7) + b"mask" + whole, 1009),
        ("a short length, long written", b"\x81\xff" + len(COMMAND).to_bytes(8, "big") + whole[2:], 1002),
        ("a message of 1 MB", frame(TEXT, COMMAND + b" " * 1_000_000), 1009),
        ("1 MB in fragments",
         frame(TEXT, COMMAND, final=False) + frame(CONTINUATION, b" " * 1000, final=False) * 1000, 1009),
        ("UTF-8 that is none", frame(TEXT, COMMAND + b"\xff"), 1007),
        ("a surrogate in UTF-8", frame(TEXT, COMMAND + b"\xed\xa0\x80"), 1007),
        ("an overlong slash", frame(TEXT, COMMAND + b"\xc0\xaf"), 1007),
        ("half a character", frame(TEXT, COMMAND + b"\xe2\x82"), 1007),
        ("a close of one byte", frame(CLOSE, b"\x03") + whole, 1002),
        ("a close with the code 1005", frame(CLOSE, b"\x03\xed") + whole, 1002),
        ("a close with the code 65535", frame(CLOSE, b"\xff\xff") + whole, 1002),
        ("a close whose words are no UTF-8", frame(CLOSE, b"\x03\xe8\xff") + whole, 1007),
        ("a command behind a close", frame(CLOSE, b"\x03\xe8") + whole, 1000),
        ("a request behind the handshake", b"POST /api/led/toggle HTTP/1.1\r\nHost: localhost\r\n\r\n", 1002),
    ]:
        attack.socket(name, data, code)


def messages(device: Device, table: Table) -> None:
    """Messages that look like commands to a careless reader."""
    table.begin("messages that are no commands")
    attack = Attack(device.port, table, Watch(device))
    for message in [
        '{"type":"toggle"}', '{"type":"toggle","part":"nobody"}', '{"type":"toggle","part":["led"]}',
        '{"type":"toggle","part":"led\\u0000"}', '{"type":"toggle","part":"led","id":-1}',
        '{"type":"toggle","part":"led","id":1e99}', '{"type":"toggle","part":"led","id":18446744073709551616}',
        '{"type":"set","part":"led","on":"true"}', '{"type":"set","part":"led","on":1}', '{"type":"set","part":"led"}',
        '{"type":"set","part":"led","brightness":1e308}', '{"type":"set","part":"button","pressed":true}',
        '{"type":"TOGGLE","part":"led"}', '{"__proto__":{"type":"toggle"}}', '{"type":"toggle","part":"led"',
        '{"type":"toggle","part":"led"}}', "{'type':'toggle','part':'led'}", '/* x */ {"type":"toggle","part":"led"}',
        '\ufeff{"type":"toggle","part":"led"}', "TOGGLE", "toggle toggle", "", "\0toggle", "[" * 2000,
        '{"a":' * 600 + "1", '"' + "\\" * 2001, "9" * 4000, "null", "[]", "NaN",
    ]:
        attack.message(message[:50].encode("unicode_escape").decode() or "(empty)", message)
    with WebSocket(device.port, source=STRANGER) as client:
        client.send(COMMAND, BINARY)
        client.send_json(type="ping", n=1)
        client.message("pong")
    table.row("a command in a binary message", "", "", attack.watch.problem())


def bombs(device: Device, table: Table) -> None:
    """Little that unfolds to much: 4 MB of nothing in 4 KB."""
    table.begin("compression bombs")
    attack = Attack(device.port, table, Watch(device))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    bomb = (packer.compress(bytes(4 << 20)) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]
    packed = frame(TEXT, bomb)
    packed = bytes([packed[0] | 0x40]) + packed[1:]
    attack.socket("a bomb where there is no compression", packed, 1002, 1009)
    for offer in ("permessage-deflate", "permessage-deflate; client_max_window_bits=99", "x-webkit-deflate-frame",
                  "permessage-deflate; server_no_context_takeover" * 50):
        with WebSocket(device.port, source=STRANGER, extra=f"Sec-WebSocket-Extensions: {offer}\r\n") as client:
            accepted = b"sec-websocket-extensions" in client.response.lower()
            client.socket.sendall(packed)
            code = 0
            try:
                while (received := client.receive()).opcode != CLOSE:
                    pass
                code = received.code
            except OSError:
                code = 1006
        problem = attack.watch.problem() or ("" if code == 1009 or (code == 1002 and not accepted) else "it is taken")
        words = f"{'accepted' if accepted else 'declined'}, then {code}"
        table.row(f"a bomb, offering {offer[:40]}", words, "", problem)


def names(device: Device, table: Table) -> None:
    """What a stranger's handshake is answered tells nothing but that."""
    with WebSocket(device.port, source=STRANGER) as client:
        table.holds("the head of a handshake's answer does not name the device", NAME.encode() not in client.response)
