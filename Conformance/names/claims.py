# SPDX-License-Identifier: MIT
"""What holds of a device's names."""
from __future__ import annotations

from common.claims import check, until
from house import House, until_found

KIND = "_heliograph._tcp"


def both_kinds_are_found_with_what_is_said_of_them(here: House, there: House) -> str:
    device = here.device("Kitchen", "--mqtt-broker", "mqtt://127.0.0.1:9", "--mqtt-id", "kitchen")
    for kind in (KIND, "_http._tcp"):
        service, = until_found(there, kind, "Kitchen")
        check((service.address, service.port) == (here.address, device.port), f"{kind} leads to the device, not {service}")
        check(service.texts["id"] == "kitchen" and service.texts["path"] == "/" and service.texts["version"],
              f"it says id, version and path, and not {service.texts}")
        check(there.find(kind) == [service], f"python-zeroconf finds the same, and not {there.find(kind)}")
    check(there.fetch(service)["name"] == "Kitchen", "and the device answers there")
    device.stop()
    until_found(there, KIND)
    return f"by avahi-browse and python-zeroconf; version {service.texts['version']}"


def two_of_one_name_both_have_one(here: House, there: House) -> str:
    first = here.device("Kitchen")
    until_found(there, KIND, "Kitchen")
    second = there.device("Kitchen")
    found = {service.name: service for service in until_found(here, KIND, "Kitchen", "Kitchen #2")}
    check(found["Kitchen"].port == first.port and found["Kitchen #2"].port == second.port, "the first keeps its name")
    for name, service in found.items():
        check(there.fetch(service)["type"] == "hello", f"{name} answers")
    return "Kitchen and Kitchen #2"


def two_that_meet_later_both_have_one(here: House, there: House) -> str:
    """Each was alone with the name when it took it."""
    for house in (here, there):
        house.ask("ip", "link", "set", "street", "multicast", "off")
    devices = [house.device("Kitchen") for house in (here, there)]
    for device in devices:
        device.wait_for(lambda line: "on the local network as “Kitchen”" in line)
    for house in (here, there):
        house.ask("ip", "link", "set", "street", "multicast", "on")
    for house in (here, there):
        found = until_found(house, KIND, "Kitchen", "Kitchen #2")
        check(sorted(service.port for service in found) == sorted(device.port for device in devices), "each leads to its own")
    return "Kitchen and Kitchen #2"


def avahi_may_be_stopped_and_started(here: House, there: House) -> str:
    device = here.device("Kitchen")
    until_found(there, KIND, "Kitchen")
    here.avahi.stop()
    until_found(there, KIND)
    device.wait_for(lambda line: "apt-get install avahi-daemon" in line)
    here.start_avahi()
    until_found(there, KIND, "Kitchen")
    return "found again"


def where_avahi_does_not_run_one_line_says_how_to_get_it(here: House, there: House) -> str:
    here.avahi.stop()
    device = here.device("Kitchen")
    said = device.wait_for(lambda line: "apt-get install avahi-daemon" in line)
    device.stop()
    here.bus.stop()
    device = here.device("Kitchen")
    device.wait_for(lambda line: "apt-get install avahi-daemon" in line)
    until(lambda: device.port > 0, "and it serves all the same")
    return said


def a_gateway_is_found_as_a_page_and_not_as_a_device(here: House, there: House) -> str:
    device, gateway = here.device("Kitchen"), here.gateway("House")
    until_found(there, KIND, "Kitchen")
    page, = (service for service in until_found(there, "_http._tcp", "House", "Kitchen") if service.name == "House")
    check(page.port == gateway.port != device.port and page.texts["path"] == "/", f"it leads to the gateway, not {page}")
    check(there.fetch(page)["name"] == "House", "which answers there")
    return "House is found as _http._tcp"


def a_machine_that_gets_another_name_is_known_and_shown_by_it(here: House, there: House) -> str:
    """Both houses are called the same, so avahi renames one: before the device starts, and while it runs."""
    there.ask("hostname", here.name)
    there.avahi.stop()
    there.start_avahi()
    renamed = f"{here.name}-2.local"
    until(lambda: renamed in there.ask("avahi-resolve", "-n", renamed), f"one of them becomes {renamed}", 30, 0.2)
    device = there.device("Kitchen")
    shown = device.wait_for(lambda line: line.strip().startswith(f"http://{renamed}:"))
    service, = until_found(here, KIND, "Kitchen")
    check(here.fetch(service, renamed)["name"] == "Kitchen", "the device answers to it")
    there.ask("avahi-set-host-name", "pantry")
    device.wait_for(lambda line: "this machine is pantry.local on the local network" in line)

    def is_known() -> bool:
        try:
            return here.fetch(service, "pantry.local")["name"] == "Kitchen"
        except RuntimeError:
            return False
    until(is_known, "and to the one it gets while it runs", 20, 0.5)
    return f"{shown.strip()}, then pantry.local"


def whoever_is_not_to_be_found_is_not(here: House, there: House) -> str:
    hidden, visible = here.device("Cellar", "--no-announce"), here.device("Kitchen")
    until_found(there, KIND, "Kitchen")
    check(hidden.port != visible.port, "both run")
    until_found(there, KIND, "Kitchen")
    return "Kitchen alone"


ALL = [both_kinds_are_found_with_what_is_said_of_them, two_of_one_name_both_have_one, two_that_meet_later_both_have_one,
       a_gateway_is_found_as_a_page_and_not_as_a_device, avahi_may_be_stopped_and_started,
       where_avahi_does_not_run_one_line_says_how_to_get_it,
       a_machine_that_gets_another_name_is_known_and_shown_by_it, whoever_is_not_to_be_found_is_not]
