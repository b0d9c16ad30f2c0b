# SPDX-License-Identifier: MIT
"""websocket-client, its WebSocketApp with callbacks."""
import scenario
import websocket

is_open = False


def act(app: websocket.WebSocketApp, answer: object) -> None:
    if answer is scenario.CLOSE:
        app.close()
    elif isinstance(answer, str):
        app.send(answer)
    elif answer is not None:
        app.send_bytes(answer)


def on_open(app: websocket.WebSocketApp) -> None:
    global is_open
    is_open = True
    act(app, scenario.opened())


def on_error(app: websocket.WebSocketApp, error: Exception) -> None:
    if not is_open:
        scenario.refused(error)


def on_close(app: websocket.WebSocketApp, code: int | None, reason: str | None) -> None:
    if is_open:
        scenario.closed(code, reason or "")


websocket.WebSocketApp(
    scenario.url, header=scenario.fields, on_open=on_open,
    on_message=lambda app, data: act(app, scenario.received(data)), on_error=on_error, on_close=on_close
).run_forever(suppress_origin=scenario.origin is not None)
