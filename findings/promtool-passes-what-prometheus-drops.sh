#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: promtool and prometheus 2.42.0 (Debian 12).
# Behaviour: `promtool check metrics` is the checker for what a program shows at /metrics, and complains of an
#   abbreviated unit. It finds nothing wrong, and ends with 0, when the same series is there twice with two values, when
#   the lines of a metric are not together, when a histogram has no bucket +Inf or buckets that fall, and when a counter
#   is below zero: the first three are forbidden by the format itself. Prometheus, when it gets the same series twice,
#   keeps the first value and drops the second, with the target shown as up.
# Seen: an abbreviated unit            3  up_ms metric names should not contain abbreviated units
#       the same series twice          0
#       lines of a metric apart        0
#       a histogram without +Inf       0
#       buckets that fall              0
#       a counter below zero           0
#       prometheus: up 1, led_on 1 (of 1 and 0)
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
if [ "$(dpkg-query -W -f '${Version}' prometheus 2>/dev/null | cut -d+ -f1)" != 2.42.0 ]; then
  (cd "$folder" && apt-get -qq download prometheus 2>/dev/null)
  dpkg-deb -x "$folder"/prometheus_*.deb "$folder/root"
  PATH=$folder/root/usr/bin:$PATH
fi
promtool --version 2>&1 | grep -o "promtool, version 2.42.0"
python3 - "$folder" <<'PYTHON'
import http.server, json, pathlib, socket, subprocess, sys, threading, time, urllib.request

folder = pathlib.Path(sys.argv[1])


def metric(name, kind, *lines):
    return f"# HELP {name} a text\n# TYPE {name} {kind}\n" + "".join(f"{line}\n" for line in lines)


TWICE = metric("led_on", "gauge", 'led_on{part="lamp"} 1', 'led_on{part="lamp"} 0')
TEXTS = {
    "an abbreviated unit": metric("up_ms", "gauge", "up_ms 1"),
    "the same series twice": TWICE,
    "lines of a metric apart": metric("led_on", "gauge", 'led_on{part="a"} 1') + metric("fan_on", "gauge", "fan_on 1")
    + 'led_on{part="b"} 1\n',
    "a histogram without +Inf": metric("wait_seconds", "histogram", 'wait_seconds_bucket{le="1"} 5', "wait_seconds_sum 1",
                                       "wait_seconds_count 9"),
    "buckets that fall": metric("wait_seconds", "histogram", 'wait_seconds_bucket{le="1"} 5',
                                'wait_seconds_bucket{le="+Inf"} 3', "wait_seconds_sum 1", "wait_seconds_count 3"),
    "a counter below zero": metric("taps_total", "counter", "taps_total -1"),
}
statuses = {}
for words, text in TEXTS.items():
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True)
    statuses[words] = done.returncode
    print(f"{words:30} {done.returncode}  {(done.stdout + done.stderr).strip()}".rstrip())


class Metrics(http.server.BaseHTTPRequestHandler):
    def log_message(self, *words): pass

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(TWICE.encode())


target = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
threading.Thread(target=target.serve_forever, daemon=True).start()
with socket.socket() as one:
    one.bind(("127.0.0.1", 0))
    port = one.getsockname()[1]
(folder / "prometheus.yml").write_text(
    "scrape_configs: [{job_name: device, scrape_interval: 1s, scrape_timeout: 1s, static_configs: "
    f"[{{targets: ['127.0.0.1:{target.server_address[1]}']}}]}}]\n")
with open(folder / "log", "w") as log:
    prometheus = subprocess.Popen(
        ["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
         f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log)


def value(name):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/query?query={name}", timeout=9) as answer:
        found = json.load(answer)["data"]["result"]
    return found and [one["value"][1] for one in found]


try:
    for _ in range(100):
        try:
            if seen := value("led_on"):
                break
        except OSError:
            pass
        time.sleep(0.2)
    up = value("up")
finally:
    prometheus.terminate()
    prometheus.wait()
print(f"prometheus: up {' '.join(up)}, led_on {' '.join(seen)} (of 1 and 0)")
assert statuses.pop("an abbreviated unit") == 3 and not any(statuses.values()), statuses
assert up == ["1"] and seen == ["1"]
PYTHON
