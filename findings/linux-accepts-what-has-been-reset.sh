#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: Linux 6.18.44, TCP; the system's Python 3.
# Behaviour: a client connects, sends a request and resets the connection before it is accepted. One would say that
#   accept fails with ECONNABORTED, as POSIX has it, or that reading fails with ECONNRESET. Neither: accept gives the
#   connection with the client's address, and the request is read in full, as from somebody who is there; only the read
#   after that fails. So a server obeys a client that has gone. What tells is getpeername: ENOTCONN.
# Seen: accepted, and it is from the client: True
#       getpeername: ENOTCONN
#       read: b'switch the lamp on'
#       read again: ECONNRESET
set -eu
python3 - <<'P'
import errno
import socket
import struct

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
name = client.getsockname()
client.send(b"switch the lamp on")
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()  # a reset


def outcome(call):
    try:
        return call()
    except OSError as error:
        return errno.errorcode[error.errno]


server, peer = listener.accept()
print("accepted, and it is from the client:", peer == name)
known = outcome(server.getpeername)
print("getpeername:", known)
first = outcome(lambda: server.recv(100))
print("read:", first)
second = outcome(lambda: server.recv(100))
print("read again:", second)
assert (peer == name, known, first, second) == (True, "ENOTCONN", b"switch the lamp on", "ECONNRESET")
P
