#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: httpx-sse 0.4.3 (PyPI), beside sseclient-py 1.9.0, requests-sse 0.5.3 and aiohttp-sse-client 0.2.1.
# Behaviour: an empty line ends an event, and if there were no data, there is no event (WHATWG HTML, section 9.2.6). A
#   server may thus send `: comment` and an empty line every few seconds to keep the way open, as that section advises.
#   httpx-sse gives an event without data for it, but only once there has been an `id`: it takes the last identifier,
#   which stays, for a part of each event that follows. So the same keep-alive that does no harm to a stream without
#   identifiers makes a program that reads JSON from each event fail. A block with `retry` alone is an event, too.
# Seen: data of the events of: an event, two comments, an event
#       without id  httpx-sse ['1', '2']          the others ['1', '2']
#       with id     httpx-sse ['1', '', '', '2']  the others ['1', '2']
#       retry first httpx-sse ['', '1']           the others ['1']
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install httpx-sse==0.4.3 httpx==0.28.1 sseclient-py==1.9.0 requests==2.34.2 requests-sse==0.5.3 \
  aiohttp-sse-client==0.2.1 aiohttp==3.14.5
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import asyncio, http.server, threading

import aiohttp_sse_client.client, httpx, httpx_sse, requests, requests_sse, sseclient

COMMENTS = ": here\n\n: still here\n\n"
STREAMS = {
    "without id": ("data: 1\n\n" + COMMENTS + "data: 2\n\n", ["1", "2"]),
    "with id": ("id: a\ndata: 1\n\n" + COMMENTS + "id: b\ndata: 2\n\n", ["1", "2"]),
    "retry first": ("retry: 3000\n\ndata: 1\n\n", ["1"]),
}


class Stream(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass

    def do_GET(self):
        body = list(STREAMS.values())[int(self.path[1:])][0].encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
threading.Thread(target=server.serve_forever, daemon=True).start()


def by_httpx_sse(url, number):
    with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", url) as source:
        return [event.data for event in source.iter_sse()]


def by_sseclient_py(url, number):
    return [event.data for event in sseclient.SSEClient(requests.get(url, stream=True, timeout=9)).events()]


def by_requests_sse(url, number):
    with requests_sse.EventSource(url, timeout=9) as source:
        return [next(source).data for _ in range(number)]


def by_aiohttp_sse_client(url, number):
    async def read():
        async with aiohttp_sse_client.client.EventSource(url) as source:
            return [(await anext(source)).data for _ in range(number)]
    return asyncio.run(asyncio.wait_for(read(), 9))


for at, (words, (_, right)) in enumerate(STREAMS.items()):
    url = f"http://127.0.0.1:{server.server_address[1]}/{at}"
    theirs = by_httpx_sse(url, len(right))
    others = [read(url, len(right)) for read in (by_sseclient_py, by_requests_sse, by_aiohttp_sse_client)]
    print(f"{words:11} httpx-sse {str(theirs):18}  the others", *{str(data) for data in others})
    assert all(data == right for data in others), others
    assert theirs == {"without id": right, "with id": ["1", "", "", "2"], "retry first": ["", "1"]}[words], theirs
PYTHON
