# SPDX-License-Identifier: MIT
"""A stranger on the network of a device on which people log in: without a password, with a stolen session, with an
account that may only look."""
from __future__ import annotations

import base64
import math
import re
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from common.websocket import CLOSE, TEXT, WebSocket
from guarded import (COOKIE, FORM, HOST, HOUSEHOLD, INTRUDER, OWNER, OWNERS_PASSWORD, Guarded, cookie, status, stranger,
                     wait)
from scene import Table, Watch, until
from stranger import TOGGLE, Attack, closing, request, statuses, talk

JSON = "Content-Type: application/json"
UNKNOWN = "hanna"  # a name that somebody could have, and nobody has
NEWS = 5.0  # seconds: a change by the command line is taken over within two


def basic(name: str, password: str) -> str:
    return "Authorization: Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def bearer(token: str) -> str:
    return f"Authorization: Bearer {token}"


def intruder(device: Guarded, table: Table) -> Attack:
    return Attack(device.port, table, Watch(device), INTRUDER, HOST)


# MARK: the owner's link


def owner_link(device: Guarded, table: Table) -> None:
    """Whose device is it? Not a stranger's, and not two people's."""
    table.begin("the link of the first start")
    link, attack = device.owner_link(), intruder(device, table)
    table.holds("the first start prints a link", len(link) == 22, f"{len(link)} letters")
    mine = {"name": "mallory", "password": "malice in wonderland", "again": "malice in wonderland"}
    for name, guess in {"none": "", "another": "A" * 22, "a beginning": link[:21], "in upper case": link.upper(),
                        "with a NUL": link + "\0", "longer": link + "A"}.items():
        took = device.form("/owner", link=guess, **mine)
        refused(table, attack, f"a link: {name}", took, 400)
        attack.send(f"the page of a link: {name}", request("GET", f"/owner?link={quote(guess)}"), 403)
    for name, fields in {"of another site": ("Origin: http://evil.example",), "without Origin": ()}.items():
        answer = device.ask("POST", "/owner", FORM, *fields, body=f"link={link}&name=mallory&password={'x' * 12}"
                            f"&again={'x' * 12}")
        refused(table, attack, f"the right link by a form {name}", answer, 403)
    with ThreadPoolExecutor(4) as pool:
        names = [OWNER, "ben", "carl", "dora"]
        answers = list(pool.map(lambda name: device.form(
            "/owner", source=HOUSEHOLD, link=link, name=name, password=OWNERS_PASSWORD, again=OWNERS_PASSWORD), names))
    winners = [name for name, answer in zip(names, answers) if cookie(answer)]
    table.holds("of four at once one is the owner", len(winners) == 1,
                " ".join(f"{name} {status(answer)}" for name, answer in zip(names, answers)))
    refused(table, attack, "the link once more, for another", device.form("/owner", link=link, **mine), 400)
    refused(table, attack, "the link once more, for the same name", device.form(
        "/owner", link=link, name=(winners or [OWNER])[0], password=OWNERS_PASSWORD, again=OWNERS_PASSWORD), 400)
    attack.send("the page of the used link", request("GET", f"/owner?link={link}"), 403)

    def users() -> list[str]:  # as they are in the file, to which they come behind the answer
        return [line.split()[0] for line in device.command("user", "list").splitlines()[1:]]
    until(users, NEWS)
    table.holds("and there is one user", users() == winners, " ".join(users()))


def refused(table: Table, attack: Attack, name: str, answer: bytes, *allowed: int) -> None:
    """An attempt has to be answered with one of these, and without a cookie, and has changed nothing."""
    problem = attack.watch.problem()
    if not problem and status(answer) not in allowed:
        problem = f"{' or '.join(map(str, allowed))} is the answer"
    if not problem and COOKIE.search(answer) and cookie(answer):
        problem = "it gives a session"
    table.row(name, " ".join(map(str, statuses(answer))) or "closed", "", problem)


# MARK: without a password

PLACES = ["/", "/?x=/login", "/index.html", "/index.js", "/index.css", "/favicon.svg", "/manifest.webmanifest",
          "/api/state", "/api/events", "/api/openapi.json", "/api/parts/led", "/api/parts/nobody", "/metrics"]
ROUNDABOUT = ["//api/state", "/./api/state", "/login/../api/state", "/login/..%2fapi/state", "/login/%2e%2e/api/state",
              "/login.css/../api/state", "/api/state/", "/API/STATE", "/api%2fstate", "/%61pi/state",
              "/login;/api/state", "/api/state;/login", "/api/state%00/login", "/login?/api/state", "/api/state#/login", "/api//state",
              "/login/api/state", "/owner/../metrics", "/logout/../api/state", "/login.css?/api/state"]
COMMANDS = {"/api/led/toggle": "", "/api/parts/led/toggle": "", "/api/parts/led": '{"on":true}', "/api/led": "true"}
WORDS = ["X-Forwarded-User: anna", "Remote-User: anna", "X-Remote-User: anna", "X-Forwarded-For: 127.0.0.1",
         "Forwarded: for=127.0.0.1", "X-Original-URL: /login", "X-Rewrite-URL: /login", "X-HTTP-Method-Override: GET",
         "Cookie: admin=1; role=admin", "Proxy-Authorization: Basic YW5uYTp4", "X-API-Key: hg_"]


def doors(device: Guarded, table: Table) -> None:
    """Everything there is, asked for by somebody who shows nothing, or what is no proof."""
    table.begin("without a password")
    attack, nobody = intruder(device, table), (401,)
    for place in PLACES:
        for method in ("GET", "HEAD"):
            attack.send(f"{method} {place}", request(method, place), *nobody)
    for place in ROUNDABOUT:
        answer = attack.send(f"GET {place}", request("GET", place), 200, 400, 401, 404)
        if status(answer) == 200:
            table.holds("that is the form, or its style", place.startswith(("/login?", "/login.css?")), place)
    for place, body in COMMANDS.items():
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = request(method, place, JSON, body=body) if body else request(method, place, "Content-Length: 0")
            attack.send(f"{method} {place}", answer, 401, 405, 501)
    for field in WORDS:
        attack.send(f"a command, {field}", request("POST", "/api/led/toggle", field), *nobody)
        attack.send(f"a socket, {field}", opening(device, field), *nobody)
    attack.send("a socket", opening(device), *nobody)
    attack.send("a socket of the device's own page", opening(device, f"Origin: {device.origin}"), *nobody)
    found = statuses(talk(device.port, opening(device) + TOGGLE, INTRUDER, HOST))
    table.row("a socket with a command behind it", str(found), "", attack.watch.problem() or (
        "" if set(found) == {401} else "401 is the answer"))
    table.begin("with what is no proof")
    secret, name = "A" * 22, device.cookie_name
    for field in [
        f"Cookie: {name}=", f"Cookie: {name}={secret}", f"Cookie: {name}=\0", f"Cookie: {name}",
        f"Cookie: {'; '.join(f'{name}={number:022}' for number in range(200))}", f"Cookie: {name}={'A' * 4000}",
        f"Cookie: heliograph_session={secret}", f"Cookie: __Host-{name}={secret}", f"Cookie: {name}=' OR 1=1 --",
        f"Cookie: {name}=../accounts", "Authorization: Basic", "Authorization: Basic !!!", "Authorization: Basic Og==",
        basic(OWNER, ""), basic("", OWNERS_PASSWORD), basic(OWNER, OWNERS_PASSWORD + "\0"),
        basic(OWNER, OWNERS_PASSWORD[:8]), basic(OWNER + ":", OWNERS_PASSWORD), "Authorization: Bearer",
        "Authorization: Bearer hg_", "Authorization: Bearer " + "A" * 5000, bearer("null"), bearer(secret),
        bearer(device.token[:-1]), bearer(device.token.swapcase()), f"Authorization: {device.token}",
        f"Authorization: Digest username=\"{OWNER}\"", "Authorization: Negotiate YII=",
    ]:
        attack.send(field[:60].replace("\0", "␀"), request("POST", "/api/led/toggle", field), 400, 401, 429, 431)
    attack.send("two Authorizations, one of them right", request(
        "POST", "/api/led/toggle", bearer(secret), bearer(device.token)), 400, 401)
    attack.send("a token in the query", request("POST", f"/api/led/toggle?access_token={device.token}"), 401)
    answer = talk(device.port, request("GET", "/api/state", bearer(device.token)) + request("GET", "/api/state")
                  + TOGGLE, INTRUDER, HOST)
    found = [int(code) for code in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)]
    problem = attack.watch.problem() or ("" if found == [200, 401, 401] else "each needs its own proof")
    table.row("behind somebody's request on the same connection", str(found), "", problem)
    one, other = (attack.send(f"{part}: is there such a part?", request("POST", f"/api/parts/{part}/toggle"), 401)
                  for part in ("led", "nobody"))
    table.holds("parts that there are and are not are answered alike", without_date(one) == without_date(other))


def opening(device: Guarded, *fields: str) -> bytes:
    return request("GET", "/ws", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *fields, host=f"{HOST}:{device.port}")


def without_date(answer: bytes) -> bytes:
    return b"\n".join(line for line in answer.split(b"\n") if not line.lower().startswith(b"date:"))


# MARK: the form


def forms(device: Guarded, table: Table) -> None:
    """The form is for the device's own pages, and only a password opens it."""
    table.begin("the form, from elsewhere")
    attack, right = intruder(device, table), {"name": OWNER, "password": OWNERS_PASSWORD}
    for origin in ("http://evil.example", "null", f"http://{HOST}", f"http://evil.example:{device.port}",
                   f"http://{HOST}:{device.port}.evil.example"):
        refused(table, attack, f"the right password, Origin: {origin}",
                device.form("/login", origin=origin, **right), 403)
        refused(table, attack, f"a logout, Origin: {origin}", device.form("/logout", origin=origin), 403)
    body = f"name={OWNER}&password={OWNERS_PASSWORD.replace(' ', '+')}"
    for kind in ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"):
        refused(table, attack, f"the right password without Origin, {kind}", device.ask(
            "POST", "/login", f"Content-Type: {kind}", body=body), 403)
    refused(table, attack, "the right password in the address", device.ask("GET", f"/login?{body}"), 200)
    refused(table, attack, "the right password by PUT", device.ask("PUT", "/login", FORM, body=body), 405)
    for next in ("//evil.example/", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
                 "/\r\nSet-Cookie: x=y"):
        answer = device.form("/login", source=HOUSEHOLD, next=next, **right)
        places = [line for line in answer.split(b"\r\n") if line.lower().startswith(b"location:")]
        problem = "" if places == [b"Location: ./"] or places == [b"location: ./"] else f"it leads to {places}"
        table.row(f"a login that is to lead to {next!r}"[:60], str(status(answer)), "", problem)


def enumeration(device: Guarded, table: Table) -> None:
    """Whether there is such a user is nobody's business."""
    table.begin("which users there are")
    attack, times, answers = intruder(device, table), {OWNER: [], UNKNOWN: []}, {}
    for number in range(3):
        for name in times:
            start = time.monotonic()
            answer = device.log_in(name, f"wrong horse {number}", source=stranger(number * 2 + (name == OWNER)))
            times[name].append(time.monotonic() - start)
            answers[name] = answer
            refused(table, attack, f"a wrong password of {name}", answer, 401)
    table.holds("the form answers alike, whether there is such a user or not",
                without_date(answers[OWNER]) == without_date(answers[UNKNOWN]))
    known, unknown = (statistics.median(times[name]) for name in (OWNER, UNKNOWN))
    table.holds("and works as long for it", unknown > known / 3, f"{known * 1000:.0f} ms, {unknown * 1000:.0f} ms")
    fields = [device.ask("GET", "/api/state", basic(name, "wrong horse x"), source=stranger(20 + number))
              for number, name in enumerate((OWNER, UNKNOWN))]
    table.holds("so does the field", statuses(fields[0]) == [401]
                and without_date(fields[0]) == without_date(fields[1]))


# MARK: guesses


def guesses(device: Guarded, table: Table) -> None:
    """As fast as they can be sent, from one address and from many; the household gets in all the same."""
    table.begin("guesses at a password")
    attack = intruder(device, table)
    table.holds("the owner logs in", cookie(device.log_in(OWNER, OWNERS_PASSWORD)))
    start, counts = time.monotonic(), {401: 0, 429: 0}
    for number in range(60):
        answer = device.log_in(OWNER, f"guess number {number}", source=INTRUDER)
        counts[status(answer)] = counts.get(status(answer), 0) + 1
    seconds = time.monotonic() - start
    most = 4 + math.log2(1 + seconds)
    table.holds("of 60 guesses from an address only some are looked at",
                0 < counts[401] <= most and counts[401] + counts[429] == 60,
                f"{counts[401]} in {seconds:.1f} s, the rest 429: {counts[429]}")
    delayed = until(lambda: wait(device.log_in("ben", f"guess at {time.monotonic()}", source=INTRUDER)) >= 2, 20)
    answer = device.log_in("ben", BENS_PASSWORD, source=INTRUDER)
    table.holds("the delay grows", delayed)
    refused(table, attack, "the right password, while it waits", answer, 429)
    with ThreadPoolExecutor(3) as pool:  # as many as may be looked at, at a time, without being told 503
        start = time.monotonic()
        answers = list(pool.map(lambda number: status(device.log_in(
            "cleo", f"guess number {number}", source=stranger(300 + number))), range(16)))
        seconds = time.monotonic() - start
    table.holds("of 16 addresses' first guesses 10 are looked at at once", 0 < answers.count(401) <= 11 + seconds / 2
                and {401, 429, 503} >= set(answers),
                f"{answers.count(401)} in {seconds:.1f} s, the rest {sorted({*answers} - {401})}")
    start = time.monotonic()
    answer = device.log_in("ben", BENS_PASSWORD)
    table.holds("meanwhile somebody of the household logs in at once", cookie(answer),
                f"{status(answer)}, {time.monotonic() - start:.1f} s")
    start, phone = time.monotonic(), "10.77.0.99"
    while not cookie(answer := device.log_in("cleo", CLEOS_PASSWORD, source=phone)):
        if time.monotonic() - start > 60 or status(answer) not in (429, 503):
            break
        time.sleep(min(wait(answer), 5))
    table.holds("and a new phone of the household gets its turn", cookie(answer),
                f"{status(answer)}, after {time.monotonic() - start:.1f} s")


BENS_PASSWORD, CLEOS_PASSWORD = "ben likes trains", "cleo likes boats"


# MARK: sessions


def sessions(device: Guarded, table: Table) -> None:
    """A session is what the device has given, and for as long as it holds."""
    table.begin("sessions that are none")
    attack, name = intruder(device, table), device.cookie_name
    chosen = "B" * 22
    given = cookie(device.log_in(OWNER, OWNERS_PASSWORD, f"Cookie: {name}={chosen}"))
    table.holds("a login does not take a cookie over that was there", given and given != chosen)
    again = cookie(device.log_in(OWNER, OWNERS_PASSWORD, f"Cookie: {name}={given}"))
    table.holds("nor one of a session, but makes another", again and again != given)
    for what, field in {
        "the chosen one": f"{name}={chosen}", "a letter less": f"{name}={given[:-1]}", "one more": f"{name}={given}A",
        "another case": f"{name}={given.swapcase()}", "another name": f"{name}x={given}",
        "in quotes": f'{name}="{given}"',
    }.items():
        attack.send(f"a cookie: {what}", request("POST", "/api/led/toggle", f"Cookie: {field}"), 401)
    attack.send("a session in the address", request("POST", f"/api/led/toggle?{name}={given}"), 401)
    attack.send("a session as a token", request("POST", "/api/led/toggle", bearer(given)), 401)
    attack.send("a session as a password", request("POST", "/api/led/toggle", basic(OWNER, given)), 401)
    attack.send("a session, with a foreign Origin", request(
        "POST", "/api/led/toggle", f"Cookie: {name}={given}", "Origin: http://evil.example"), 403)
    attack.send("a socket of a session, with a foreign Origin", opening(
        device, f"Cookie: {name}={given}", "Origin: http://evil.example"), 403)
    table.begin("sessions that have ended")
    ended(device, table, attack, "a stolen session that was revoked", f"Cookie: {name}={given}",
          lambda: device.command("session", "revoke", "--all", "--user", OWNER))
    fresh = cookie(device.log_in(OWNER, OWNERS_PASSWORD))
    ended(device, table, attack, "one whose owner logs out", f"Cookie: {name}={fresh}",
          lambda: device.form("/logout", f"Cookie: {name}={fresh}", source=HOUSEHOLD))
    fresh = cookie(device.log_in(OWNER, OWNERS_PASSWORD))
    ended(device, table, attack, "one of before the new password", f"Cookie: {name}={fresh}",
          lambda: device.command("user", "password", OWNER, password=OWNERS_PASSWORD + "!"))
    refused(table, attack, "the old password", device.log_in(OWNER, OWNERS_PASSWORD, source=stranger(40)), 401)
    lent = device.command("token", "add", "lent", "--role", "control").strip()
    until(lambda: status(device.ask("GET", "/api/state", bearer(lent))) == 200, NEWS)
    ended(device, table, attack, "a token that was removed", bearer(lent),
          lambda: device.command("token", "remove", "lent"))
    ended(device, table, attack, "Basic, of a user who was removed", basic("ben", BENS_PASSWORD),
          lambda: device.command("user", "remove", "ben"))


def ended(device: Guarded, table: Table, attack: Attack, what: str, field: str,
          end: Callable[[], object]) -> None:
    """A proof that holds, until `end` is called: then the socket that it opened is closed, and it opens none."""
    try:
        with device.socket(field) as client:
            client.message("hello")
            end()
            code, words = closing(client, b"")
    except OSError as problem:
        code, words = 0, f"it was never good: {str(problem)[:30]}"
    table.row(f"{what}: its socket", words, "", "" if code == 1008 else "1008 is the end")
    attack.send(f"{what}: a command", request("POST", "/api/led/toggle", field), 401)
    attack.send(f"{what}: a new socket", opening(device, field), 401)


# MARK: those who may only look

MESSAGES = ['{"type":"toggle","part":"led","id":1}', '{"type":"set","part":"led","on":true,"id":1}', "toggle",
            '{"action":"toggle"}', '{"type":"click","part":"button","id":1}',
            '{"type":"press","part":"button","id":1}', '{"type":"toggle","part":"led","id":1,"role":"admin"}']


def lookers(device: Guarded, table: Table) -> None:
    """A token for `view`, and a user with that role, may look and do nothing."""
    table.begin("those who may only look")
    eye = bearer(device.command("token", "add", "eye", "--role", "view").strip())
    table.holds("a token for view may look", until(lambda: status(device.ask("GET", "/api/state", eye)) == 200, NEWS))
    attack = intruder(device, table)
    session = cookie(device.log_in("dora", DORAS_PASSWORD, source=INTRUDER))
    table.holds("a user with that role may, too", session)
    for what, field in (("token", eye), ("session", f"Cookie: {device.cookie_name}={session}")):
        for place, body in COMMANDS.items():
            data = request("PUT" if body else "POST", place, field, JSON if body else "Content-Length: 0", body=body)
            attack.send(f"{what}: {place}", data, 403, 405)
        attack.send(f"{what}: metrics", request("GET", "/metrics", field), 403)
        for message in MESSAGES:
            with device.socket(field) as client:
                client.message("hello")
                said = answer(client, message)
            table.row(f"{what}: {message}", said, "", attack.watch.problem())


DORAS_PASSWORD = "dora likes maps"


def answer(client: WebSocket, message: str) -> str:
    """What comes of a message; the pong of a ping behind it says that it was looked at."""
    client.send(message)
    client.send_json(type="ping", n=7)
    said = []
    while (received := client.receive()).opcode != CLOSE:
        if received.opcode == TEXT:
            said.append(received.payload.decode())
            if '"pong"' in said[-1]:
                break
    return next((words for words in said if "error" in words), said[-1] if said else "closed")
