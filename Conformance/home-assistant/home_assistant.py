# SPDX-License-Identifier: MIT
"""What a person and a program see of Home Assistant: its states, its registries, its commands, by its own interfaces
(REST and WebSocket)."""
from __future__ import annotations

import json
import socket
import threading
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import connect

from common.claims import check, until

ONBOARDING = 120.0  # seconds


def is_answering(port: int) -> bool:
    """Whether something listens on this port."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2):
            return True
    except OSError:
        return False


class HomeAssistant:
    """A line to one that runs. Without a token its owner is made, and its MQTT set up, as a person does at first."""

    def __init__(self, port: int, token: str, broker_port: int) -> None:
        self.port, self.token = port, token
        self.socket = None
        self._number = 0
        self._news = threading.Condition()
        self._answers: dict[int, dict] = {}
        self._events: dict[int, list] = {}
        if token:
            until(self._is_running, "Home Assistant has started", ONBOARDING)
            self._connect()
        else:
            self._make_owner()
            self._connect()
            self.token = self.ask("auth/long_lived_access_token", client_name="heliograph", lifespan=365)
            self._set_up_mqtt(broker_port)

    # MARK: REST

    def request(self, method: str, path: str, body: object = None, *, form: bool = False) -> tuple[int, Any]:
        """The status and what the answer says."""
        fields = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        data = None
        if body is not None:
            data = urlencode(body) if form else json.dumps(body)
            fields["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, data, fields)
            response = connection.getresponse()
            text = response.read()
            return response.status, json.loads(text) if text[:1] in (b"{", b"[") else text.decode()
        finally:
            connection.close()

    def _is_running(self) -> bool:
        try:
            status, answer = self.request("GET", "/api/config")
            return status == 200 and answer["state"] == "RUNNING"
        except (OSError, HTTPException):
            return False

    def states(self) -> dict[str, dict]:
        """Each entity's state, with its attributes."""
        status, found = self.request("GET", "/api/states")
        check(status == 200, f"its states: {status}")
        return {entity["entity_id"]: entity for entity in found}

    def call(self, domain: str, service: str, **data: object) -> None:
        """What a person does with a tap."""
        status, words = self.request("POST", f"/api/services/{domain}/{service}", data)
        check(status == 200, f"{domain}.{service} {data}: {status} {words}")

    def _make_owner(self) -> None:
        here = f"http://127.0.0.1:{self.port}/"

        def code() -> str | None:
            try:
                status, answer = self.request("POST", "/api/onboarding/users", {
                    "client_id": here, "name": "Test", "username": "test", "password": "only-for-this-test",
                    "language": "en"})
            except (OSError, HTTPException):
                return None
            return answer["auth_code"] if status == 200 else None
        codes: list[str] = []
        until(lambda: codes.extend(filter(None, [code()])) or codes, "its owner is made", ONBOARDING, 0.3)
        status, answer = self.request("POST", "/auth/token", {
            "client_id": here, "grant_type": "authorization_code", "code": codes[0]}, form=True)
        check(status == 200, f"its owner gets a token: {status}")
        self.token = answer["access_token"]

    def _set_up_mqtt(self, broker_port: int) -> None:
        flows = "/api/config/config_entries/flow"
        status, flow = self.request("POST", flows, {"handler": "mqtt"})
        check(status == 200, f"the setting up of MQTT begins: {status} {flow}")
        status, answer = self.request("POST", f"{flows}/{flow['flow_id']}", {
            "broker": "127.0.0.1", "port": broker_port, "protocol": "5",
            "other_settings": {"set_client_cert": False, "set_ca_cert": "off", "transport": "tcp"}})
        check(status == 200 and answer["type"] == "create_entry", f"MQTT is set up: {status} {answer}")

    # MARK: WebSocket

    def _connect(self) -> None:
        self.socket = connect(f"ws://127.0.0.1:{self.port}/api/websocket", max_size=None)
        check(json.loads(self.socket.recv(30))["type"] == "auth_required", "its WebSocket asks who we are")
        self.socket.send(json.dumps({"type": "auth", "access_token": self.token}))
        check(json.loads(self.socket.recv(30))["type"] == "auth_ok", "its WebSocket knows us")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            for text in self.socket:
                message = json.loads(text)
                with self._news:
                    if message["type"] == "result":
                        self._answers[message["id"]] = message
                    elif message["type"] == "event":
                        self._events[message["id"]].append(message["event"])
                    self._news.notify_all()
        except Exception:  # it has ended, as tests do
            return

    def ask(self, kind: str, **data: object) -> Any:
        """The result of a command of its WebSocket."""
        return self._ask(kind, **data)[1]

    def _ask(self, kind: str, **data: object) -> tuple[int, Any]:
        with self._news:
            self._number += 1
            number = self._number
            self._events[number] = []
        self.socket.send(json.dumps({"id": number, "type": kind} | data))
        with self._news:
            check(self._news.wait_for(lambda: number in self._answers, 30), f"{kind} is answered")
            answer = self._answers.pop(number)
        check(answer["success"], f"{kind} {data}: {answer.get('error')}")
        return number, answer["result"]

    def subscribe(self, kind: str, **data: object) -> list:
        """The events of a subscription, which grow as they come."""
        return self._events[self._ask(kind, **data)[0]]

    def entities(self) -> dict[str, dict]:
        """Its register of MQTT's entities, by their identifiers of the device's choice."""
        return {entity["unique_id"]: entity for entity in self.ask("config/entity_registry/list")
                if entity["platform"] == "mqtt"}

    def device(self, identifier: str) -> dict | None:
        """The device in its register; nil if there is none."""
        return next((device for device in self.ask("config/device_registry/list")
                     if ["mqtt", identifier] in device["identifiers"]), None)

    def triggers(self, identifier: str) -> list[dict]:
        """What of the device an automation may start with, apart from what follows of its entities' states."""
        if (device := self.device(identifier)) is None:
            return []
        found = self.ask("device_automation/trigger/list", device_id=device["id"])
        return [trigger for trigger in found if trigger["domain"] == "mqtt"]

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
