# SPDX-License-Identifier: MIT
"""What stands between devices and pages: a broker alone, or three nodes of one, and a proxy in front of gateways."""
from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from brokers import NATS, Broker, Mosquitto, RabbitMQ, answers_connect
from common.claims import until
from common.environments import debian
from common.program import Program, free_port


class Alone:
    """One broker."""

    def __init__(self, kind: type[Broker], folder: Path) -> None:
        kind.install()
        self.broker = kind(folder)
        self.user = kind.user

    def start(self) -> None:
        self.broker.start()

    @property
    def ports(self) -> list[int]:
        return [self.broker.port]

    @property
    def programs(self) -> list[Program]:
        return [self.broker.running]

    def stop(self) -> None:
        self.broker.stop()
        self.broker.close()


class Mosquittos(Alone):
    def __init__(self, folder: Path) -> None:
        super().__init__(Mosquitto, folder)


class RabbitNode(RabbitMQ):
    """A node of a cluster: all share a mapper of ports, and each keeps retained messages for itself."""

    def __init__(self, folder: Path, number: int, mapper_port: int) -> None:
        self.node, self.mapper_port = f"r{number}@localhost", mapper_port
        super().__init__(folder)

    def begin_mapper(self) -> None:
        """It is there."""

    def variables(self) -> dict[str, str]:
        return super().variables() | {"RABBITMQ_NODENAME": self.node}

    def control(self, *words: str) -> None:
        done = subprocess.run(["/usr/lib/rabbitmq/bin/rabbitmqctl", "-n", self.node, *words], capture_output=True,
                              text=True, timeout=120, env=os.environ | self.variables())
        if done.returncode != 0:
            raise RuntimeError(f"rabbitmqctl {' '.join(words)}: {done.stdout} {done.stderr}")


class Rabbits:
    """Three nodes of RabbitMQ."""
    user = None

    def __init__(self, folder: Path) -> None:
        RabbitMQ.install()
        self.mapper_port = free_port()
        self.mapper = Program("/usr/bin/epmd", "-port", str(self.mapper_port), "-address", "127.0.0.1")
        self.nodes = []
        for number in range(3):
            (folder / f"rabbit-{number}").mkdir()
            self.nodes.append(RabbitNode(folder / f"rabbit-{number}", number, self.mapper_port))
        self.ports = [node.port for node in self.nodes]

    def start(self) -> None:
        for node in self.nodes:
            node.start()
        for node in self.nodes[1:]:
            node.control("stop_app")
            node.control("join_cluster", self.nodes[0].node)
            node.control("start_app")
        for node in self.nodes:
            until(node.is_there, "every node takes clients", 60, 0.2)

    def start_node(self, number: int) -> None:
        self.nodes[number].start()

    def kill_node(self, number: int) -> None:
        self.nodes[number].running.stop(signal.SIGKILL)

    @property
    def programs(self) -> list[Program]:
        return [node.running for node in self.nodes]

    def stop(self) -> None:
        for node in self.nodes:
            node.stop()
        self.mapper.stop()


class Cluster:
    """Three nodes of NATS with JetStream: sessions and retained messages are on all of them."""
    user = None

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = [free_port() for _ in range(3)]
        self.routes = [free_port() for _ in range(3)]
        self.programs: list[Program | None] = [None, None, None]
        routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in self.routes)
        for number in range(3):
            store = folder / f"node-{number}"
            store.mkdir()
            (folder / f"node-{number}.conf").write_text(
                f'server_name: n{number}\nlisten: "127.0.0.1:{free_port()}"\n'
                f'jetstream {{ store_dir: "{store}", max_memory_store: 1GB, max_file_store: 10GB }}\n'
                f'mqtt {{ host: "127.0.0.1", port: {self.ports[number]} }}\n'
                f'cluster {{ name: fleet, listen: "127.0.0.1:{self.routes[number]}", routes: [{routes}] }}\n')

    def start(self) -> None:
        for number in range(3):
            self.start_node(number)
        for port in self.ports:
            until(lambda port=port: answers_connect(port, None), "every node takes clients", 60, 0.2)

    def start_node(self, number: int) -> None:
        server = Path(sys.executable).parent / "nats-server"
        self.programs[number] = Program(server, "-c", self.folder / f"node-{number}.conf")

    def kill_node(self, number: int) -> None:
        self.programs[number].stop(signal.SIGKILL)

    def stop(self) -> None:
        for program in self.programs:
            if program is not None:
                program.stop()


class Proxy:
    """HAProxy, which passes each connection on to one of these ports."""

    def __init__(self, folder: Path, ports: list[int]) -> None:
        debian(Path("/usr/sbin/haproxy").exists(), "haproxy")
        self.port = free_port()
        servers = "".join(
            f"  server g{number} 127.0.0.1:{port} check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions\n"
            for number, port in enumerate(ports))
        (folder / "haproxy.cfg").write_text(
            f"global\n  maxconn 4096\n\ndefaults\n  mode tcp\n  timeout connect 1s\n  timeout client 75s\n"
            f"  timeout server 75s\n  retries 3\n  option redispatch 1\n\n"
            f"listen gateways\n  bind 127.0.0.1:{self.port}\n  balance leastconn\n{servers}")
        self.program = Program("/usr/sbin/haproxy", "-db", "-f", folder / "haproxy.cfg")

    def stop(self) -> None:
        self.program.stop()
