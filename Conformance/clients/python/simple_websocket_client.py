# SPDX-License-Identifier: MIT
"""simple-websocket."""
import scenario
from simple_websocket import Client, ConnectionClosed


def main() -> None:
    try:
        socket = Client.connect(scenario.url, headers=scenario.fields)
    except Exception as error:
        return scenario.refused(error)
    try:
        scenario.talk(socket.send, socket.receive, socket.close)
        scenario.closed(None)
    except ConnectionClosed as end:
        scenario.closed(end.reason, end.message or "")


main()
