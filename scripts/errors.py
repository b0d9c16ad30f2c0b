# SPDX-License-Identifier: MIT
"""Every kind of mistake that a person can make with the program, and the one line that it says then. scripts/drive
makes each of them, in a folder with FILES, and compares the words."""
from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

FILES = {
    "lamp.yaml": "parts:\n  lamp: {switch: GPIO26}\n",
    "syntax.yaml": "parts: [\n",
    "kind.yaml": "parts:\n  lamp: {swich: GPIO26}\n",
    "key.yaml": "parts:\n  wall: {button: GPIO22, clik: toggle wall}\n",
    "setting.yaml": "prot: 80\nparts:\n  lamp: {switch: GPIO26}\n",
    "value.yaml": "port: 70000\nparts:\n  lamp: {switch: GPIO26}\n",
    "action.yaml": "parts:\n  wall: {button: GPIO22, click: toggle lmp}\n  lamp: {switch: GPIO26}\n",
    "twice.yaml": "parts:\n  a: {switch: GPIO26}\n  b: {switch: GPIO26}\n",
    "pin.yaml": "parts:\n  lamp: {switch: 'gpiochip1:'}\n",
    "light.yaml": "parts:\n  lamp: {light: GPIO26}\n",
    "chip.yaml": "parts:\n  lamp: {switch: 'gpiochip77:5'}\n",
    "empty.pem": "",
    "folder/file": "",
}

USAGE, FAILURE = 64, 1
IN_USE = ("cannot listen on 127.0.0.1 port {port}: Address already in use; end the program that has this port, or "
          "choose another one")
BROKER = "write it as mqtt://broker.local or mqtts://broker.local:8883"

# The arguments, the exit status, and the line; `{port}` is a port that is in use, and … stands for what depends on
# the machine. Of two lines the second is that of a build without the trait. A mistake in a description has the place in
# front, any other the program's name.
ERRORS: list[tuple[str, int, str] | tuple[str, int, str, str]] = [
    # Options.
    ("--nonsense", USAGE, "unknown option '--nonsense'; heliograph --help says what can be given"),
    ("--prot 80", USAGE, "unknown option '--prot'; did you mean '--port'?"),
    ("--port", USAGE, "missing value for '--port <port>'; heliograph --help says what can be given"),
    ("--led-active blue", USAGE,
     "the value 'blue' is invalid for '--led-active <led-active>'; it is one of 'high' and 'low'"),
    ("--log-level loud", USAGE,
     "the value 'loud' is invalid for '--log-level <log-level>'; it is one of trace, debug, info, notice, warning, "
     "error, critical"),
    ("lamp.yaml more.yaml", USAGE, "unexpected argument 'more.yaml'; heliograph --help says what can be given"),
    ("lamp.yaml --device lamp.yaml", USAGE, "the file is given twice, as an argument and with --device: leave one out"),
    ("lamp.yaml --led 26", USAGE, "--led describes a device without a file: put it in the file instead"),
    ("--led 26", USAGE, "--led names a line of a real board: add --board linux"),
    ("--board linux", USAGE, "without a file, --board linux needs --led and --button; heliograph pins lists the lines"),
    ("--max-clients 0", USAGE, '--max-clients: "max_clients" is 0; it must be between 1 and 10000'),
    ("--debounce 0", USAGE, "--debounce: it must be between 1 and 1000 ms"),
    ("--page-policy relaxed", FAILURE, "the page policy relaxed is for a folder of pages: give one with --data"),
    ('--data ""', USAGE, '--data: "data" needs a text; found an empty one'),
    # Ports and addresses.
    ("--port blue", USAGE, '--port: "blue" is not a whole number; "port" is between 0 and 65535'),
    ("--port 70000", USAGE, '--port: "port" is 70000; it must be between 0 and 65535'),
    ("HELIOGRAPH_PORT=blue", USAGE, 'HELIOGRAPH_PORT: "blue" is not a whole number; "port" is between 0 and 65535'),
    ("--port {port}", FAILURE, IN_USE),
    ("USER=nobody --port 80", FAILURE,
     "cannot listen on 127.0.0.1 port 80: Permission denied; ports below 1024 are the system's: choose one above, or "
     "see net.ipv4.ip_unprivileged_port_start"),
    ("--host 203.0.113.77 --port 0 --no-login", FAILURE,
     "cannot listen on 203.0.113.77 port 0: Cannot assign requested address; give an address of this machine, or "
     "0.0.0.0"),
    ("--host nowhere.invalid --port 0 --no-login", FAILURE,
     "cannot listen on nowhere.invalid port 0: the name nowhere.invalid is not known; give an address of this machine, "
     "or 0.0.0.0"),
    ("--interface eth0", FAILURE, "--interface needs --host 0.0.0.0 or ::, which listen on every interface: add it"),
    ("--interface nowhere7 --host 0.0.0.0 --port 0 --no-login", FAILURE,
     "there is no network interface nowhere7; available: …"),
    ("--host-name lamp!", USAGE,
     '--host-name: "lamp!" is not taken: no host name has the letter !; it has letters, digits, hyphens and dots, as '
     "lamp.example.org"),
    ("--origin home.example.org", USAGE,
     '--origin: "home.example.org": an origin begins with its scheme; write https://home.example.org or '
     "http://192.168.1.5:8080"),
    ("--frame-from 'http://[::1]'", USAGE,
     '--frame-from: "http://[::1]": browsers know no IPv6 address here; give a name, or an IPv4 address'),
    ("--trusted-proxy nginx", USAGE,
     '--trusted-proxy: "nginx": it is not an IP address; write 127.0.0.1, ::1 or a network such as 192.168.1.0/24'),
    ("--path-prefix lamp", USAGE,
     '--path-prefix: "lamp": a prefix of paths begins with a slash; write /devices/lamp'),
    # Descriptions.
    ("chek lamp.yaml", USAGE, "unexpected argument 'lamp.yaml'; heliograph --help says what can be given"),
    ("pin", FAILURE, "there is no file pin; did you mean the command pins?"),
    ("kitchen.yaml", FAILURE,
     "cannot read kitchen.yaml: No such file or directory; give the path of a file that is there"),
    ("USER=nobody check secret", FAILURE,
     "cannot read secret: Permission denied; let the user who runs this read it"),
    ("check", USAGE, "missing expected argument '<file>'; heliograph check --help says what can be given"),
    ("check folder", FAILURE, "cannot read folder: it is a folder, a device or a pipe, and not a file"),
    ("check syntax.yaml", FAILURE, "syntax.yaml:2:1: a value is missing before this"),
    ("check kind.yaml", FAILURE, 'kind.yaml:2:10: "swich" is not a kind of part; did you mean "switch"?'),
    ("check key.yaml", FAILURE, 'key.yaml:2:26: unknown key "clik"; did you mean "click"?'),
    ("check setting.yaml", FAILURE, 'setting.yaml:1:1: unknown setting "prot"; did you mean "port"?'),
    ("value.yaml", FAILURE, 'value.yaml:1:7: "port" is 70000; it must be between 0 and 65535'),
    ("check action.yaml", FAILURE,
     'action.yaml:2:40: there is no part called "lmp"; did you mean "lamp"?'),
    ("check twice.yaml", FAILURE, 'twice.yaml:3:15: "GPIO26" is used twice: for "b" here and for "a" at 2:15'),
    ("check pin.yaml", FAILURE,
     "pin.yaml:2:18: 'gpiochip1:' ends where the line should be: write its number or name, such as gpiochip1:5"),
    ("check light.yaml", FAILURE,
     "light.yaml:2:17: 'GPIO26' is a line, which is on or off: a light needs a PWM channel (pwm0:1) or an LED "
     "(led:NAME); for on and off, use a switch"),
    ("chip.yaml", FAILURE, "there is no gpiochip77…"),
    # Files.
    ("--login --state-file state --port {port}", FAILURE, IN_USE,
     "this program was built without logins: build it with the trait Login, or let everybody in with --no-login"),
    ("--tls --tls-certificate none.pem --tls-key none.pem --port 0", FAILURE,
     "cannot read the certificate none.pem: No such file or directory; give the path of a file that is there",
     "this program was built without TLS; build it with the package's trait TLS, which is a default"),
    ("--tls-certificate none.pem", FAILURE, "the certificate needs its private key: add --tls-key FILE"),
    ("--tls --tls-certificate empty.pem --tls-key empty.pem --port 0", FAILURE,
     "empty.pem: it holds no certificate in PEM (-----BEGIN CERTIFICATE-----)",
     "this program was built without TLS; build it with the package's trait TLS, which is a default"),
    ("user list --state-file /dev/null", FAILURE,
     "accounts are kept beside the state file: say with --state-file where it is",
     "this program was built without accounts; build it with the trait Login"),
    ("--deflate --port {port}", FAILURE, IN_USE,
     "this program was built without compression; build it with --traits default,Deflate"),
    # A broker, and a gateway to one.
    ("--mqtt-broker http://broker", FAILURE,
     "http://broker is no broker: it begins with another scheme than mqtt or mqtts; " + BROKER),
    ("--mqtt-broker mqtt://lamp:word@broker", FAILURE,
     "this is no broker: user and password have settings of their own; " + BROKER),
    ("--mqtt-broker broker:x", FAILURE,
     "broker:x is no broker: its port is no number from 1 to 65535; " + BROKER),
    ("--mqtt-broker broker --mqtt-id a.b", FAILURE,
     "the id a.b cannot be part of a topic: use a to z, digits, _ and -, at most 64 of them"),
    ("--mqtt-user lamp", FAILURE, "mqtt.user is for a broker, and there is none: add --mqtt-broker mqtt://HOST"),
    ("--no-mqtt-discovery", FAILURE, "mqtt.discovery is for a broker, and there is none: add --mqtt-broker mqtt://HOST"),
    ("--mqtt-broker broker --mqtt-will-delay 30", FAILURE,
     "mqtt.will_delay is a word of MQTT 5: add --mqtt-version 5"),
    ("--mqtt-broker broker --mqtt-user lamp --mqtt-password-file none", FAILURE,
     "cannot read the broker's password none: No such file or directory; give the path of a file that is there"),
    ("USER=nobody --mqtt-broker broker --mqtt-user lamp --mqtt-password-file secret", FAILURE,
     "cannot read the broker's password secret: Permission denied; let the user who runs this read it"),
    ("--mqtt-broker mqtts://broker --mqtt-fingerprint 12", FAILURE,
     "12 is no SHA-256 fingerprint: give 64 hexadecimal digits"),
    ("--mqtt-broker mqtts://broker --mqtt-ca-file none.pem", FAILURE,
     "cannot read none.pem: No such file or directory; give the path of a file that is there"),
    ("fleet", USAGE, "there is no broker to show: add --broker mqtt://HOST"),
    ("fleet --broker broker --group ground", USAGE,
     "unknown option '--group'; heliograph fleet --help says what can be given"),
    ("fleet --broker broker --interface lo", USAGE,
     "unknown option '--interface'; heliograph fleet --help says what can be given"),
    ("fleet --broker broker --max-commands 7", USAGE,
     "unknown option '--max-commands'; heliograph fleet --help says what can be given"),
    ("fleet --broker broker --mqtt-id a", USAGE, "unknown option '--mqtt-id'; did you mean '--mqtt-key'?"),
    # A device of one's own.
    ("new folder", FAILURE, "there is a folder already: choose another name, or move it away"),
    ("new lamp --yaml", FAILURE, "there is a lamp.yaml already: choose another name, or move it away"),
    ("new Lamp!", USAGE, '"Lamp!" cannot be a name: use a letter, then a to z, digits and hyphens'),
    ("new heliograph", USAGE, "a package of your own cannot be called heliograph: give it a name of its own"),
    ("new hut --heliograph folder", FAILURE, "folder is no checkout of Heliograph: give the folder of one, or a URL"),
    ("new", USAGE, "missing expected argument '<name>'; heliograph new --help says what can be given"),
]


def mistakes(program: Path) -> Iterator[tuple[bool, str]]:
    """Makes each mistake; whether the program says the line, and only that, and what it was."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as occupied:
        port = str(occupied.getsockname()[1])
        os.chmod(folder, 0o755)
        for name, text in FILES.items():
            (Path(folder) / name).parent.mkdir(exist_ok=True)
            (Path(folder) / name).write_text(text)
        secret = Path(folder) / "secret"
        secret.touch(0o600)
        for line, status, *expected in ERRORS:
            words = [word.replace("{port}", port) for word in shlex.split(line)]
            variables = dict(word.split("=", 1) for word in words if word[:1].isupper() and "=" in word)
            arguments = [word for word in words if word[:1] == "-" or word.partition("=")[0] not in variables]
            rights = {"user": 65534, "group": 65534, "extra_groups": []} if "USER" in variables else {}
            if rights and os.geteuid() != 0:
                continue  # it cannot become another user
            result = subprocess.run(
                [program, *arguments], cwd=folder, capture_output=True, text=True, timeout=20,
                env={**os.environ, "HOME": folder, **variables}, stdin=subprocess.DEVNULL, **rights)
            lines = [text.replace("{port}", port) for text in expected]
            if not re.match(r"\w+\.yaml:\d", lines[0]):
                lines = [f"heliograph: {text}" for text in lines]
            is_said = any(re.fullmatch(re.escape(text).replace("…", ".*") + "\n", result.stderr) for text in lines)
            said = f"heliograph {line}: {result.stderr.strip()} (status {result.returncode})"
            yield result.returncode == status and is_said, said
