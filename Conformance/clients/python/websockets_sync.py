# SPDX-License-Identifier: MIT
"""websockets, its client for threads."""
import scenario
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect


def main() -> None:
    try:
        socket = connect(scenario.url, origin=scenario.origin, additional_headers=scenario.login)
    except Exception as error:
        return scenario.refused(error)
    try:
        scenario.talk(socket.send, socket.recv, socket.close)
        scenario.closed(socket.close_code, socket.close_reason)
    except ConnectionClosed as error:
        scenario.closed(socket.close_code, error)


main()
