# SPDX-License-Identifier: MIT
"""websocket-client, its blocking WebSocket."""
import scenario
import websocket


def main() -> None:
    try:
        socket = websocket.create_connection(scenario.url, origin=scenario.origin, header=scenario.login)
    except Exception as error:
        return scenario.refused(error)

    def receive() -> str | bytes:
        opcode, data = socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            raise EOFError(data)
        return data.decode() if opcode == websocket.ABNF.OPCODE_TEXT else data

    def send(data: str | bytes) -> None:
        socket.send(data) if isinstance(data, str) else socket.send_binary(data)

    try:
        scenario.talk(send, receive, socket.close)
        scenario.closed(None)
    except EOFError as end:
        data = end.args[0]
        scenario.closed(int.from_bytes(data[:2], "big") if data else None, data[2:].decode())
    except Exception as error:
        scenario.closed(None, error)


main()
