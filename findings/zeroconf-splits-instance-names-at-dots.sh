#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: zeroconf 0.154.0 (PyPI).
# Behaviour: the name of an instance is a single label of DNS, in which a dot is a letter like any other (RFC 6763,
#   sections 4.1.1 and 4.3). zeroconf registers "Fan v2.5._http._tcp.local." without a word and announces it as two
#   labels, "Fan v2" and "5". Asked for the name as it should be, with one label, it even answers, but with its own two: neither the
#   question nor the name in the answer is what was asked. Between two zeroconfs it goes unnoticed, since a name is a
#   string there; others find an instance "Fan v2" of no type, if any. A version number in a name is enough.
# Seen: announced                        Fan v2|5|_http|_tcp|local
#       asked Fan v2.5|_http|_tcp|local  SRV of Fan v2|5|_http|_tcp|local
#       found by another zeroconf        Fan v2.5._http._tcp.local.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install zeroconf==0.154.0 dnspython==2.8.0
"$folder/venv/bin/python" - <<'PYTHON'
import socket, threading

import dns.message, dns.name, dns.rdatatype
from zeroconf import IPVersion, ServiceBrowser, ServiceInfo, Zeroconf

TYPE = "_http._tcp.local."


def ask(labels, kind):
    """A question by multicast on loopback from a port that is not 5353, which is answered to that port alone."""
    question = dns.message.make_query(dns.name.Name([*labels, b""]), kind)
    question.flags = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        one.bind(("127.0.0.1", 0))
        one.settimeout(9)
        one.sendto(question.to_wire(), ("224.0.0.251", 5353))
        while True:  # another responder of this machine may answer, too
            answer = dns.message.from_wire(one.recv(9000))
            for records in answer.answer:
                name = records[0].target if kind == "PTR" else records.name
                if records.rdtype == dns.rdatatype.from_text(kind) and name.labels[0].startswith(b"Fan"):
                    return "|".join(label.decode() for label in name.labels[:-1])


def browser(found):
    def note(zeroconf, service_type, name, state_change):
        if name.startswith("Fan"):
            names.append(name)
            found.set()
    return note


names = []
device = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
device.register_service(ServiceInfo(
    TYPE, "Fan v2.5." + TYPE, port=80, server="fan.local.", addresses=[socket.inet_aton("127.0.0.1")],
    properties={"path": "/"}))
announced = ask([b"_http", b"_tcp", b"local"], "PTR")
print(f"{'announced':32} {announced}")
one_label = [b"Fan v2.5", b"_http", b"_tcp", b"local"]
answered = ask(one_label, "SRV")
print(f"asked {b'|'.join(one_label).decode():26} SRV of {answered}")
other, found = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only), threading.Event()
ServiceBrowser(other, TYPE, handlers=[browser(found)])
assert found.wait(9)
print(f"{'found by another zeroconf':32} {names[0]}")
other.close()
device.close()
assert announced == answered == "Fan v2|5|_http|_tcp|local" and names[0] == "Fan v2.5." + TYPE
PYTHON
