# SPDX-License-Identifier: MIT
"""nginx, Caddy and HAProxy with a recipe, each in a folder of its own: what a distribution's service puts around the
recipe (where the pid and the logs are, who the workers run as) is put around it here.

What is changed in a recipe: the ports, and where the certificate is.
"""
from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from common.claims import until
from common.program import Program, free_port

RECIPES = Path(__file__).resolve().parent / "recipes"
NAME = "home.example.org"
PREFIX = "/devices/lamp"
PATIENCE = 75  # seconds, as in the recipes: how long a proxy waits on a socket on which nothing moves


def certificate(folder: Path) -> None:
    """Makes a certificate for NAME, and a file that has the key, too, as HAProxy wants it."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", folder / "key.pem",
         "-out", folder / "certificate.pem"], check=True, capture_output=True)
    both = (folder / "certificate.pem").read_text() + (folder / "key.pem").read_text()
    (folder / "both.pem").write_text(both)


class Proxy:
    """A kind of proxy: its recipes, and how it is started."""

    def __init__(self, name: str, recipe: str, bare: str, rewriting: tuple[str, str],
                 command: Callable[[Path, Path], list[str | Path]], blocking: tuple[str, str] | None = None) -> None:
        """`rewriting` is the change of the recipe that puts another Host into what it passes on, `blocking` the one
        that lets no WebSocket through, where it takes a line to let one."""
        self.name, self.recipe, self.bare, self.rewriting, self.command = name, recipe, bare, rewriting, command
        self.blocking = blocking

    @contextmanager
    def __call__(self, folder: Path, certificates: Path, device: int, *, bare: bool = False,
                 change: tuple[str, str] | None = None) -> Iterator[int]:
        """Runs it before the device on that port, with a recipe that may be changed, and yields its own port."""
        port = free_port()
        text = (RECIPES / (self.bare if bare else self.recipe)).read_text()
        if change:
            assert change[0] in text, f"{self.recipe} has no {change[0]}"
            text = text.replace(*change)
        texts = {"listen 8443": f"listen 127.0.0.1:{port}", "bind :8443": f"bind 127.0.0.1:{port}", "8443": f"{port}",
                 "127.0.0.1:8080": f"127.0.0.1:{device}", "/etc/ssl/home": f"{certificates}"}
        # In one go: a port that is put in may hold the digits of one that is looked for.
        text = re.sub("|".join(map(re.escape, texts)), lambda found: texts[found[0]], text)
        folder.mkdir()
        (folder / "recipe").write_text(text)
        places = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        with Program(*self.command(folder, folder / "recipe"), **places) as program:
            try:
                until(lambda: is_open(port) or program.process.poll() is not None, f"{self.name} listens")
                if program.process.poll() is not None:
                    raise RuntimeError(f"{self.name} does not start")
                yield port
            except Exception:
                print(*list(program.lines)[-20:], sep="\n", flush=True)
                raise


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


def nginx(folder: Path, recipe: Path) -> list[str | Path]:
    paths = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;\n" if os.geteuid() == 0 else ""
    (folder / "main").write_text(
        f"{user}daemon off;\npid {folder}/pid;\nerror_log stderr;\nworker_processes 1;\n"
        f"events {{}}\nhttp {{\n  access_log off;\n{paths}  include {recipe};\n}}\n")
    return ["/usr/sbin/nginx", "-p", folder, "-c", folder / "main"]


def caddy(folder: Path, recipe: Path) -> list[str | Path]:
    (folder / "main").write_text(
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n"
        f"\tdefault_bind 127.0.0.1\n\tstorage file_system {folder}\n}}\nimport {recipe}\n")
    return ["/usr/bin/caddy", "run", "--adapter", "caddyfile", "--config", folder / "main"]


def haproxy(folder: Path, recipe: Path) -> list[str | Path]:
    (folder / "main").write_text("global\n  log stderr format raw local0\n\n")
    return ["/usr/sbin/haproxy", "-db", "-f", folder / "main", "-f", recipe]


ALL = [
    Proxy("nginx", "nginx.conf", "nginx-bare.conf", ("proxy_set_header Host $http_host;", ""), nginx,
          blocking=("proxy_set_header Upgrade $http_upgrade;", "")),
    Proxy("Caddy", "Caddyfile", "Caddyfile-bare",
          ("header_up X-Forwarded-Prefix", "header_up Host {upstream_hostport}\n\t\t\theader_up X-Forwarded-Prefix"),
          caddy),
    Proxy("HAProxy", "haproxy.cfg", "haproxy-bare.cfg",
          ("http-request del-header X-Forwarded-Port",
           "http-request set-header Host 127.0.0.1:8080\n  http-request del-header X-Forwarded-Port"), haproxy),
]


def secure(port: int, certificates: Path, source: str = "127.0.0.1", timeout: float = 20) -> ssl.SSLSocket:
    """A TLS connection to a proxy, from the address `source`, its certificate checked."""
    context = ssl.create_default_context(cafile=certificates / "certificate.pem")
    connection = socket.create_connection(("127.0.0.1", port), timeout, (source, 0))
    return context.wrap_socket(connection, server_hostname=NAME)
