# SPDX-License-Identifier: MIT
"""A program that a suite starts: its lines, its port, what it uses, and its end."""
from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

PATIENCE = 20.0  # seconds for anything to happen
LIBC = ctypes.CDLL(None)
END_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2), which a program that is executed then keeps


def ending_with_parent(by: signal.Signals = signal.SIGKILL) -> Callable[[], None]:
    """For `preexec_fn`: however this process ends, be it by SIGKILL, what it starts is ended with it. To the kernel it
    is the thread that ends, so whoever lets a thread start something has that thread last."""
    parent = os.getpid()

    def end_with_parent() -> None:
        LIBC.prctl(END_WITH_PARENT, by, 0, 0, 0)
        if os.getppid() != parent:  # which has ended before that call
            os._exit(1)
    return end_with_parent


class Program:
    """A running program. Use it in `with`: whatever happens, it ends with the block.

    `descriptors` is the most files that it may have open; None leaves it as much as the system allows. With `output`
    its lines go to that file, and it has neither `lines` nor a `port`. `variables` are added to the environment.
    """

    def __init__(self, *command: str | Path, descriptors: int | None = None, output: IO | None = None,
                 **variables: str) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        limit = hard if descriptors is None else descriptors
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=output or subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", env=os.environ | variables,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard)))
        self.lines: deque[str] = deque(maxlen=10_000)  # the last ones
        self._news = threading.Condition()
        self._is_over = output is not None
        if output is None:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        with self._news:
            self._is_over = True
            self._news.notify_all()

    def wait_for(self, found: Callable[[str], bool], patience: float = PATIENCE) -> str:
        """The first of `lines` that `found` accepts."""
        def line() -> str | None:
            return next(filter(found, self.lines), None)
        with self._news:
            self._news.wait_for(lambda: line() is not None or self._is_over, patience)
            if (result := line()) is None:
                said = list(self.lines)[-5:]
                raise RuntimeError(f"{self.process.args[0]} did not say what was expected, but: {said}")
            return result

    @cached_property
    def port(self) -> int:
        """The port in the URL that the program prints as soon as it listens."""
        return urlsplit(self.wait_for(lambda line: line.startswith(("http://", "ws://")))).port

    @cached_property
    def tls_port(self) -> int:
        """The port in the URL that it prints when it encrypts."""
        return urlsplit(self.wait_for(lambda line: line.startswith("https://"))).port

    @cached_property
    def open_port(self) -> int:
        """With `--tls` the port beside that one, in the open, which has the certificate of its authority."""
        return int(re.search(r":(\d+)/ca\.pem", self.wait_for(lambda line: "/ca.pem" in line))[1])

    @property
    def pid(self) -> int:
        return self.process.pid

    def say(self, word: str) -> None:
        """Writes a line to its standard input."""
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def pause(self) -> None:
        """Stops all its threads. To send the signal is not enough: the one that the kernel picks is stopped first, and
        until it has been woken for that, the others go on."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, self.pid, os.WSTOPPED)

    def go_on(self) -> None:
        """After `pause`."""
        self.process.send_signal(signal.SIGCONT)

    def stop(self, by: signal.Signals = signal.SIGTERM, patience: float = PATIENCE) -> int:
        """Ends it and returns its exit status; one that does not end in time is killed."""
        if self.process.poll() is None:
            self.process.send_signal(by)
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# MARK: What a process uses (Linux)

def resident_memory(pid: int) -> int:
    """Bytes of memory that are in RAM."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def peak_memory(pid: int) -> int:
    """The most bytes of memory that were in RAM at any time."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def open_descriptors(pid: int) -> int:
    """How many files, sockets included, are open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def exact_processor_time(pid: int) -> float:
    """The same as `processor_time`, to the nanosecond: the process's own clock (clock_getcpuclockid(3))."""
    return time.clock_gettime(~pid << 3 | 2)


def processor_time(pid: int) -> float:
    """Seconds of a processor used so far, by all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def allow_descriptors() -> int:
    """Raises this process's own limit of open files as far as it goes; returns the limit."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return sys.maxsize if hard == resource.RLIM_INFINITY else hard
