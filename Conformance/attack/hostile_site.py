# SPDX-License-Identifier: MIT
"""The attacker's web server: an empty page with the attacker's scripts, redirects to the device, and a place where
whatever leaks would arrive. It answers under every name that Chromium is made to resolve to it."""
from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

SCRIPTS = Path(__file__).resolve().parent / "hostile"


class HostileSite(ThreadingHTTPServer):
    """For use in `with`; `device` is the origin that is attacked."""
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, device: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.device = device
        self.leaks: list[str] = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    def __enter__(self) -> HostileSite:
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    def scripts(self, here: str) -> str:
        """The attacker's scripts, which know where they come from and what they attack."""
        head = f"const DEVICE = {json.dumps(self.device)}, HERE = {json.dumps(here)};\n"
        return head + (SCRIPTS / "tools.js").read_text()

    def handle_error(self, *_: object) -> None:
        """A browser that goes away is none."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: HostileSite

    def _answer(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        here = f"http://{self.headers['Host']}"
        if url.path == "/redirect":
            return self._send(int(query["status"]), "", "", Location=query["to"])
        if url.path == "/leak":
            self.server.leaks.append(self.path)
        if url.path.endswith(".js"):
            return self._send(200, "text/javascript", self.server.scripts(here) + query.get("more", ""))
        more = {"Content-Security-Policy": query["policy"]} if "policy" in query else {}
        if "referrer" in query:
            more["Referrer-Policy"] = query["referrer"]
        return self._send(200, "text/html", "<!doctype html><title>kittens</title><script src=/tools.js></script>"
                          + query.get("body", ""), **more)

    do_GET = do_POST = do_PUT = do_OPTIONS = _answer

    def _send(self, status: int, kind: str, text: str, **fields: str) -> None:
        body = text.encode()
        self.send_response(status)
        # The attacker's own answers allow everything, so that only the device's can refuse.
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store",
                            "Access-Control-Allow-Origin": self.headers.get("Origin") or "*",
                            "Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Methods": "*",
                            "Access-Control-Allow-Headers": "*", "Service-Worker-Allowed": "/"}.items():
            self.send_header(name, value)
        for name, value in fields.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass
