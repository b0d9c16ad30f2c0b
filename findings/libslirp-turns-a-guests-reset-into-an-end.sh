#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: libslirp 4.7.0, the user network of QEMU, here in slirp4netns 1.2.0 (Debian 12).
# Behaviour: TCP that is forwarded from the host to a guest is two connections, and how one ends is to be how the other
#   does. A reset by the host's program reaches the guest as a reset. A reset by the guest reaches the host as an orderly
#   end, just as if the guest had closed: who tests a device in QEMU through hostfwd cannot see that it aborts. Only a
#   port at which nothing listens gives a reset, and that after the host's connect has succeeded.
# Seen: the guest closes              the host sees an end
#       the guest resets              the host sees an end
#       the guest sends, then resets  the host sees 'bye', then an end
#       nothing listens in the guest  the host sees a connection, then a reset
#       the host closes               the guest sees an end
#       the host resets               the guest sees a reset
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && apt-get -qq download slirp4netns libslirp0 2>/dev/null)
for package in "$folder"/*.deb; do dpkg-deb -x "$package" "$folder/root"; done
export LD_LIBRARY_PATH="$folder/root/usr/lib/$(uname -m)-linux-gnu"
"$folder/root/usr/bin/slirp4netns" --version | grep -E "^slirp4netns version 1.2.0|^libslirp: 4.7.0"
python3 - "$folder" <<'PYTHON'
import json, pathlib, socket, struct, subprocess, sys, time

folder = pathlib.Path(sys.argv[1])
GUEST = r'''
import socket, struct
def reset(end):
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()
server = socket.create_server(("0.0.0.0", 8080))
print("ready", flush=True)
while True:
    end = server.accept()[0]
    match end.recv(100):
        case b"close": end.close()
        case b"reset": reset(end)
        case b"send": end.sendall(b"bye"); reset(end)
        case b"watch":
            end.sendall(b"watching")
            try:
                print("an end" if end.recv(100) == b"" else "octets", flush=True)
            except ConnectionResetError:
                print("a reset", flush=True)
'''


def forward(guest_port):
    """The port of the host's loopback that leads to the guest's."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with socket.socket(socket.AF_UNIX) as api:
        api.connect(f"{folder}/api")
        api.sendall(json.dumps({"execute": "add_hostfwd", "arguments": {
            "proto": "tcp", "host_addr": "127.0.0.1", "host_port": port, "guest_port": guest_port}}).encode())
        api.shutdown(socket.SHUT_WR)
        assert b"return" in api.recv(1000)
    return port


def host_sees(port, words):
    with socket.create_connection(("127.0.0.1", port), 9) as end:
        seen = []
        try:
            end.sendall(words)
            while octets := end.recv(100):
                seen.append(repr(octets.decode()))
            seen.append("an end")
        except ConnectionResetError:
            seen.append("a reset")
    return ", then ".join(seen)


def guest_sees(port, linger):
    end = socket.create_connection(("127.0.0.1", port), 9)
    end.sendall(b"watch")
    assert end.recv(100) == b"watching"
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", linger, 0))
    end.close()
    return guest.stdout.readline().strip()


space = subprocess.Popen(["unshare", "--net", "sh", "-c", "echo ready; exec sleep 120"], stdout=subprocess.PIPE, text=True)
assert space.stdout.readline() == "ready\n"
network = subprocess.Popen([folder / "root/usr/bin/slirp4netns", "--configure", "--api-socket", f"{folder}/api",
                            str(space.pid), "tap0"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
guest = subprocess.Popen(["nsenter", "--net", "--target", str(space.pid), sys.executable, "-c", GUEST],
                         stdout=subprocess.PIPE, text=True)
try:
    assert guest.stdout.readline() == "ready\n"
    while not (folder / "api").exists() or "tap0" not in subprocess.run(
            ["nsenter", "--net", "--target", str(space.pid), "cat", "/proc/net/route"],
            capture_output=True, text=True).stdout:
        time.sleep(0.1)
    port, nothing = forward(8080), forward(9999)
    seen = {
        "the guest closes": host_sees(port, b"close"),
        "the guest resets": host_sees(port, b"reset"),
        "the guest sends, then resets": host_sees(port, b"send"),
        "nothing listens in the guest": f"a connection, then {host_sees(nothing, b'close')}",
        "the host closes": guest_sees(port, 0),
        "the host resets": guest_sees(port, 1),
    }
finally:
    for process in guest, network, space:
        process.terminate()
        process.wait()
for what, words in seen.items():
    print(f"{what:29} the {'guest' if what.startswith('the host') else 'host'} sees {words}")
assert list(seen.values()) == ["an end", "an end", "'bye', then an end", "a connection, then a reset", "an end", "a reset"]
PYTHON
