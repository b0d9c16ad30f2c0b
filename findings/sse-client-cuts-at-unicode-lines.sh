#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: aiosseclient 0.1.8 (PyPI), beside sseclient-py 1.9.0 and httpx-sse 0.4.3.
# Behaviour: a line of a stream of server-sent events ends with LF, CR or CR LF and with nothing else (WHATWG HTML, section
#   9.2.5). aiosseclient splits lines as Python's str.splitlines does, so U+0085 and U+2028 inside of a value end the line, too:
#   a JSON text that holds one of them unescaped, as RFC 8259 allows, arrives cut off, without an error. The other two
#   give it whole.
# Seen: aiosseclient  U+0085 '{"label":"a'   U+2028 '{"label":"a'
#       httpx-sse     U+0085 whole           U+2028 whole
#       sseclient-py  U+0085 whole           U+2028 whole
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install aiosseclient==0.1.8 sseclient-py==1.9.0 httpx-sse==0.4.3 httpx==0.28.1 requests==2.34.2
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio, http.server, threading
import httpx, httpx_sse, requests, sseclient
from aiosseclient import aiosseclient

TEXTS = {name: '{"label":"a' + mark + 'b"}' for name, mark in (("U+0085", "\u0085"), ("U+2028", "\u2028"))}


class Stream(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(f"data: {TEXTS[self.path[1:]]}\n\n".encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()


def plain(url):
    return next(iter(sseclient.SSEClient(requests.get(url, stream=True, timeout=9)).events())).data


def by_httpx(url):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", url) as source:
        return next(source.iter_sse()).data


def by_aiosseclient(url):
    async def first():
        async for event in aiosseclient(url):
            return event.data
    return asyncio.run(asyncio.wait_for(first(), 9))


cut = set()
for name, read in (("sseclient-py", plain), ("httpx-sse", by_httpx), ("aiosseclient", by_aiosseclient)):
    for mark, text in TEXTS.items():
        found = read(f"http://127.0.0.1:{server.server_address[1]}/{mark}")
        print(f"{name:13} {mark} {'whole' if found == text else repr(found)}")
        if found != text:
            cut.add((name, mark))
assert cut == {("aiosseclient", "U+0085"), ("aiosseclient", "U+2028")}, cut
PYTHON
