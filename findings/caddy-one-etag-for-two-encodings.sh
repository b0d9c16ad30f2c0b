#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: caddy 2.6.2-5 (Debian 12).
# Behaviour: when `encode gzip` compresses what an upstream sent, the answer keeps the upstream's strong entity tag. So one
#   URL has the same strong tag for two different sequences of octets, while RFC 9110 section 8.8.3.3 says that a
#   representation with a content coding needs a tag of its own (nginx makes it weak, Apache appends -gzip). A cache or a
#   client that combines ranges by tag would join pieces of both.
# Seen: identity: ETag "one", 2590 octets
#       gzip:     ETag "one", 596 octets
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ "$(dpkg-query -W -f '${Version}' caddy 2>/dev/null)" != 2.6.2-5 ]; then
  (cd "$folder" && apt-get -qq download caddy=2.6.2-5)
  dpkg-deb -x "$folder"/caddy_*.deb "$folder/root"
  PATH=$folder/root/usr/bin:$PATH
fi
caddy version
cat >"$folder/upstream.py" <<'PYTHON'
import http.server

BODY = b"".join(b"line %d\n" % number for number in range(300))


class Upstream(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words): pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("ETag", '"one"')
        self.send_header("Vary", "Accept-Encoding")
        self.end_headers()
        self.wfile.write(BODY)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
print(server.server_address[1], flush=True)
server.serve_forever()
PYTHON
python3 "$folder/upstream.py" >"$folder/port" &
upstream=$!
trap 'kill $upstream; rm -rf "$folder"' EXIT
until [ -s "$folder/port" ]; do sleep 0.1; done
front=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
cat >"$folder/Caddyfile" <<CADDY
{
  admin off
  auto_https off
}
http://127.0.0.1:$front {
  encode gzip
  reverse_proxy 127.0.0.1:$(cat "$folder/port")
}
CADDY
HOME=$folder caddy run --config "$folder/Caddyfile" --adapter caddyfile >"$folder/log" 2>&1 &
proxy=$!
trap 'kill $upstream $proxy; rm -rf "$folder"' EXIT
until curl -s -o /dev/null "http://127.0.0.1:$front/"; do sleep 0.1; done
for coding in identity gzip; do
  curl -s -D "$folder/head-$coding" -o "$folder/body-$coding" -H "Accept-Encoding: $coding" "http://127.0.0.1:$front/"
  tag=$(tr -d '\r' <"$folder/head-$coding" | sed -n 's/^[Ee][Tt]ag: //p')
  echo "$coding: ETag $tag, $(wc -c <"$folder/body-$coding") octets"
  [ "$tag" = '"one"' ]
done
tr -d '\r' <"$folder/head-gzip" | grep -qi '^content-encoding: gzip$'
[ "$(wc -c <"$folder/body-gzip")" -lt "$(wc -c <"$folder/body-identity")" ]
