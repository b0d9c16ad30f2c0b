# SPDX-License-Identifier: MIT
"""What one would write in an afternoon for the page of a gateway, with paho-mqtt and `websockets`: it keeps the devices
in a dictionary, and sends each page the rows of its window that have changed, at most every 50 ms, made once for all
pages with the same window. It does no more: no silence, no search, no commands, no limits.

    server.py BROKER-PORT PORT
"""
from __future__ import annotations

import asyncio
import html
import json
import sys
from typing import Any

import paho.mqtt.client as paho
import uvloop
from websockets.asyncio.server import ServerConnection, serve

PACE = 0.05
DEVICES: dict[str, dict[str, Any]] = {}
CHANGED: set[str] = set()
PAGES: dict[ServerConnection, tuple[int, int]] = {}


def note(topic: str, payload: bytes) -> None:
    words = topic.split("/")
    device = DEVICES.setdefault(words[1], {"parts": {}})
    if words[2] == "about":
        about = json.loads(payload)
        device["name"] = about["name"]
        for name, part in about["parts"].items():
            device["parts"].setdefault(name, {}).update(part)
    elif len(words) == 4 and words[3] == "state":
        device["parts"].setdefault(words[2], {})["state"] = payload.decode()
    else:
        return
    CHANGED.add(words[1])


def row(identifier: str) -> str:
    device = DEVICES[identifier]
    parts = "".join(
        f"<li class='{part.get('kind', 'unknown')}'><b>{html.escape(part.get('label', name))}</b> "
        f"<i>{html.escape(part.get('state', ''))}</i></li>" for name, part in device["parts"].items())
    return (f"<li data-id='{identifier}' class='alive'><div><span>{html.escape(device.get('name', identifier))}</span></div>"
            f"<ul>{parts}</ul></li>")


async def page(socket: ServerConnection) -> None:
    await socket.send('{"type":"hello"}')
    try:
        async for message in socket:
            wish = json.loads(message)
            if wish["type"] == "watch":
                PAGES[socket] = (wish["from"], wish["count"])
                names = sorted(DEVICES)[wish["from"]:wish["from"] + wish["count"]]
                await socket.send('{"type":"list"}\n' + "".join(map(row, names)))
    finally:
        PAGES.pop(socket, None)


async def tell() -> None:
    order: list[str] = []
    while True:
        await asyncio.sleep(PACE)
        if not CHANGED or not PAGES:
            continue
        changed = set(CHANGED)
        CHANGED.clear()
        if len(order) != len(DEVICES):
            order = sorted(DEVICES)
        made: dict[tuple[int, int], str] = {}
        for socket, window in list(PAGES.items()):
            if window not in made:
                names = [name for name in order[window[0]:window[0] + window[1]] if name in changed]
                made[window] = '{"type":"rows"}\n' + "".join(map(row, names)) if names else ""
            if made[window]:
                asyncio.ensure_future(socket.send(made[window]))


async def main() -> None:
    loop = asyncio.get_running_loop()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="peer")
    client.on_message = lambda _client, _data, message: loop.call_soon_threadsafe(note, message.topic, message.payload)
    client.connect("127.0.0.1", int(sys.argv[1]), 30)
    client.subscribe([("heliograph/+/about", 0), ("heliograph/+/+/state", 0), ("heliograph/+/alive", 0)])
    client.loop_start()
    client.publish("heliograph/all/ask", "peer", 1)
    async with serve(page, "127.0.0.1", int(sys.argv[2]), compression=None):
        await tell()


uvloop.run(main())
