// SPDX-License-Identifier: MIT

// gorilla/websocket. Its Close ends TCP without a Close frame; a program that wants one sends it, as here.
package main

import (
	"net/http"

	"github.com/gorilla/websocket"
)

func main() {
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	if authorization != "" {
		header.Set("Authorization", authorization)
	}
	socket, _, err := websocket.DefaultDialer.Dial(url, header)
	if err != nil {
		refused(err)
		return
	}
	send := func(data *Data) error {
		if data.IsText {
			return socket.WriteMessage(websocket.TextMessage, data.Bytes)
		}
		return socket.WriteMessage(websocket.BinaryMessage, data.Bytes)
	}
	err = talk(send, func() (Data, error) {
		kind, bytes, err := socket.ReadMessage()
		return Data{kind == websocket.TextMessage, bytes}, err
	})
	if err == nil {
		socket.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""))
		_, _, err = socket.ReadMessage()
	}
	if end, is := err.(*websocket.CloseError); is {
		closed(end.Code, end.Text)
	} else {
		closed("-", err)
	}
	socket.Close()
}
