// SPDX-License-Identifier: MIT

// The echo on gorilla/websocket, with Go's own net/http. Each client has a queue of 256 messages and a writer; who
// falls further behind than that is cut off, as in the package's chat example.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"sync"

	"github.com/gorilla/websocket"
)

type message struct {
	kind    int
	payload []byte
}

type client struct {
	connection *websocket.Conn
	queue      chan message
	gone       chan struct{}
}

var (
	upgrader = websocket.Upgrader{}
	lock     sync.Mutex
	clients  = map[*client]bool{}
)

func broadcast(it message) {
	lock.Lock()
	defer lock.Unlock()
	for one := range clients {
		select {
		case one.queue <- it:
		default:
			one.connection.Close()
		}
	}
}

// Writes until the reader is gone; after an error it only keeps the queue from filling up.
func (one *client) write() {
	for failed := false; ; {
		select {
		case it := <-one.queue:
			if !failed && one.connection.WriteMessage(it.kind, it.payload) != nil {
				failed = true
				one.connection.Close()
			}
		case <-one.gone:
			return
		}
	}
}

func (one *client) read() {
	for {
		kind, payload, err := one.connection.ReadMessage()
		if err != nil {
			return
		}
		if len(payload) > 0 && payload[0] == 'B' {
			broadcast(message{kind, payload})
		} else {
			one.queue <- message{kind, payload}
		}
	}
}

func echo(response http.ResponseWriter, request *http.Request) {
	connection, err := upgrader.Upgrade(response, request, nil)
	if err != nil {
		return
	}
	connection.SetReadLimit(32 << 20)
	one := &client{connection, make(chan message, 256), make(chan struct{})}
	lock.Lock()
	clients[one] = true
	lock.Unlock()
	go one.write()
	one.read()
	lock.Lock()
	delete(clients, one)
	lock.Unlock()
	close(one.gone)
	connection.Close()
}

func page(response http.ResponseWriter, request *http.Request) {
	if request.URL.Path != "/" {
		http.NotFound(response, request)
		return
	}
	if request.Method != http.MethodGet && request.Method != http.MethodHead {
		response.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	io.WriteString(response, "An echo\n")
}

func post(response http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodPost {
		response.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(request.Body)
	if err != nil {
		response.WriteHeader(http.StatusBadRequest)
		return
	}
	response.Header().Set("Content-Type", "application/octet-stream")
	response.Write(body)
}

// Its argument names the package and its version, which the package itself cannot say.
func main() {
	http.HandleFunc("/", page)
	http.HandleFunc("/echo", post)
	http.HandleFunc("/ws", echo)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s, %s\n", os.Args[1], runtime.Version())
	fmt.Printf("ws://%s/ws\n", listener.Addr())
	panic(http.Serve(listener, nil))
}
