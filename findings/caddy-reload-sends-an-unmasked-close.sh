#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: caddy 2.6.2-5 (Debian 12).
# Behaviour: a reload of the configuration ends every WebSocket that goes through reverse_proxy, and Caddy itself sends
#   the Close (1001) to both ends. To the server it speaks as the client, and yet its Close is not masked, which RFC 6455
#   section 5.1 forbids: the server sees a protocol error in place of 1001. It looks for no boundary between frames
#   either: when a message of the server's is half through, the four octets of the Close are inside of it, and the
#   client, still waiting for the rest, sees no Close at all.
# Seen: idle, to the server: 88 02 03 e9, which wsproto 1.3.2 reads as "unexpected unmasked frame" (1002)
#       idle, to the client: 88 02 03 e9
#       half a message, to the client: 81 7e 03 e8, 500 octets, 88 02 03 e9, and TCP's end inside of the message
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ "$(dpkg-query -W -f '${Version}' caddy 2>/dev/null)" != 2.6.2-5 ]; then
  (cd "$folder" && apt-get -qq download caddy=2.6.2-5)
  dpkg-deb -x "$folder"/caddy_*.deb "$folder/root"
  PATH=$folder/root/usr/bin:$PATH
fi
caddy version
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install wsproto==1.3.2
HOME=$folder "$folder/venv/bin/python" - "$folder" <<'PYTHON'
import pathlib, queue, socket, subprocess, sys, threading, time

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, Request
from wsproto.utilities import RemoteProtocolError

folder = pathlib.Path(sys.argv[1])
CLOSE = b"\x88\x02" + (1001).to_bytes(2, "big")
HALF = b"\x81\x7e" + (1000).to_bytes(2, "big") + b"a" * 500  # a text message of 1,000 octets, half of it
servers = queue.Queue()


def received(end, within=5):
    """What comes until the other side ends TCP."""
    end.settimeout(within)
    octets = b""
    while part := end.recv(4096):
        octets += part
    return octets


def serve(end):
    """A server of wsproto's, which sends half a message if the path says so, and then only listens."""
    connection = WSConnection(ConnectionType.SERVER)
    handshake = None
    while handshake is None:
        connection.receive_data(end.recv(4096))
        handshake = next((event for event in connection.events() if isinstance(event, Request)), None)
    end.sendall(connection.send(AcceptConnection()))
    if handshake.target == "/half":
        end.sendall(HALF)
    octets = received(end, 20)
    try:
        connection.receive_data(octets)
        words = " ".join(map(str, connection.events()))
    except RemoteProtocolError as problem:
        words = f"{problem!r}"
    servers.put((handshake.target, octets, words))


def listen():
    while True:
        threading.Thread(target=serve, args=(upstream.accept()[0],), daemon=True).start()


def free():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def connected(path):
    """A client whose handshake is done, and what came behind the answer to it."""
    end = socket.create_connection(("127.0.0.1", front))
    end.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    octets = b""
    while b"\r\n\r\n" not in octets:
        octets += end.recv(4096)
    head, _, rest = octets.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    return end, rest


upstream = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=listen, daemon=True).start()
front, admin = free(), free()


def configure(number):
    file = folder / "Caddyfile"
    file.write_text(f"{{\n  admin 127.0.0.1:{admin}\n  auto_https off\n}}\nhttp://localhost:{front} {{\n"
                    f"  header X-Number {number}\n  reverse_proxy 127.0.0.1:{upstream.getsockname()[1]}\n}}\n")
    return ["--config", file, "--adapter", "caddyfile"]


with open(folder / "log", "w") as log:
    caddy = subprocess.Popen(["caddy", "run", *configure(1)], stderr=log)
try:
    for _ in range(100):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", front)) == 0:
                break
        time.sleep(0.1)
    (idle, nothing), (half, begun) = connected("/idle"), connected("/half")
    while len(begun) < len(HALF):
        begun += half.recv(4096)
    subprocess.run(["caddy", "reload", *configure(2), "--address", f"127.0.0.1:{admin}"], check=True,
                   stderr=subprocess.DEVNULL)
    to_idle, to_half = nothing + received(idle), begun + received(half)
finally:
    caddy.terminate()
    caddy.wait()
seen = {path: (octets, words) for path, octets, words in (servers.get(timeout=9), servers.get(timeout=9))}

octets, words = seen["/idle"]
print(f"idle, to the server: {octets.hex(' ')}, which wsproto reads as {words}")
print(f"idle, to the client: {to_idle.hex(' ')}")
print(f"half a message, to the client: {to_half[:4].hex(' ')}, {to_half.count(b'a')} octets, {to_half[504:].hex(' ')}, end")
assert octets == CLOSE and "PROTOCOL_ERROR" in words and "unmasked" in words
assert seen["/half"][0] == CLOSE and to_idle == CLOSE and to_half == HALF + CLOSE
PYTHON
