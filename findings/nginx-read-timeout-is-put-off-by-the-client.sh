#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: nginx 1.22.1 (Debian 12).
# Behaviour: its documentation says of proxy_read_timeout "if the proxied server does not transmit anything within this
#   time, the connection is closed". That does not hold once a connection is upgraded: what the client sends starts the
#   time anew. So a server that has gone dumb is never noticed as long as the page in front sends something, such as a
#   ping, more often than that; and whoever pings in order to keep the way open need not do it from the server's side.
#   For an answer that is no upgrade it holds.
# Seen: proxy_read_timeout 2s, a server that says nothing behind its 101
#       a silent client: closed after 2.0 s
#       a client that pings each 0.5 s: open after 8 s
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
PATH=$PATH:/usr/sbin
if ! nginx -v 2>&1 | grep -q nginx/1.22.1; then
  (cd "$folder" && apt-get -qq download nginx)
  dpkg-deb -x "$folder"/nginx_*.deb "$folder/root"
  PATH=$folder/root/usr/sbin:$PATH
fi
nginx -v 2>&1 | grep nginx/1.22.1
python3 - "$folder" <<'PYTHON'
import os, pathlib, socket, subprocess, sys, threading, time

folder = pathlib.Path(sys.argv[1])
REQUEST = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
ANSWER = (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
PING = b"\x89\x80\0\0\0\0"


def head(end):
    octets = b""
    while b"\r\n\r\n" not in octets:
        octets += end.recv(4096)
    return octets


def dumb(end):
    """A server that answers the handshake, and after that only reads."""
    head(end)
    end.sendall(ANSWER)
    while end.recv(4096):
        pass


def listen():
    while True:
        threading.Thread(target=dumb, args=(server.accept()[0],), daemon=True).start()


def closed_after(patience, pause, words):
    """How long the proxy keeps a connection on which the client says `words` after each `pause`; None if it is kept."""
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(REQUEST)
        assert b" 101 " in head(client)
        start = time.monotonic()
        client.settimeout(pause)
        while time.monotonic() - start < patience:
            try:
                if not client.recv(4096):
                    return time.monotonic() - start
            except TimeoutError:
                client.sendall(words)
    return None


server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=listen, daemon=True).start()
with socket.socket() as one:
    one.bind(("127.0.0.1", 0))
    port = one.getsockname()[1]
paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
(folder / "nginx.conf").write_text(f"""pid {folder}/pid; error_log {folder}/log; daemon off; events {{ }}
http {{
  access_log off; {paths}
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{server.getsockname()[1]};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
      proxy_read_timeout 2s;
    }}
  }}
}}
""")
os.chmod(folder, 0o755)
nginx = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-e", folder / "log"])
try:
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.1)
    silent = closed_after(8, 0.5, b"")
    talking = closed_after(8, 0.5, PING)
finally:
    nginx.terminate()
    nginx.wait()
print(f"a silent client: closed after {silent:.1f} s")
print("a client that pings each 0.5 s:", "open after 8 s" if talking is None else f"closed after {talking:.1f} s")
assert 1.5 < silent < 4 and talking is None
PYTHON
