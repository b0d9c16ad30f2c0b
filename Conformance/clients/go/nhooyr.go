// SPDX-License-Identifier: MIT

// nhooyr.io/websocket (later coder/websocket).
package main

import (
	"context"
	"net/http"

	"nhooyr.io/websocket"
)

func main() {
	background := context.Background()
	options := &websocket.DialOptions{HTTPHeader: http.Header{}}
	if origin != "" {
		options.HTTPHeader.Set("Origin", origin)
	}
	if authorization != "" {
		options.HTTPHeader.Set("Authorization", authorization)
	}
	socket, _, err := websocket.Dial(background, url, options)
	if err != nil {
		refused(err)
		return
	}
	send := func(data *Data) error {
		kind := websocket.MessageBinary
		if data.IsText {
			kind = websocket.MessageText
		}
		return socket.Write(background, kind, data.Bytes)
	}
	err = talk(send, func() (Data, error) {
		kind, bytes, err := socket.Read(background)
		return Data{kind == websocket.MessageText, bytes}, err
	})
	if err == nil {
		closed(1000, socket.Close(websocket.StatusNormalClosure, ""))
	} else if code := websocket.CloseStatus(err); code != -1 {
		closed(int(code), err)
	} else {
		closed("-", err)
	}
}
