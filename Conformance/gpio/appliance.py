# SPDX-License-Identifier: MIT
"""The appliance: what packaging/install makes of a Debian, whose real systemd and udev are in a machine of their own.
The service's limits are looked at from inside: from its mount namespace, and from its control group, by root, whom
nothing else would stop there."""
from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator

from bench import Bench
from board import BUTTON, LED, STATUS, Pins, Trace
from channels import LAMP_STEPS, Channels
from common.claims import check, until
from common.http import device_state, request
from machine import ADDRESS, BOOT, COMMAND_LINE, Machine
from network import set_address
from restarts import line

SERVICE = "heliograph"
DEFAULTS = "/etc/default/heliograph"
DEVICE = "/etc/heliograph/device.yaml"
FOLDER = "/var/lib/heliograph"
CAPABILITY = 1 << 10  # CAP_NET_BIND_SERVICE: linux/capability.h
WATCHDOG = 10.0  # seconds, WatchdogSec= of the unit
START_LIMIT = 5  # starts within 10 s after which systemd gives up, unless it is told not to


class Appliance(Machine):
    """The machine that starts from the disk which scripts/gpio-test has made, with the service as it was installed:
    neither enabled nor started."""
    board_port = 80
    command_line = f"{COMMAND_LINE} root=/dev/vda net.ifnames=0 systemd.getty_auto=no"
    boot = {accelerator: 2 * patience for accelerator, patience in BOOT.items()}
    cache = "unsafe"  # nobody cuts this power
    options = ("-action", "reboot=shutdown")

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.files, bench.files / "appliance.img")
        self.pins = Pins(self)

    def systemctl(self, *words: str) -> str:
        return self.hand.shell(f"systemctl {' '.join(words)}").strip()

    def show(self, name: str) -> str:
        """A property of the service."""
        return self.systemctl("show", "--value", "-p", name, SERVICE)

    @property
    def pid(self) -> int:
        return int(self.show("MainPID"))

    @property
    def is_active(self) -> bool:
        return (self.show("ActiveState"), self.show("SubState")) == ("active", "running")

    def serve(self) -> Appliance:
        """Has it serve, as docs/linux.md says, when the start of the system is over; returns when systemd says that
        it does."""
        if not self.is_active:
            until(lambda: self.hand.shell("systemctl is-system-running || true").strip() in ("running", "degraded"),
                  "the system has started", self.boot[self.accelerator], 0.2)
            self.systemctl("enable --now", SERVICE)
        return self

    @property
    def state(self) -> dict:
        return device_state(self.port)

    def set(self, is_on: bool) -> None:
        """Turns the LED on or off, and waits until that is kept."""
        status, body = request(self.port, "/api/led", "PUT", b'{"on":true}' if is_on else b'{"on":false}',
                               headers={"Content-Type": "application/json"})
        check(status == 200, f"PUT /api/led answers {status} {body!r}")
        word = line(is_on)
        until(lambda: word in self.hand.shell(f"cat {FOLDER}/* || true"), f"{word} is saved", interval=0.1)

    def journal(self, *words: str) -> str:
        return self.hand.shell(f"journalctl -b -o cat -q {' '.join(words)}")

    def inside(self, command: str) -> str:
        """What root is told who does this in the service's mount namespace and control group."""
        enter = f"echo $$ >/sys/fs/cgroup/system.slice/{SERVICE}.service/cgroup.procs"
        return self.hand.shell(f"{enter}; nsenter -t {self.pid} -m sh -c '{command}' || true").strip()

    def reboot(self) -> float:
        """Starts the machine anew, as its user would; how many seconds that took. A new QEMU starts it: the old one is
        busy for minutes after a reset when it has translated much code."""
        start = time.monotonic()
        self.systemctl("reboot")
        self.hand.close()
        until(lambda: self.process.poll() is not None, "the machine comes to its end", self.boot[self.accelerator])
        self._start(self.accelerator)
        return time.monotonic() - start


@contextlib.contextmanager
def described(machine: Appliance, edit: str) -> Iterator[None]:
    """The description of the device edited, by a command of sed, and put back at the end; for the starts in between."""
    machine.hand.shell(f"cp {DEVICE} /tmp/device && sed -i '{edit}' {DEVICE}")
    try:
        yield
    finally:
        machine.hand.shell(f"cp /tmp/device {DEVICE}")


def the_unit_is_verified_without_a_word(bench: Bench) -> str:
    machine = bench.appliance
    words = machine.hand.shell(f"systemd-analyze verify --man=no /etc/systemd/system/{SERVICE}.service")
    check(words == "", words)
    version = machine.hand.shell("systemctl --version").split("\n")[0]
    return f"{version}, which started in {machine.start_time:.1f} s"


def it_is_active_when_the_port_answers_and_not_before(bench: Bench) -> str:
    machine, hand = bench.appliance.serve(), bench.appliance.hand
    check(machine.state["status"] in ("on", "off"), "the port does not answer")
    machine.systemctl("stop", SERVICE)
    with described(machine, "s/^host:.*/&\\ninterface: eth0/"), contextlib.ExitStack() as stack:
        set_address(machine, None)
        stack.callback(set_address, machine, ADDRESS)
        machine.systemctl("start --no-block", SERVICE)
        until(lambda: machine.pins.level(BUTTON) == 1 and "heliograph" in hand.shell("heliograph pins"),
              "it has its lines")
        led = machine.pins.led
        machine.pins.press()
        until(lambda: machine.pins.led != led, "the button works before there is a network")
        check(machine.show("ActiveState") == "activating", f"without a network it is {machine.show('ActiveState')}")
    seconds = until(lambda: machine.is_active, "it is active when there is a network")
    check(machine.state["status"] == ("off" if led else "on"), "the page does not know of the press")
    return f"activating, with a button that works, as long as there is no network; active {seconds:.1f} s later"


def it_runs_as_a_user_of_its_own_with_the_chips_given_by_udev(bench: Bench) -> str:
    machine, hand = bench.appliance.serve(), bench.appliance.hand
    owner = hand.shell(f"stat -c %U:%G /proc/{machine.pid}").strip()
    check(owner == "heliograph:heliograph", f"it runs as {owner}")
    chips = set(hand.shell("stat -c '%U:%G %a' /dev/gpiochip*").splitlines())
    check(chips == {"root:gpio 660"}, f"the chips are {chips}")
    gpio = hand.shell("sed -n 's/^gpio:[^:]*:\\([0-9]*\\):.*/\\1/p' /etc/group").strip()
    groups = re.search(r"^Groups:\s*(.*?)\s*$", hand.read(f"/proc/{machine.pid}/status"), re.MULTILINE)[1]
    check(gpio in groups.split(), f"its groups are {groups}, without {gpio}")
    return f"{owner} with the group gpio; {chips.pop()}"


def it_may_open_port_80_and_has_no_other_capability(bench: Bench) -> str:
    machine = bench.appliance.serve()
    check(machine.state["status"] in ("on", "off"), "port 80 does not answer")
    status = dict(re.findall(r"^(\w+):\s*(.*)$", machine.hand.read(f"/proc/{machine.pid}/status"), re.MULTILINE))
    sets = {name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")}
    check(set(sets.values()) == {CAPABILITY}, f"{sets}")
    check((status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), "it may get new privileges or call anything")
    exposure = machine.hand.shell(f"systemd-analyze security --no-pager {SERVICE} | tail -1").strip(" \n→")
    return f"{', '.join(sets)} are {CAPABILITY:#x}; {exposure}"


def it_writes_nowhere_but_to_its_state(bench: Bench) -> str:
    machine = bench.appliance.serve()
    places = ["/", "/etc", "/usr/local/bin", "/var/log", "/var/lib", "/run", "/run/lock", "/dev/shm", "/sys/fs/cgroup",
              "/root", "/home"]
    for place in places:
        said = machine.inside(f"touch {place}/mine && echo done")
        check("Read-only file system" in said or "Permission denied" in said, f"{place}: {said!r}")
    said = machine.inside(f"cd {FOLDER} && touch mine && rm mine && echo done")
    check(said == "done", f"{FOLDER}: {said!r}")
    machine.inside("touch /tmp/mine")
    check("mine" not in machine.hand.shell("ls /tmp"), "what it writes to /tmp is seen by others")
    return f"by root in its mount namespace: not to {', '.join(places)}, but to {FOLDER}"


def it_opens_no_device_but_chips(bench: Bench) -> str:
    machine = bench.appliance.serve()
    closed, open_ = ["mem", "kmsg", "vda", "port"], ["gpiochip0", "gpiochip1", "null", "urandom"]
    for name in closed:
        said = machine.inside(f": </dev/{name} && echo done")
        check("not permitted" in said or "denied" in said, f"/dev/{name}: {said!r}")
        check(machine.hand.shell(f": </dev/{name} && echo done") == "done\n", f"/dev/{name} does not open at all")
    for name in open_:
        check(machine.inside(f": </dev/{name} && echo done") == "done", f"/dev/{name} does not open")
    return f"by root in its control group: not {', '.join(closed)}, but {', '.join(open_)}"


@contextlib.contextmanager
def steady(machine: Appliance) -> Iterator[None]:
    """The LED is on, and in the block the program is started anew without the LED's ever being off."""
    machine.set(True)
    before = machine.pid
    with Trace(machine) as trace:
        yield
        until(lambda: machine.pid not in (0, before) and machine.is_active, "it is active again", interval=0.2)
        events = {event.what for event in trace.events(LED)} - {"get 1"}
    check(events <= {"set 1", "out"}, f"the line saw {events}")
    check(machine.pins.led == 1 and machine.state["status"] == "on", "the LED is off after the restart")
    machine.pins.press()
    until(lambda: machine.pins.led == 0, "the button works after the restart")


def a_restart_never_lets_the_led_flicker(bench: Bench) -> str:
    machine, times = bench.appliance.serve(), []
    for command in (f"systemctl restart {SERVICE}", f"systemctl kill --kill-whom=main -s KILL {SERVICE}"):
        with steady(machine):
            start = time.monotonic()
            machine.hand.shell(command)
        times.append(time.monotonic() - start)
    return f"restarted ({times[0]:.1f} s) and killed ({times[1]:.1f} s), the line high all the while"


def one_that_stands_still_is_killed_and_comes_back(bench: Bench) -> str:
    machine = bench.appliance.serve()
    with steady(machine):
        start = time.monotonic()
        machine.hand.ask("signal", machine.pid, 19)  # SIGSTOP
        until(lambda: "Watchdog timeout" in machine.journal("-u", SERVICE), "the watchdog barks", 3 * WATCHDOG, 0.5)
        seconds = time.monotonic() - start
    return f"after {seconds:.0f} s, the line high all the while"


def other_lines_are_taken_at_the_next_start(bench: Bench) -> str:
    machine, hand = bench.appliance.serve(), bench.appliance.hand
    machine.set(True)
    lamp = hand.shell("basename /sys/class/leds/*capslock").strip()
    trigger = f"/sys/class/leds/{lamp}/trigger"
    before = hand.read(trigger)
    check("[none]" not in before, f"nothing triggers {lamp}")
    with described(machine, f"s/GPIO26/GPIO16/; s/^host:.*/&\\nstatus_led: led:{lamp}/"):
        machine.systemctl("restart", SERVICE)
        rows = {name: re.search(rf".*{name}.*", hand.shell("heliograph pins"))[0] for name in ("GPIO16", "GPIO26")}
        check("heliograph" in rows["GPIO16"], f"the new line is not taken: {rows}")
        check("heliograph" not in rows["GPIO26"], f"the old line is not let go: {rows}")
        check(machine.pins.level(STATUS) == 1, "the LED at the new line is off")
        check("[none]" in hand.read(trigger), f"{lamp} is not taken over: {hand.read(trigger)}")
    machine.systemctl("restart", SERVICE)
    check(hand.read(trigger) == before, f"{lamp} is not given back: {hand.read(trigger)}")
    check(machine.pins.led == 1, "the LED at the old line is off")
    return f"GPIO16 for GPIO26 and back, with {lamp}, which udev's rule opens, for the heartbeat"


def options_in_place_of_a_description_work_as_well(bench: Bench) -> str:
    machine, hand = bench.appliance.serve(), bench.appliance.hand
    machine.set(True)
    check(hand.shell(f"heliograph check {DEVICE}").count("GPIO") == 2, "the description is not said to be right")
    hand.shell(f"cp {DEFAULTS} /tmp/defaults; sed -i '/device.yaml/d; s/^# HELIOGRAPH/HELIOGRAPH/' {DEFAULTS}")
    try:
        with steady(machine):
            machine.systemctl("restart", SERVICE)
        check("device.yaml" not in hand.read(f"/proc/{machine.pid}/cmdline"), "it is started with the description")
    finally:
        hand.shell(f"cp /tmp/defaults {DEFAULTS}")
        machine.systemctl("restart", SERVICE)
    return "the commented line of the defaults, with the LED on all the while"


def pwm_leds_and_sensors_are_open_to_it_by_the_rules_of_udev(bench: Bench) -> str:
    machine, hand = bench.appliance.serve(), bench.appliance.hand
    channels = Channels(machine)
    hand.ask("lamp", "desk", LAMP_STEPS)
    parts = ["desk: {light: pwm0:3, gamma: 1}", "lamp: {light: led:desk, gamma: 1}",
             "strip: {light: led:rgb:status, channels: 3, gamma: 1}", "celsius: {sensor: hwmon:lm75:temp1}"]
    try:
        with described(machine, "s/^  button:.*/&" + "".join(f"\\n  {part}" for part in parts) + "/"):
            hand.shell("udevadm settle")
            machine.systemctl("restart", SERVICE)
            until(lambda: not any("fault" in part for part in machine.state["parts"].values()),
                  f"everything works, {machine.state['parts']}")
            for name in ("desk", "lamp", "strip"):
                status, body = request(machine.port, f"/api/parts/{name}", "PUT", b'{"on":true,"brightness":51}',
                                       headers={"Content-Type": "application/json"})
                check(status == 200, f"{name} is refused with {status} {body!r}")
            until(lambda: (round(channels.duty(), 1), channels.lamp(), channels.colors()) == (0.2, 0.2, [51, 51, 51]),
                  "all three show a fifth")
            until(lambda: machine.state["parts"]["celsius"].get("value") == 21.5, "the thermometer is read")
            owner = hand.shell("stat -c %U:%G /sys/class/pwm/pwmchip0/pwm3/duty_cycle /sys/class/leds/desk/brightness")
            check(set(owner.split()) == {"root:gpio"}, f"the files belong to {owner}")
    finally:
        machine.systemctl("restart", SERVICE)
        hand.ask("lamp_ends")
    return "a PWM channel, an LED, three colors, an LM75; by the user heliograph with the group gpio"


def a_line_that_is_in_use_is_waited_for(bench: Bench) -> str:
    machine, hand = bench.appliance.serve(), bench.appliance.hand
    machine.systemctl("stop", SERVICE)
    hand.ask("hold", "/dev/gpiochip0", LED, "somebody")
    start = time.monotonic()
    try:
        machine.systemctl("start --no-block", SERVICE)
        until(lambda: int(machine.show("NRestarts")) > START_LIMIT, f"it is started more than {START_LIMIT} times",
              30, 0.5)
    finally:
        hand.ask("let_go")
    until(lambda: machine.is_active, "it is active when the line is free", interval=0.2)
    check(machine.show("StartLimitIntervalUSec") == "0", "a faster machine would not start it so often")
    check("somebody" in machine.journal("-u", SERVICE), "the journal does not say who has the line")
    return f"{machine.show('NRestarts')} starts in {time.monotonic() - start:.0f} s, until it was free"


def after_the_machine_restarts_it_shows_what_it_showed(bench: Bench) -> str:
    machine = bench.appliance.serve()
    machine.set(True)
    seconds = machine.reboot()
    more = until(lambda: machine.is_active, "it is active by itself", 60, 0.2)
    check(machine.pins.led == 1 and machine.state["status"] == "on", "it shows something else")
    return f"on; the machine was back in {seconds:.1f} s, and it served {more:.1f} s later"


def what_it_says_is_in_the_journal_and_is_no_error(bench: Bench) -> str:
    machine = bench.appliance.serve()
    ours = f"_SYSTEMD_UNIT={SERVICE}.service"
    lines = machine.journal(ours).splitlines()
    check(any(line.startswith("Trying to connect") for line in lines), f"the network is not told of: {lines}")
    machine.systemctl("restart", SERVICE)
    lines = machine.journal("_SYSTEMD_INVOCATION_ID=" + machine.show("InvocationID")).splitlines()
    wrong = [line for line in lines if re.search(r"\b(error|critical|fail|denied|not permitted)", line, re.IGNORECASE)]
    check(lines and not wrong, f"{wrong or 'nothing is said'}")
    check((worst := machine.journal(ours, "-p err")) == "", worst)
    return f"{len(lines)} lines of a start, “{lines[-1]}”"


BESIDE = True  # on a machine of its own
ON_REQUEST = True
CASES = [the_unit_is_verified_without_a_word, it_is_active_when_the_port_answers_and_not_before,
         it_runs_as_a_user_of_its_own_with_the_chips_given_by_udev, it_may_open_port_80_and_has_no_other_capability,
         it_writes_nowhere_but_to_its_state, it_opens_no_device_but_chips, a_restart_never_lets_the_led_flicker,
         other_lines_are_taken_at_the_next_start, options_in_place_of_a_description_work_as_well,
         pwm_leds_and_sensors_are_open_to_it_by_the_rules_of_udev, a_line_that_is_in_use_is_waited_for,
         one_that_stands_still_is_killed_and_comes_back, after_the_machine_restarts_it_shows_what_it_showed,
         what_it_says_is_in_the_journal_and_is_no_error]
