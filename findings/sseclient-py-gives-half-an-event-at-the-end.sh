#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: sseclient-py 1.9.0 (PyPI), beside httpx-sse 0.4.3, requests-sse 0.5.3 and aiosseclient 0.1.8.
# Behaviour: what follows the last empty line when a stream ends is no event and is to be thrown away (WHATWG HTML,
#   section 9.2.6): the server may have died in the middle of it. sseclient-py gives it to the program as an event, and
#   so of `data: 128` the first digits are a value like any other. The other three throw it away.
# Seen: a stream of `data: 100`, an empty line and `data: 12`, at which the server is gone
#       sseclient-py ['100', '12']
#       httpx-sse    ['100']
#       requests-sse ['100']
#       aiosseclient ['100']
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install sseclient-py==1.9.0 requests==2.34.2 httpx-sse==0.4.3 httpx==0.28.1 requests-sse==0.5.3 \
  aiosseclient==0.1.8
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio, datetime, http.server, threading

import httpx, httpx_sse, requests, requests_sse, sseclient
from aiosseclient import aiosseclient


class Stream(http.server.BaseHTTPRequestHandler):
    """Answers once; HTTP/1.0, so the end of the connection is the end of the stream. A second try is told to stop."""
    served = set()

    def log_message(self, *words): pass

    def do_GET(self):
        if self.path in self.served:
            self.send_response(204)
            self.end_headers()
            return
        self.served.add(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: 100\n\ndata: 12")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()


def by_sseclient_py(url):
    return [event.data for event in sseclient.SSEClient(requests.get(url, stream=True, timeout=9)).events()]


def by_httpx_sse(url):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", url) as source:
        return [event.data for event in source.iter_sse()]


def by_requests_sse(url):
    found = []
    try:
        with requests_sse.EventSource(url, timeout=9, reconnection_time=datetime.timedelta(seconds=0.1)) as source:
            for event in source:
                found.append(event.data)
    except requests_sse.InvalidStatusCodeError as end:
        assert end.status_code == 204
    return found


def by_aiosseclient(url):
    async def read():
        return [event.data async for event in aiosseclient(url)]
    return asyncio.run(asyncio.wait_for(read(), 9))


seen = {}
for name, read in (("sseclient-py", by_sseclient_py), ("httpx-sse", by_httpx_sse), ("requests-sse", by_requests_sse),
                   ("aiosseclient", by_aiosseclient)):
    seen[name] = read(f"http://127.0.0.1:{server.server_address[1]}/{name}")
    print(f"{name:12} {seen[name]}")
assert seen.pop("sseclient-py") == ["100", "12"] and all(data == ["100"] for data in seen.values()), seen
PYTHON
