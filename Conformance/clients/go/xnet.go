// SPDX-License-Identifier: MIT

// golang.org/x/net/websocket, with an origin of the kind that its documentation shows.
package main

import (
	neturl "net/url"

	"golang.org/x/net/websocket"
)

// message takes and gives a message with its kind, which the codecs of the package do not tell.
var message = websocket.Codec{
	Marshal: func(value interface{}) ([]byte, byte, error) {
		data := value.(*Data)
		if data.IsText {
			return data.Bytes, websocket.TextFrame, nil
		}
		return data.Bytes, websocket.BinaryFrame, nil
	},
	Unmarshal: func(bytes []byte, kind byte, value interface{}) error {
		*value.(*Data) = Data{kind == websocket.TextFrame, bytes}
		return nil
	},
}

func main() {
	if origin == "" {
		parts, _ := neturl.Parse(url)
		origin = "http://" + parts.Host + "/"
	}
	config, err := websocket.NewConfig(url, origin)
	if err != nil {
		refused(err)
		return
	}
	if authorization != "" {
		config.Header.Set("Authorization", authorization)
	}
	socket, err := websocket.DialConfig(config)
	if err != nil {
		refused(err)
		return
	}
	err = talk(func(data *Data) error { return message.Send(socket, data) }, func() (data Data, err error) {
		err = message.Receive(socket, &data)
		return data, err
	})
	if err == nil {
		err = socket.Close()
	}
	closed("-", err)
}
