#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: Linux 6.18.44, epoll with EPOLLET, and TCP; the system's Python 3.
# Behaviour: the usual rule for edge-triggered sockets is that a read which gives less than there was room for has
#   emptied the socket, and that the kernel says when more comes. A byte of urgent data breaks it: a read stops before
#   the place of that byte although more lies behind it, and epoll does not report what lies there already. Who goes by
#   the rule waits for ever for bytes that have come. EPOLLPRI among the events is what gives it away.
# Seen: events: IN PRI
#       read: b'before' of 12 bytes that are there
#       epoll says: nothing
#       read again: b'behind'
set -eu
python3 - <<'P'
import select
import socket

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, _ = listener.accept()
server.setblocking(False)
client.send(b"before")
client.send(b"!", socket.MSG_OOB)
client.send(b"behind")
while len(server.recv(1 << 16, socket.MSG_PEEK)) < 6:  # all has come
    pass
poll = select.epoll()
poll.register(server, select.EPOLLIN | select.EPOLLPRI | select.EPOLLRDHUP | select.EPOLLET)
events = poll.poll(5)[0][1]
names = [name for name, bit in [("IN", select.EPOLLIN), ("PRI", select.EPOLLPRI)] if events & bit]
print("events:", *names)
first = server.recv(1 << 16)
print(f"read: {first} of 12 bytes that are there")
more = poll.poll(1)
print("epoll says:", more or "nothing")
second = server.recv(1 << 16)
print("read again:", second)
assert (names, first, more, second) == (["IN", "PRI"], b"before", [], b"behind")
P
