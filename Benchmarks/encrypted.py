# SPDX-License-Identifier: MIT
"""What TLS costs: our server that encrypts by itself, beside nginx that does it for the same server. `run --tls` prints
the table."""
from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

OURS, THEIRS = "heliograph-echo --tls", "nginx + heliograph-echo"
RATIO_TARGET, MEMORY_TARGET = 1.5, 40  # times the CPU of nginx and its server, KB per idle client
CLIENTS, IDLE_CLIENTS = 100, 1000
DEPTHS = (16, 1)
PATIENCE = 20  # seconds until nginx listens
# One process, like ours; else Debian's defaults.
CONFIGURATION = """\
daemon off; master_process off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log warn;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {certificate}; ssl_certificate_key {certificate}; ssl_protocols TLSv1.2 TLSv1.3;
    location / {{
      proxy_pass http://127.0.0.1:{server};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection upgrade;
      proxy_read_timeout 1h;
    }}
  }}
}}
"""


def make_certificate(folder: Path) -> Path:
    """A certificate and its key in one file, of the kind that a device makes for itself."""
    key, certificate, both = (folder / name for name in ("key.pem", "certificate.pem", "both.pem"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    return both


class Side:
    """A server, or two in a row, and the load that is put on it."""

    def __init__(self, name: str, folder: Path, port: int, *pids: int) -> None:
        self.name, self.folder, self.port, self.pids = name, folder, port, pids

    def load(self, *arguments: str) -> subprocess.Popen:
        words = [self.folder / "load", *arguments, "--tls", "--port", str(self.port)]
        for pid in self.pids:
            words += ["--pid", str(pid)]
        return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextlib.contextmanager
def nginx(folder: Path, certificate: Path, server: int) -> Iterator[tuple[int, int]]:
    """Runs nginx in front of a server's port; its own port, and its process."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists():
        raise OSError("--tls needs nginx, and openssl")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    file = folder / "nginx.conf"
    file.write_text(CONFIGURATION.format(folder=folder, port=port, certificate=certificate, server=server))
    process = subprocess.Popen([program, "-p", folder, "-c", file, "-e", folder / "nginx.log"])
    try:
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            if process.poll() is not None or time.monotonic() > end:
                raise OSError(f"nginx does not listen: {(folder / 'nginx.log').read_text()}")
            time.sleep(0.02)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def measure(folder: Path, scratch: Path, start: Callable[..., Any], result: Callable[[Any], dict],
            options: Any) -> dict[str, dict[str, list]]:
    """What the load generator says of each side, one for each round: by the depth, and of idle clients."""
    certificate = make_certificate(scratch)
    found = {name: {case: [] for case in (*DEPTHS, "idle")} for name in (OURS, THEIRS)}
    for number in range(options.rounds):
        print(f"Round {number + 1} of {options.rounds} …", file=sys.stderr)
        program = folder / "heliograph-echo"
        with start(program, arguments=("--tls", str(certificate))) as ours, start(program) as plain, \
                nginx(scratch, certificate, plain.port) as (port, pid):
            sides = [Side(OURS, folder, ours.port, ours.process.pid),
                     Side(THEIRS, folder, port, pid, plain.process.pid)]
            # First, while their memory is fresh; together, because neither disturbs the other.
            silence = ("idle", "--conns", str(IDLE_CLIENTS), "--seconds", str(options.idle_seconds))
            for name, load in [(side.name, side.load(*silence)) for side in sides]:
                found[name]["idle"].append(result(load))
            for turn, depth in enumerate(DEPTHS):
                for side in sides if (number + turn) % 2 == 0 else reversed(sides):
                    said = result(side.load("echo", "--conns", str(CLIENTS), "--depth", str(depth), "--size", "32",
                                            "--seconds", str(options.seconds)))
                    found[side.name][depth].append(said)
    return found


def cipher(found: dict[str, dict[str, list]]) -> str:
    """What all connections were encrypted with: the comparison is of no use if that is not one."""
    names = {said["cipher"] for side in found.values() for rounds in side.values() for said in rounds}
    if len(names) != 1:
        raise OSError(f"not all speak the same cipher: {', '.join(sorted(names))}")
    return names.pop()


def ratios(found: dict[str, dict[str, list]], depth: int, cost: Callable[[dict], float]) -> list[float]:
    """Our costs, each divided by that of the other side in the same round."""
    pairs = zip(found[OURS][depth], found[THEIRS][depth])
    return [ours["cpu_us_per_message"] / cost(theirs) for ours, theirs in pairs]
