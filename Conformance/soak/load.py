# SPDX-License-Identifier: MIT
"""A steady load: every minute has the same visits, each minute in another order, at even distances. So one minute
costs a server what any other costs it, and whatever grows from minute to minute is the server's own doing."""
from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import AsyncIterator, NamedTuple

from soak.peer import Peer, Surprise, TurnedAway

PATIENCE = 60.0  # seconds that a visit may take


class Target:
    """A server under load: its port, and how many connections the load may hold open. `one_at_a_time` is for visits
    that take much memory for a moment: peaks must not depend on who meets whom."""

    def __init__(self, port: int, places: int) -> None:
        self.port = port
        self.one_at_a_time = asyncio.Lock()
        self._free = places
        self._line = asyncio.Lock()  # first come, first served: a crowd must not wait forever
        self._freed = asyncio.Event()

    @asynccontextmanager
    async def places(self, count: int) -> AsyncIterator[None]:
        async with self._line:
            while self._free < count:
                self._freed.clear()
                await self._freed.wait()
            self._free -= count
        try:
            yield
        finally:
            self._free += count
            self._freed.set()


class Visit:
    """One client's stay. Whatever happens, its connections end with it."""

    def __init__(self, target: Target, random: Random) -> None:
        self.target, self.random = target, random
        self._peers: list[Peer] = []

    async def connect(self, receive_buffer: int | None = None) -> Peer:
        peer = await Peer.connect(self.target.port, self.random, receive_buffer)
        self._peers.append(peer)
        return peer

    def end(self) -> None:
        for peer in self._peers:
            if not peer.writer.is_closing():
                peer.reset()


class Kind(NamedTuple):
    """What a visitor does, how often in a minute, and how many connections it needs."""
    name: str
    per_minute: int
    places: int
    visit: Callable[[Visit], Awaitable[None]]


class Load:
    """Visits of some kinds to one server, for whole or broken minutes; `counts` says how each ended."""

    def __init__(self, target: Target, kinds: list[Kind], seed: str) -> None:
        self.target, self.kinds, self.seed = target, kinds, seed
        self.counts: Counter[str] = Counter()
        self.turned_away = 0
        self.surprises: list[str] = []
        self.under_way: set[asyncio.Task[None]] = set()

    async def run(self, seconds: float) -> None:
        """Starts the visits of `seconds`, then waits for the last of them to end."""
        loop = asyncio.get_running_loop()
        start, minute = loop.time(), 0
        while minute * 60 < seconds:
            order = [kind for kind in self.kinds for _ in range(kind.per_minute)]
            Random(f"{self.seed}/{minute}").shuffle(order)
            for number, kind in enumerate(order):
                due = 60 * (minute + number / len(order))
                if due >= seconds:
                    break
                await asyncio.sleep(start + due - loop.time())
                task = loop.create_task(self._visit(kind, Random(f"{self.seed}/{minute}/{number}")))
                self.under_way.add(task)
                task.add_done_callback(self.under_way.discard)
            minute += 1
        await asyncio.gather(*self.under_way)

    async def _visit(self, kind: Kind, random: Random) -> None:
        visit = Visit(self.target, random)
        try:
            async with self.target.places(kind.places), asyncio.timeout(PATIENCE):
                try:
                    await kind.visit(visit)
                finally:
                    visit.end()
            self.counts[kind.name] += 1
        except TurnedAway:
            self.turned_away += 1
        except (Surprise, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            self.surprises.append(f"{kind.name}: {type(error).__name__} {error}")
