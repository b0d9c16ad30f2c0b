# SPDX-License-Identifier: MIT
"""Clients that take their time (slowhttptest): heads, bodies and reading. The server's deadlines end them, and nobody
else waits meanwhile."""
from __future__ import annotations

import subprocess

from bench import Bench, Resources, until
from common.http import request
from witness import Witness

CONNECTIONS = 800
CONNECTING = 4  # seconds that slowhttptest may take for it
OWN = 4  # connections of the ordinary client


def attack(bench: Bench, *options: str, deadline: float, path: str = "/") -> None:
    """Lets slowhttptest open its connections, which it would hold for a minute, until the server has closed them."""
    with bench.heliograph(1000) as server:
        resources = Resources(server)
        with Witness(server.port) as witness:
            process = subprocess.Popen(
                ["nice", "slowhttptest", "-c", str(CONNECTIONS), "-r", "400", "-l", "60", *options,
                 "-u", f"http://127.0.0.1:{server.port}{path}"], stdout=subprocess.DEVNULL)
            try:
                until(lambda: resources.descriptors_more >= CONNECTIONS, CONNECTING, interval=0.05)
                bench.measure("slow connections at a time", resources.descriptors_more, at_least=CONNECTIONS)
                bench.measure("memory grew for each by", resources.growth / CONNECTIONS * 1024, 32, "KB")
                closed = until(lambda: resources.descriptors_more <= OWN, deadline + CONNECTING, interval=0.05)
            finally:
                process.terminate()
                process.wait()
        bench.measure("the server had closed the last of them after", closed, deadline + CONNECTING, "s")
        witness.report(bench)
        bench.measure("descriptors left over", resources.descriptors_more, 0)
        bench.measure("the page is answered", request(server.port)[0], 200, at_least=200)


def headers(bench: Bench) -> None:
    """800 clients send a head that never ends (slowhttptest -H)"""
    attack(bench, "-H", "-i", "1", deadline=5)  # timeouts.head


def body(bench: Bench) -> None:
    """800 clients send a body that never ends (slowhttptest -B)"""
    attack(bench, "-B", "-i", "2", "-s", "4096", deadline=10)  # timeouts.body


def reading(bench: Bench) -> None:
    """800 clients ask for the largest file ten times and hardly read (slowhttptest -X)"""
    attack(bench, "-X", "-k", "10", "-w", "64", "-y", "128", "-n", "4", "-z", "16", deadline=20,  # timeouts.write
           path="/index.js")
