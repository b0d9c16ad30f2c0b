#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: aiohttp 3.14.5, wreq 0.13.0 and httpx-ws 0.9.0 with httpx 0.28.1 (PyPI), beside websockets 17.4 and picows
#   2.3.1; tinyproxy 1.11.1 (Debian 12).
# Behaviour: a client that is told of a forward proxy must ask it for a tunnel with CONNECT, for ws: as for wss: (RFC
#   6455, section 4.1, step 2). aiohttp sends the handshake itself to the proxy, with a target of the scheme ws, and
#   wreq with one of the scheme http. A proxy takes out Upgrade, which is hop-by-hop, so the server sees a plain
#   request. httpx-ws asks for the tunnel, and then speaks TLS in it, though the scheme is ws. For wss:
#   all ask with CONNECT.
# Seen: what is asked of the proxy for ws://127.0.0.1:PORT/ws, and what the user sees through tinyproxy
#       aiohttp     GET ws://127.0.0.1:PORT/ws HTTP/1.1               WSServerHandshakeError 400
#       wreq        GET http://127.0.0.1:PORT/ws HTTP/1.1             UpgradeError 426
#       httpx-ws    CONNECT 127.0.0.1:PORT HTTP/1.1, then 16 03 01    ConnectError
#       websockets  CONNECT 127.0.0.1:PORT HTTP/1.1, then GET         hello
#       picows      CONNECT 127.0.0.1:PORT HTTP/1.1, then GET         hello
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq download tinyproxy-bin 2>/dev/null)
dpkg-deb -x "$folder"/tinyproxy-bin_*.deb "$folder/root"
"$folder/root/usr/bin/tinyproxy" -v
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install aiohttp==3.14.5 wreq==0.13.0 httpx-ws==0.9.0 httpx==0.28.1 \
  websockets==17.4 picows==2.3.1
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import asyncio, contextlib, pathlib, re, socket, subprocess, sys

import aiohttp, httpx, httpx_ws, picows, websockets, wreq

folder = pathlib.Path(sys.argv[1])


async def by_aiohttp(url, proxy):
    async with aiohttp.ClientSession() as session, session.ws_connect(url, proxy=proxy) as socket_:
        return (await socket_.receive()).data


async def by_wreq(url, proxy):
    async with await wreq.websocket(url, proxy=wreq.Proxy.all(proxy)) as socket_:
        return (await socket_.recv()).text


async def by_websockets(url, proxy):
    async with websockets.connect(url, proxy=proxy) as socket_:
        return await socket_.recv()


async def by_picows(url, proxy):
    first = asyncio.get_running_loop().create_future()

    class Listener(picows.WSListener):
        def on_ws_frame(self, transport, frame):
            if not first.done():
                first.set_result(frame.get_payload_as_utf8_text())

    transport, _ = await picows.ws_connect(Listener, url, proxy=proxy)
    words = await first
    transport.disconnect()
    return words


async def by_httpx_ws(url, proxy):
    async with httpx.AsyncClient(proxy=proxy) as client, httpx_ws.aconnect_ws(url, client) as socket_:
        return await socket_.receive_text()


async def serve(connection):
    await connection.send("hello")
    await connection.wait_closed()


async def main():
    server = await websockets.serve(serve, "127.0.0.1", 0)
    url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ws"
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        behind = one.getsockname()[1]
    (folder / "conf").write_text(f'Listen 127.0.0.1\nPort {behind}\nTimeout 60\nLogFile "{folder}/log"\n')
    asked = []

    async def record(reader, writer):
        """Writes down how it begins, and hands everything on to tinyproxy."""
        head = await reader.readuntil(b"\r\n\r\n")
        asked.append(head.partition(b"\r\n")[0].decode())
        there, back = await asyncio.open_connection("127.0.0.1", behind)
        back.write(head)

        async def pass_on(source, sink):
            try:
                while octets := await source.read(4096):
                    if sink is back and len(asked) == 1:  # the first that is sent through the tunnel
                        asked.append("GET" if octets.startswith(b"GET ") else octets[:3].hex(" "))
                    sink.write(octets)
            finally:
                sink.close()

        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(pass_on(reader, back), pass_on(there, writer), return_exceptions=True)

    recorder = await asyncio.start_server(record, "127.0.0.1", 0)
    proxy = f"http://127.0.0.1:{recorder.sockets[0].getsockname()[1]}"
    tinyproxy = subprocess.Popen([folder / "root/usr/bin/tinyproxy", "-d", "-c", folder / "conf"],
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seen = {}
    try:
        while socket.socket().connect_ex(("127.0.0.1", behind)):
            await asyncio.sleep(0.1)
        for name, connect in (("aiohttp", by_aiohttp), ("wreq", by_wreq), ("httpx-ws", by_httpx_ws),
                              ("websockets", by_websockets), ("picows", by_picows)):
            asked.clear()
            try:
                words = await asyncio.wait_for(connect(url, proxy), 9)
            except Exception as problem:
                status = re.search(r"\b4\d\d\b", f"{getattr(problem, 'status', '')} {problem}")
                words = f"{type(problem).__name__} {status[0] if status else problem}".strip()
            seen[name] = [asked[0].split()[0], *asked[1:2], words]
            print(f"{name:11} {', then '.join(asked[:2]):49} {words}")
    finally:
        tinyproxy.terminate()
        tinyproxy.wait()
    assert seen["aiohttp"] == ["GET", "WSServerHandshakeError 400"], seen
    assert seen["wreq"] == ["GET", "UpgradeError 426"], seen
    assert seen["httpx-ws"] == ["CONNECT", "16 03 01", "ConnectError"], seen
    assert seen["websockets"] == seen["picows"] == ["CONNECT", "GET", "hello"], seen


asyncio.run(main())
PYTHON
