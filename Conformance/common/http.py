# SPDX-License-Identifier: MIT
"""One request over a connection of its own, for suites that ask whether a server still serves."""
from __future__ import annotations

import http.client
import json
from typing import Any

HALF_A_HELLO = bytes.fromhex("16030102000100 01fc0303")  # of TLS, for a handshake that does not go on


def request(port: int, path: str = "/", method: str = "GET", body: bytes | None = None, timeout: float = 20,
            headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """The status and the body of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, {"Connection": "close"} | (headers or {}))
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def device_state(port: int, timeout: float = 20) -> dict[str, Any]:
    """What `heliograph` says of itself: `rev`, `status`, `clients` and more."""
    return json.loads(request(port, "/api/state", timeout=timeout)[1])
