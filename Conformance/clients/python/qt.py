# SPDX-License-Identifier: MIT
"""Qt's QWebSocket, by PyQt6, or PyQt5 where only that is there."""
import sys

import scenario

try:
    from PyQt6.QtCore import QByteArray, QCoreApplication, QUrl
    from PyQt6.QtNetwork import QNetworkRequest
    from PyQt6.QtWebSockets import QWebSocket
except ImportError:
    from PyQt5.QtCore import QByteArray, QCoreApplication, QUrl
    from PyQt5.QtNetwork import QAbstractSocket, QNetworkRequest
    from PyQt5.QtWebSockets import QWebSocket

application = QCoreApplication(sys.argv)
socket = QWebSocket(scenario.origin or "")
is_open = is_over = False


def act(answer: object) -> None:
    if answer is scenario.CLOSE:
        socket.close()
    elif isinstance(answer, str):
        socket.sendTextMessage(answer)
    elif answer is not None:
        socket.sendBinaryMessage(QByteArray(answer))


def on_open() -> None:
    global is_open
    is_open = True
    act(scenario.opened())


def on_end() -> None:
    global is_over
    if is_over:
        return
    is_over = True
    if is_open:
        code = socket.closeCode()
        scenario.closed(getattr(code, "value", code), socket.closeReason())
    else:
        scenario.refused(socket.errorString())
    application.quit()


socket.connected.connect(on_open)
socket.textMessageReceived.connect(lambda text: act(scenario.received(text)))
socket.binaryMessageReceived.connect(lambda data: act(scenario.received(bytes(data))))
socket.disconnected.connect(on_end)
failed = socket.errorOccurred if hasattr(socket, "errorOccurred") else socket.error[QAbstractSocket.SocketError]
failed.connect(lambda _: None if is_open else on_end())
request = QNetworkRequest(QUrl(scenario.url))
for name, value in scenario.login.items():
    request.setRawHeader(name.encode(), value.encode())
socket.open(request)
application.exec() if hasattr(application, "exec") else application.exec_()
