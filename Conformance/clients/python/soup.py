# SPDX-License-Identifier: MIT
"""libsoup, by Debian's GObject introspection: SOUP_VERSION is 3.0 or 2.4."""
import os

import gi
import scenario

VERSION = os.environ["SOUP_VERSION"]
gi.require_version("Soup", VERSION)
from gi.repository import Gio, GLib, Soup  # noqa: E402

loop = GLib.MainLoop()


def act(socket: Soup.WebsocketConnection, answer: object) -> None:
    if answer is scenario.CLOSE:
        socket.close(1000, None)
    elif isinstance(answer, str):
        socket.send_text(answer)
    elif answer is not None:
        socket.send_binary(answer) if VERSION == "2.4" else socket.send_message(
            Soup.WebsocketDataType.BINARY, GLib.Bytes.new(answer))


def on_message(socket: Soup.WebsocketConnection, kind: Soup.WebsocketDataType, data: GLib.Bytes) -> None:
    is_text = kind == Soup.WebsocketDataType.TEXT
    act(socket, scenario.received(data.get_data().decode() if is_text else data.get_data()))


def on_closed(socket: Soup.WebsocketConnection) -> None:
    scenario.closed(socket.get_close_code() or None, socket.get_close_data() or "")
    loop.quit()


def on_connected(session: Soup.Session, result: Gio.AsyncResult) -> None:
    global socket  # the connection ends with its last reference
    try:
        socket = session.websocket_connect_finish(result)
    except GLib.Error as error:
        scenario.refused(error.message)
        return loop.quit()
    socket.connect("message", on_message)
    socket.connect("closed", on_closed)
    act(socket, scenario.opened())


session = Soup.Session()
message = Soup.Message.new("GET", scenario.url)
for name, value in scenario.login.items():
    message.props.request_headers.append(name, value)
arguments = [] if VERSION == "2.4" else [GLib.PRIORITY_DEFAULT]
session.websocket_connect_async(message, scenario.origin, None, *arguments, None, on_connected)
loop.run()
