# SPDX-License-Identifier: MIT
"""The household: a broker and Home Assistant in the folder that `installation` makes, each on loopback and on a port
that the system picks, each to be ended and started again as a test likes."""
from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from common.claims import check, until
from common.program import Program, free_port
from home_assistant import HomeAssistant, is_answering
from installation import ROOT, inside

CONFIGURATION = """homeassistant:
  name: Test
  latitude: 0
  longitude: 0
  unit_system: metric
  time_zone: UTC
config:
api:
websocket_api:
automation: !include automations.yaml
logger:
  default: warning
  logs:
    homeassistant.components.mqtt: info
"""
# Of what it starts with by itself, these would speak to the internet: in their place are some that do nothing.
SILENCED = ("analytics", "marketplace")
# Its settings of the port: in the configuration they would be a trial that has to be confirmed within five minutes.
PORT_SETTINGS = {
    "server_host": ["127.0.0.1"], "cors_allowed_origins": [], "login_attempts_threshold": -1, "ip_ban_enabled": True,
    "ssl_profile": "intermediate_v6", "use_x_frame_options": True, "created_at": "2026-11-01T00:00:00.000000+00:00",
    "error": None, "error_message": None}
COMPLAINT = re.compile(r"\d{4}-\d\d-\d\d \S+ (WARNING|ERROR|CRITICAL) ")
ABOUT_US = re.compile("mqtt|heliograph|kitchen", re.IGNORECASE)
# What it says of its connection when the broker is ended, as tests do, and of how much it logs at the level INFO, which
# only this suite asks for.
OF_THE_SUITE = re.compile(
    "is logging too frequently|"
    "Error returned from MQTT server: The connection was lost|Failed to connect to MQTT server|"
    "Error talking to MQTT: The client is not currently connected|failed to receive on socket")
START = 120.0  # seconds; ten on a quiet machine


class House:
    """Use it in `with`: whatever happens, what it has started ends with the block."""

    def __init__(self) -> None:
        self.folder = ROOT / "opt" / "house"  # as the machine sees it; the programs see it without ROOT
        shutil.rmtree(self.folder, ignore_errors=True)
        self.configuration = self.folder / "configuration"
        self.broker_port, self.port = free_port(), free_port()
        self.broker: Program | None = None
        self.program: Program | None = None
        self.output: IO | None = None
        self.api: HomeAssistant | None = None
        self.token = ""
        self._configure()

    def _configure(self) -> None:
        for name in SILENCED:
            component = self.configuration / "custom_components" / name
            component.mkdir(parents=True)
            (component / "__init__.py").write_text("async def async_setup(hass, config):\n    return True\n")
            (component / "manifest.json").write_text(json.dumps({
                "domain": name, "name": name, "version": "0.0.1", "codeowners": [], "dependencies": [],
                "documentation": "", "integration_type": "system", "iot_class": "calculated", "requirements": []}))
        (self.configuration / "configuration.yaml").write_text(CONFIGURATION)
        (self.configuration / "automations.yaml").write_text("[]\n")
        (self.configuration / ".storage").mkdir()
        (self.configuration / ".storage" / "http").write_text(json.dumps({
            "version": 3, "minor_version": 1, "key": "http", "data": {
                "stable": PORT_SETTINGS | {"server_port": self.port}, "pending": None, "yaml_migration_done": True}}))
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nuser root\n")

    # MARK: The broker

    def start_broker(self) -> None:
        self.broker = Program(*inside("mosquitto", "-c", "/opt/house/mosquitto.conf"))
        until(lambda: is_answering(self.broker_port), "the broker listens")

    def stop_broker(self, *, kill: bool = False) -> None:
        _end(self.broker, kill)
        self.broker = None

    # MARK: Home Assistant

    def launch_home_assistant(self) -> None:
        """Starts it and does not wait."""
        self.output = (self.folder / f"log-{time.time_ns()}").open("w")
        self.program = Program(*inside(
            "env", "HOME=/root", "PATH=/opt/home-assistant/bin:/usr/bin:/bin:/usr/sbin:/sbin",
            "/opt/home-assistant/bin/python", "-m", "homeassistant", "--config", "/opt/house/configuration",
            "--skip-pip", "--log-no-color"), output=self.output)

    def meet_home_assistant(self) -> None:
        """Waits until it answers; the first time its owner is made, and its MQTT set up."""
        if self.api is not None:
            return
        until(lambda: is_answering(self.port) or self.program.process.poll() is not None, "Home Assistant listens",
              START)
        check(self.program.process.poll() is None, f"Home Assistant starts: {self.output.name}")
        self.api = HomeAssistant(self.port, self.token, self.broker_port)
        self.token = self.api.token

    def start_home_assistant(self) -> None:
        """Starts it and waits until it answers."""
        self.launch_home_assistant()
        self.meet_home_assistant()

    def stop_home_assistant(self, *, kill: bool = False) -> None:
        if self.api is not None:
            self.api.close()
            self.api = None
        _end(self.program, kill)
        self.program = None
        if self.output is not None:
            self.output.close()

    def complaints(self) -> list[str]:
        """The lines at WARNING or above that say something of MQTT or of a device on it, since the first start."""
        found = []
        for file in sorted(self.folder.glob("log-*")):
            for line in file.read_text(errors="replace").splitlines():
                if COMPLAINT.match(line) and ABOUT_US.search(line) and not OF_THE_SUITE.search(line):
                    found.append(line)
        return found

    @contextmanager
    def run(self) -> Iterator[House]:
        try:
            self.start_broker()
            self.start_home_assistant()
            yield self
        finally:
            self.stop_home_assistant()
            self.stop_broker()


def _end(program: Program | None, kill: bool) -> None:
    if program is None:
        return
    if kill:
        program.process.kill()
    program.stop(patience=60)
