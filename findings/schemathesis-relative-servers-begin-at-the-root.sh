#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: schemathesis 4.32.5 (PyPI).
# Behaviour: a relative URL in `servers` is relative to where the description was got (OpenAPI 3.0.3, Server Object; the
#   resolution is RFC 3986's, as for a link). schemathesis puts it behind the root of the host in every case. So a
#   description that says `..`, as it must if it is to work under any path of a proxy, has the wrong paths asked, where
#   another site may be, and checks such as not_a_server_error pass on its 404.
# Seen: got from /devices/lamp/api/openapi.json, with the path /thing in it
#       servers  RFC 3986                       asked
#       ..       /devices/lamp/thing            /thing
#       .        /devices/lamp/api/thing        /thing
#       v1       /devices/lamp/api/v1/thing     /v1/thing
#       /v1      /v1/thing                      /v1/thing
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install schemathesis==4.32.5 hypothesis==6.170.17
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import http.server, json, pathlib, subprocess, sys, threading, urllib.parse

folder = pathlib.Path(sys.argv[1])
AT = "/devices/lamp/api/openapi.json"
TEXT = {"description": "a text", "content": {"application/json": {"schema": {"type": "string"}}}}
asked, servers = set(), ""


class Answer(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass

    def do_GET(self):
        asked.add(self.path)
        body = "a thing"
        if self.path == AT:
            body = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "servers": [{"url": servers}],
                    "paths": {"/thing": {"get": {"responses": {"200": TEXT}}}}}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_address[1]}{AT}"
wrong = []
print(f"{'servers':8} {'RFC 3986':30} asked")
for servers in ("..", ".", "v1", "/v1"):
    asked.clear()
    done = subprocess.run([folder / "venv/bin/st", "run", url, "--seed", "1", "--max-examples", "2", "--no-color",
                           "--checks", "not_a_server_error", "--phases", "fuzzing"],
                          cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    things = sorted(path for path in asked if path.endswith("/thing"))
    base = urllib.parse.urljoin(url, servers)
    right = urllib.parse.urlsplit(base.rstrip("/") + "/thing").path
    print(f"{servers:8} {right:30} {' '.join(things)}")
    assert len(things) == 1, asked
    if things[0] != right:
        wrong.append(servers)
assert wrong == ["..", ".", "v1"], wrong
PYTHON
