# SPDX-License-Identifier: MIT
"""What is claimed of the package: once by lintian, and in this order on each machine."""
from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from common.claims import check, until
from common.program import resident_memory
from machine import Machine

CAPABILITY = 1 << 10  # CAP_NET_BIND_SERVICE: linux/capability.h
DEFAULTS = "/etc/default/heliograph"
DEVICE = "/etc/heliograph/device.yaml"
STATE = "/var/lib/heliograph/state"


@dataclass
class Package:
    file: Path
    old: Path  # the same program, with a lower version
    before: dict[str, str] | None = None  # the machine's files before it was installed
    token: str = ""

    def field(self, name: str) -> str:
        done = subprocess.run(["dpkg-deb", "-f", self.file, name], capture_output=True, text=True, check=True)
        return done.stdout.strip()


def lintian_finds_nothing(package: Package) -> str:
    done = subprocess.run(["lintian", "--allow-root", "--display-info", "--show-overrides", package.file],
                          capture_output=True, text=True)
    tags = done.stdout.splitlines()
    wrong = [line for line in tags if line and not line.startswith(("O:", "N:"))]
    # (Its status counts an error that is overridden, too, when it is to show those.)
    check(tags and not wrong, "\n".join(wrong) + done.stderr)
    version = subprocess.run(["lintian", "--version"], capture_output=True, text=True).stdout.strip()
    return f"{version}; {sum(line.startswith('O:') for line in tags)} tags are overridden"


# MARK: On a machine

def it_is_installed_from_its_file_without_a_network(machine: Machine, package: Package) -> str:
    package.before = machine.files()
    machine.install(package.old)
    words = machine.ask("dpkg --verify heliograph")
    check(words == "", f"files are not what they should be: {words}")
    return f"{package.old.name}, {int(package.field('Installed-Size')) / 1024:.0f} MiB"


def it_is_neither_enabled_nor_started(machine: Machine, package: Package) -> str:
    state = machine.attempt("systemctl is-enabled heliograph")[1], machine.show("ActiveState")
    check(state == ("disabled", "inactive"), f"it is {state}")
    said = machine.ask("systemd-analyze verify heliograph.service")
    check(said == "", said)
    return " and ".join(state)


def the_group_gpio_and_the_user_are_there(machine: Machine, package: Package) -> str:
    return machine.ask("id heliograph && getent group gpio")


def each_command_has_its_section_in_the_manual(machine: Machine, package: Package) -> str:
    page = machine.ask("MANWIDTH=120 man --warnings --encoding=UTF-8 heliograph 2>&1 | col -b")
    check("warning" not in page, page)
    commands = ["check", "pins", "fleet", "user add", "user list", "token add", "session revoke"]
    missing = [name for name in commands if not re.search(rf"^ {{3}}{name}\b", page, re.MULTILINE)]
    check(not missing, f"without {missing}:\n{page}")
    check("--mqtt-broker" in page and "EXIT STATUS" in page, page)
    return f"{len(page.splitlines())} lines, with {', '.join(commands)}"


def bash_zsh_and_fish_complete_its_options(machine: Machine, package: Package) -> str:
    bash = machine.ask("""bash -c '
        . /usr/share/bash-completion/bash_completion; _completion_loader heliograph
        COMP_WORDS=(heliograph --mqtt-b) COMP_CWORD=1 COMP_LINE="heliograph --mqtt-b" COMP_POINT=19
        $(complete -p heliograph | sed "s/.*-F \\([^ ]*\\).*/\\1/") heliograph --mqtt-b heliograph
        echo "${COMPREPLY[@]}"'""")
    check("--mqtt-broker" in bash, f"bash offers {bash!r}")
    zsh = machine.ask(
        "zsh -c 'autoload -Uz compinit && compinit -D && print $_comps[heliograph] && autoload +X _heliograph'")
    check(zsh == "_heliograph", f"zsh has {zsh!r}")
    fish = machine.ask("HOME=/tmp fish --command 'complete --do-complete \"heliograph --mqtt-b\"'")
    check("--mqtt-broker" in fish, f"fish offers {fish!r}")
    return "--mqtt-broker for --mqtt-b"


def enabled_it_serves_the_page_as_its_own_user(machine: Machine, package: Package) -> str:
    # There are no pins here, and a name shows that the file counts.
    machine.write(DEVICE, machine.read(DEVICE).replace("name: Heliograph", "name: Greenhouse") + "\n")
    machine.write(DEFAULTS, machine.read(DEFAULTS).replace('device.yaml"', 'device.yaml --board simulated"') + "\n")
    machine.ask("systemctl enable --now heliograph")
    status, body = machine.fetch("/")
    check(status == 401 and "password" in body, f"who is not logged in gets {status} {body}")
    said = machine.ask(f"runuser -u heliograph -- heliograph token add test --role control --state-file {STATE}")
    package.token = re.search(r"\bhg_\S+", said)[0]
    until(lambda: machine.state(package.token), "the token, which the running program has to learn of, is known")
    status, body = machine.fetch("/", *authorization(package))
    check(status == 200 and "Greenhouse" in body, f"with a token: {status} {body}")
    pid = service_process(machine)
    about = Path(f"/proc/{pid}/status").read_text()
    user, effective = (re.search(rf"^{name}:\s*(\w+)", about, re.MULTILINE)[1] for name in ("Uid", "CapEff"))
    check(user == machine.ask("id -u heliograph"), f"it runs as {user}")
    check(int(effective, 16) == CAPABILITY, f"its capabilities are {effective}")
    return f"port 80, user {user}, {resident_memory(pid) / 2**20:.1f} MiB resident"


def an_upgrade_restarts_it_and_keeps_state_and_settings(machine: Machine, package: Package) -> str:
    status, body = machine.fetch("/api/parts/led", "--request", "PUT", "--data", '{"on":true}', *authorization(package))
    check(status == 200, f"the LED is not turned on: {status} {body}")
    until(lambda: '"on":true' in machine.read(STATE), "the state is saved")
    settings, before = {path: machine.read(path) for path in (DEFAULTS, DEVICE)}, machine.show("MainPID")
    machine.install(package.file)
    until(lambda: machine.show("ActiveState") == "active", "it is active again")
    check(machine.show("MainPID") != before, "it is still the old one that runs")
    check(machine.state(package.token).get("status") == "on", "the LED is off, or the token is not known")
    changed = [path for path, text in settings.items() if machine.read(path) != text]
    check(not changed, f"{changed} are not what they were")
    version = machine.ask("dpkg-query -W -f '${Version}' heliograph")
    said = machine.ask("heliograph --version")
    check(version == package.field("Version") and version in said, f"{version} is installed, and says {said!r}")
    return f"{package.old.name.split('_')[1]} to {version}; the LED is on, the token and both files are as they were"


def a_stopped_one_that_is_not_enabled_stays_so(machine: Machine, package: Package) -> str:
    machine.ask("systemctl disable --now heliograph")
    machine.ask("dpkg-reconfigure heliograph")
    machine.install(package.file)
    state = machine.attempt("systemctl is-enabled heliograph")[1], machine.show("ActiveState")
    check(state == ("disabled", "inactive"), f"it is {state}")
    machine.ask("systemctl enable --now heliograph")
    return "after another configuration"


def removed_it_is_stopped_and_keeps_state_and_settings(machine: Machine, package: Package) -> str:
    pid = service_process(machine)
    machine.ask("apt-get remove --yes heliograph")
    check(not Path(f"/proc/{pid}").exists(), "it still runs")
    check(not (machine.root / "usr/bin/heliograph").exists(), "the program is still there")
    kept = [path for path in (DEFAULTS, DEVICE, STATE) if (machine.root / path[1:]).exists()]
    check(len(kept) == 3, f"only {kept} are kept")
    return ", ".join(kept)


def purged_it_leaves_no_file_no_user_and_no_group(machine: Machine, package: Package) -> str:
    machine.ask("apt-get purge --yes heliograph")
    after = machine.files()
    differences = sorted({path for path, _ in package.before.items() ^ after.items()})
    check(not differences, f"these are not as before: {differences}")
    people = machine.ask("getent passwd; getent group")
    check("heliograph" not in people and "gpio" not in people, people)
    return f"{len(after)} files are as before, /etc/passwd and /etc/group among them"


def authorization(package: Package) -> list[str]:
    return ["--header", f"Authorization: Bearer {package.token}"]


def service_process(machine: Machine) -> int:
    """The service's process, by its number outside of the machine."""
    unit = machine.show("ControlGroup")
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and is_in(process, unit):
            return int(process.name)
    raise AssertionError("it does not run")


def is_in(process: Path, unit: str) -> bool:
    try:
        return (process / "cgroup").read_text().split("\n0::")[-1].strip().endswith(unit) and \
            os.readlink(process / "exe").endswith("/heliograph")
    except OSError:  # it has ended
        return False


ON_A_MACHINE = [
    it_is_installed_from_its_file_without_a_network, it_is_neither_enabled_nor_started,
    the_group_gpio_and_the_user_are_there, each_command_has_its_section_in_the_manual,
    bash_zsh_and_fish_complete_its_options, enabled_it_serves_the_page_as_its_own_user,
    an_upgrade_restarts_it_and_keeps_state_and_settings, a_stopped_one_that_is_not_enabled_stays_so,
    removed_it_is_stopped_and_keeps_state_and_settings, purged_it_leaves_no_file_no_user_and_no_group,
]
