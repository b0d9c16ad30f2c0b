#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: nginx 1.22.1 (Debian 12), with proxy_buffering as it is by default: on.
# Behaviour: server-sent events are said to need `proxy_buffering off` or X-Accel-Buffering behind nginx. Whether they
#   do depends on how the server frames its answer. Each chunk of a chunked answer is passed on at once, though
#   buffering is on; only an answer that ends with its connection is held until a buffer is full or the stream ends.
#   What decides is thus proxy_http_version: its default, 1.0, makes a good server leave the chunks out, and 1.1, which
#   everyone sets who lets sockets through, brings them. With `gzip on` for this type the chunked one is held as well.
# Seen: four events, one each 0.5 s: when each arrives
#       chunked          0.0 0.5 1.0 1.5
#       to the end       1.5 1.5 1.5 1.5
#       chunked, gzip    1.5 1.5 1.5 1.5
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
import http.client, os, pathlib, socket, subprocess, sys, threading, time, zlib

folder = pathlib.Path(sys.argv[1])
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"


def serve(end):
    request = b""
    while b"\r\n\r\n" not in request:
        request += end.recv(4096)
    is_chunked = request.startswith(b"GET /chunked")
    end.sendall(HEAD + (b"Transfer-Encoding: chunked\r\n\r\n" if is_chunked else b"Connection: close\r\n\r\n"))
    for number in range(4):
        if number:
            time.sleep(0.5)
        event = b"data: %d\n\n" % number
        end.sendall(b"%x\r\n%s\r\n" % (len(event), event) if is_chunked else event)
    if is_chunked:
        end.sendall(b"0\r\n\r\n")
    end.close()


def listen():
    while True:
        threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()


def arrivals(path, coding):
    """When each event is there, in seconds since the first could have been."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=9)
    start = time.monotonic()
    client.request("GET", path, headers={"Accept-Encoding": coding})
    answer = client.getresponse()
    assert answer.getheader("Content-Encoding", "identity") == coding
    unpack = zlib.decompressobj(31).decompress if coding == "gzip" else bytes
    text, times = b"", []
    while octets := answer.read1(4096):
        text += unpack(octets)
        times += [time.monotonic() - start] * (text.count(b"\n\n") - len(times))
    client.close()
    assert len(times) == 4, text
    return times


server = socket.create_server(("127.0.0.1", 0))
threading.Thread(target=listen, daemon=True).start()
with socket.socket() as one:
    one.bind(("127.0.0.1", 0))
    port = one.getsockname()[1]
paths = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
(folder / "nginx.conf").write_text(f"""pid {folder}/pid; error_log {folder}/log; daemon off; events {{ }}
http {{
  access_log off; {paths}
  gzip on; gzip_types text/event-stream; gzip_min_length 0;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://127.0.0.1:{server.getsockname()[1]};
      proxy_http_version 1.1;
      proxy_set_header Connection '';
    }}
  }}
}}
""")
os.chmod(folder, 0o755)
nginx = subprocess.Popen(["nginx", "-c", folder / "nginx.conf", "-e", folder / "log"])
try:
    while socket.socket().connect_ex(("127.0.0.1", port)):
        time.sleep(0.1)
    chunked, whole = arrivals("/chunked", "identity"), arrivals("/end", "identity")
    packed = arrivals("/chunked", "gzip")
finally:
    nginx.terminate()
    nginx.wait()
for name, times in ("chunked", chunked), ("to the end", whole), ("chunked, gzip", packed):
    print(f"{name:16}", *(f"{moment:.1f}" for moment in times))
assert chunked[3] - chunked[0] > 1 > 0.4 > max(whole[3] - whole[0], packed[3] - packed[0])
assert min(whole[0], packed[0]) > 1.4
PYTHON
