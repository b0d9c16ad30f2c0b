# SPDX-License-Identifier: MIT
"""A broker that wants to be spoken to in secret, and to know who speaks: mosquitto with TLS and passwords, with
certificates by OpenSSL. Each claim says what the page shows when the device is not let in."""
from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from brokers import Mosquitto
from common.claims import check, until
from common.http import device_state
from common.program import Program
from claims import is_connected

USER, PASSWORD = "lamp", "a secret of its own"


class Secured(Mosquitto):
    """The broker's certificate is for localhost. A client needs one of its own or a password, as `wants` says."""
    name = "mosquitto with TLS"
    names = "DNS:localhost,IP:127.0.0.1"
    wants = "require_certificate true\nuse_identity_as_username true\n"

    def prepare(self) -> None:
        self.authority = authority(self.folder, "authority")
        certificate(self.folder, "broker", self.authority, self.names)
        certificate(self.folder, "device", self.authority, "DNS:device")
        passwords = self.folder / "passwords"
        subprocess.run(["mosquitto_passwd", "-b", "-c", passwords, USER, PASSWORD], check=True, capture_output=True)
        (self.folder / "conf").write_text(
            f"per_listener_settings true\nuser root\nlistener {self.port} 127.0.0.1\n"
            f"certfile {self.folder}/broker.pem\nkeyfile {self.folder}/broker.key\ncafile {self.folder}/authority.pem\n"
            + self.wants)

    def is_there(self) -> bool:
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-CAfile", self.authority], input=b"",
            capture_output=True)
        return done.returncode == 0

    def fingerprint(self) -> str:
        said = openssl("x509", "-in", self.folder / "broker.pem", "-noout", "-fingerprint", "-sha256")
        return said.partition("=")[2].strip()


class WithPasswords(Secured):
    name = "mosquitto with TLS and passwords"

    @property
    def wants(self) -> str:
        return f"allow_anonymous false\npassword_file {self.folder}/passwords\n"


class OfAnotherName(WithPasswords):
    name = "mosquitto with TLS for another name"
    names = "DNS:broker.example"


# MARK: Certificates, by OpenSSL

def openssl(*words: str | Path) -> str:
    return subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, text=True).stdout


def authority(folder: Path, name: str) -> Path:
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")
    return folder / f"{name}.pem"


def certificate(folder: Path, name: str, signer: Path, names: str) -> None:
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-CA", signer, "-CAkey", signer.with_suffix(".key"), "-addext", f"subjectAltName={names}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem")


# MARK: Claims

class Room:
    """The program and a broker."""

    def __init__(self, program: Path, broker: Secured, folder: Path) -> None:
        self.program, self.broker = program, broker
        self.yaml = folder / "secured.yaml"
        self.yaml.write_text("parts:\n  lamp: {switch: GPIO1}\n")

    @contextmanager
    def device(self, *options: str | Path, **variables: str) -> Iterator[Program]:
        with Program(self.program, self.yaml, "--board", "simulated", "--port", "0", "--state-file", "/dev/null",
                     "--mqtt-broker", f"mqtts://localhost:{self.broker.port}", "--mqtt-id", "lamp", *options,
                     **variables) as device:
            yield device

    def lets_in(self, *options: str | Path, **variables: str) -> None:
        with self.device(*options, **variables) as device:
            until(lambda: is_connected(device), "the device is connected")
            check(device.stop() == 0, "it ends by a signal")

    def shows(self, words: str, *options: str | Path, **variables: str) -> str:
        with self.device(*options, **variables) as device:
            until(lambda: words in device_state(device.port)["mqtt"].get("error", ""),
                  f"the page shows '{words}', and not {device_state(device.port)['mqtt']}")
            return device_state(device.port)["mqtt"]["error"]


def a_certificate_of_its_own_lets_it_in(room: Room) -> str:
    folder = room.broker.folder
    own = ["--mqtt-certificate", folder / "device.pem", "--mqtt-key", folder / "device.key"]
    room.lets_in("--mqtt-ca-file", room.broker.authority, *own)
    room.lets_in("--mqtt-fingerprint", room.broker.fingerprint(), *own)
    other = authority(folder, "another")
    certificate(folder, "stranger", other, "DNS:device")
    strangers = ["--mqtt-certificate", folder / "stranger.pem", "--mqtt-key", folder / "stranger.key"]
    without = room.shows("wants a certificate", "--mqtt-ca-file", room.broker.authority)
    stranger = room.shows("this device's certificate", "--mqtt-ca-file", room.broker.authority, *strangers)
    return f"with none: {without}; with a stranger's: {stranger}"


def a_password_lets_it_in(room: Room) -> str:
    trust = ["--mqtt-ca-file", room.broker.authority, "--mqtt-user", USER]
    file = room.broker.folder / "secret"
    file.write_text(PASSWORD + "\n")
    room.lets_in(*trust, "--mqtt-password-file", file)
    room.lets_in(*trust, HELIOGRAPH_MQTT_PASSWORD=PASSWORD)
    room.lets_in(*trust, "--mqtt-version", "5", HELIOGRAPH_MQTT_PASSWORD=PASSWORD)
    wrong = room.shows("it refuses the device", *trust, HELIOGRAPH_MQTT_PASSWORD="another")
    none = room.shows("it refuses the device", "--mqtt-ca-file", room.broker.authority)
    return f"with a wrong one: {wrong}; with none: {none}"


def a_broker_that_is_not_the_right_one_hears_no_password(room: Room) -> str:
    folder = room.broker.folder
    secret = {"HELIOGRAPH_MQTT_PASSWORD": PASSWORD}
    user = ["--mqtt-user", USER]
    unknown = room.shows("not trusted", *user, **secret)
    other = room.shows("not trusted", *user, "--mqtt-ca-file", authority(folder, "another"), **secret)
    pinned = room.shows("not trusted", *user, "--mqtt-fingerprint", "0" * 64, **secret)
    check(unknown == other == pinned, "for whichever reason")
    return unknown


def a_broker_of_another_name_hears_no_password(room: Room) -> str:
    user = ["--mqtt-user", USER, "--mqtt-ca-file", room.broker.authority]
    return room.shows("another name", *user, HELIOGRAPH_MQTT_PASSWORD=PASSWORD)


ALL = {
    Secured: [a_certificate_of_its_own_lets_it_in],
    WithPasswords: [a_password_lets_it_in, a_broker_that_is_not_the_right_one_hears_no_password],
    OfAnotherName: [a_broker_of_another_name_hears_no_password],
}
