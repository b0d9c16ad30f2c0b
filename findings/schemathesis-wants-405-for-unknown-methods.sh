#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: schemathesis 4.32.5 (PyPI).
# Behaviour: a server that does not know a method at all answers 501 (Not Implemented), and 405 if it knows the method and
#   the resource does not take it (RFC 9110, section 9.1). The check unsupported_method asks each path with the method QUERY
#   too, and counts 501 as a failure of the server: it wants 405. A server that follows the RFC to the letter cannot pass
#   without a hook that leaves that method out.
# Seen: "Unsupported method QUERY returned 501, expected 405 Method Not Allowed", and the run ends with status 1.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install schemathesis==4.32.5 hypothesis==6.170.17
cat >"$folder/server.py" <<'PYTHON'
import http.server, json, sys

KNOWN = {"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"}
TEXT = {"description": "a text", "content": {"application/json": {"schema": {"type": "string"}}}}
DESCRIPTION = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"},
               "paths": {"/thing": {"get": {"responses": {"200": TEXT}}}}}


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words): pass

    def handle_one_request(self):
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.dumps(DESCRIPTION if self.path == "/openapi.json" else "a thing").encode()
        status = 200 if self.command == "GET" else 405 if self.command in KNOWN else 501
        if status == 501:
            print(f"{self.command} is answered with 501", flush=True)
        self.send_response(status)
        self.send_header("Allow", "GET")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
"$folder/venv/bin/python" "$folder/server.py" >"$folder/log" &
server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
until [ -s "$folder/log" ]; do sleep 0.1; done
port=$(head -1 "$folder/log")
status=0
(cd "$folder" && venv/bin/st run "http://127.0.0.1:$port/openapi.json" --seed 1 --max-examples 5 \
  --checks unsupported_method --phases coverage --no-color >report 2>&1) || status=$?
grep -m1 "501" "$folder/log"
grep -n -m6 -i "unsupported\|405\|501\|Wrong" "$folder/report"
echo "exit status $status"
[ "$status" = 1 ] && grep -q "QUERY" "$folder/log" && grep -q "405" "$folder/report"
