#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: zeroconf 0.154.0, read by dnspython 2.8.0 (PyPI).
# Behaviour: a service without properties still has a TXT record, with one string of no length, since a TXT record without
#   any string is not allowed (RFC 6763, section 6.1, and RFC 1035, section 3.3.14). A ServiceInfo whose properties are
#   left out, as they may be, is announced with a record of no octets. A strict reader then refuses the whole message,
#   with the address and the port in it: dnspython finds nothing of a service that every zeroconf shows. One property, or
#   `properties=b"\0"`, mends it.
# Seen: properties left out      TXT of 0 octets: FormError: the list of strings must not be empty
#       properties={}            TXT of 0 octets: FormError: the list of strings must not be empty
#       properties=b"\0"         TXT of 1 octet:  read
#       properties={"path": "/"} TXT of 7 octets: read
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install zeroconf==0.154.0 dnspython==2.8.0
"$folder/venv/bin/python" - <<'PYTHON'
import socket

import dns.exception, dns.message
from zeroconf import DNSIncoming, IPVersion, ServiceInfo, Zeroconf

TYPE, TXT = "_http._tcp.local.", 16


def announced(name, **more):
    """The octets of the answer to a question by multicast on loopback."""
    device = Zeroconf(interfaces=["127.0.0.1"], ip_version=IPVersion.V4Only)
    device.register_service(ServiceInfo(
        TYPE, f"{name}.{TYPE}", port=80, server="fan.local.", addresses=[socket.inet_aton("127.0.0.1")], **more))
    question = dns.message.make_query(f"{name}.{TYPE}", "ANY")
    question.flags = 0
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        one.bind(("127.0.0.1", 0))
        one.settimeout(9)
        one.sendto(question.to_wire(), ("224.0.0.251", 5353))
        octets = one.recv(9000)
    device.close()
    return octets


seen = []
for number, (words, more) in enumerate((
        ("properties left out", {}), ("properties={}", {"properties": {}}), ('properties=b"\\0"', {"properties": b"\0"}),
        ('properties={"path": "/"}', {"properties": {"path": "/"}}))):
    octets = announced(f"Fan {number}", **more)
    size = next(len(record.text) for record in DNSIncoming(octets).answers() if record.type == TXT)
    try:
        dns.message.from_wire(octets)
        read = "read"
    except dns.exception.FormError as problem:
        read = f"FormError: {problem}"
    seen.append((size, read))
    print(f"{words:24} TXT of {size} octet{'s: ' if size != 1 else ':  '}{read}")
refused = 0, "FormError: the list of strings must not be empty"
assert seen == [refused, refused, (1, "read"), (7, "read")], seen
PYTHON
