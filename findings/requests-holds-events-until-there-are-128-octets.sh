#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: sseclient-py 1.9.0 and requests-sse 0.5.3 with requests 2.34.2 (PyPI), beside httpx-sse 0.4.3.
# Behaviour: sseclient-py and requests-sse read a stream of requests' as their documentation has it: get(url, stream=True),
#   then iterate. If the answer is chunked, each event is there as it comes. If it ends with its connection, as it does
#   from any server that speaks HTTP/1.0, an event is held until 128 octets have come (requests-sse: 1,024) or the
#   stream ends, however long that takes: requests asks for pieces of that size, and urllib3 2 waits for the whole
#   piece. `stream` says nothing about that. httpx-sse shows each event at once either way.
# Seen: five events of 28 octets, one each 0.4 s: when each is there
#       chunked     sseclient-py 0.0 0.4 0.8 1.2 1.6
#       chunked     requests-sse 0.0 0.4 0.8 1.2 1.6
#       chunked     httpx-sse    0.0 0.4 0.8 1.2 1.6
#       to the end  sseclient-py 1.6 1.6 1.6 1.6 2.0
#       to the end  requests-sse 2.0 2.0 2.0 2.0 2.0
#       to the end  httpx-sse    0.0 0.4 0.8 1.2 1.6
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install sseclient-py==1.9.0 requests==2.34.2 urllib3==2.7.0 requests-sse==0.5.3 httpx-sse==0.4.3 \
  httpx==0.28.1
"$folder/venv/bin/python" - <<'PYTHON'
import itertools, socket, threading, time

import httpx, httpx_sse, requests, requests_sse, sseclient

EVENT = b"data: twenty more letters.\n\n"
COUNT = 5


def serve(end):
    request = b""
    while b"\r\n\r\n" not in request:
        request += end.recv(4096)
    is_chunked = b"/chunked" in request
    end.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                + (b"Transfer-Encoding: chunked\r\n\r\n" if is_chunked else b"Connection: close\r\n\r\n"))
    for _ in range(COUNT):
        end.sendall(b"%x\r\n%s\r\n" % (len(EVENT), EVENT) if is_chunked else EVENT)
        time.sleep(0.4)
    end.sendall(b"0\r\n\r\n" if is_chunked else b"")
    end.close()


def listen():
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=listen, daemon=True).start()


def by_sseclient_py(url):
    yield None
    yield from sseclient.SSEClient(requests.get(url, stream=True, timeout=9)).events()


def by_requests_sse(url):
    yield None
    with requests_sse.EventSource(url, timeout=9) as source:
        yield from source


def by_httpx_sse(url):
    with httpx.Client() as client:
        yield None
        with httpx_sse.connect_sse(client, "GET", url) as source:
            yield from source.iter_sse()


seen = {}
for path in "chunked", "to the end":
    for name, read in (("sseclient-py", by_sseclient_py), ("requests-sse", by_requests_sse), ("httpx-sse", by_httpx_sse)):
        events = read(f"http://127.0.0.1:{server.getsockname()[1]}/{path.split()[0]}")
        next(events)
        start = time.monotonic()
        seen[path, name] = [time.monotonic() - start for _ in itertools.islice(events, COUNT)]
        print(f"{path:11} {name:12}", *(f"{moment:.1f}" for moment in seen[path, name]), flush=True)
for (path, name), times in seen.items():
    is_held = path == "to the end" and name != "httpx-sse"
    assert (times[3] - times[0] < 0.3 and times[0] > 1.1) if is_held else times[3] - times[0] > 0.9, (path, name, times)
PYTHON
