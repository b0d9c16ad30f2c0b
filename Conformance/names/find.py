# SPDX-License-Identifier: MIT
"""Services of a kind as python-zeroconf finds them within three seconds, as JSON: `find.py _http._tcp OWN-ADDRESS`."""
from __future__ import annotations

import json
import sys
import time

from zeroconf import IPVersion, ServiceBrowser, ServiceListener, Zeroconf


class Listener(ServiceListener):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def add_service(self, _zeroconf: Zeroconf, _kind: str, name: str) -> None:
        self.names.add(name)

    def update_service(self, _zeroconf: Zeroconf, _kind: str, name: str) -> None:
        self.names.add(name)

    def remove_service(self, _zeroconf: Zeroconf, _kind: str, name: str) -> None:
        self.names.discard(name)


kind = f"{sys.argv[1]}.local."
listener, zeroconf = Listener(), Zeroconf(interfaces=[sys.argv[2]], ip_version=IPVersion.V4Only)
ServiceBrowser(zeroconf, kind, listener)
time.sleep(3)
found = []
for name in sorted(listener.names):
    if info := zeroconf.get_service_info(kind, name, 3000):
        texts = {key.decode(): (value or b"").decode() for key, value in info.properties.items()}
        found.append({"name": name.removesuffix(f".{kind}"), "address": info.parsed_addresses()[0], "port": info.port,
                      "texts": texts})
zeroconf.close()
print(json.dumps(found))
