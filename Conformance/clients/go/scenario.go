// SPDX-License-Identifier: MIT

// What every client program does, in Go: see python/scenario.py.
package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Data is a message; one that is nil means: read on.
type Data struct {
	IsText bool
	Bytes  []byte
}

var url, origin, authorization = os.Args[2], argument(3), argument(4)
var sizes = strings.Split(strings.TrimPrefix(os.Args[1], "echo="), ",")
var isEcho = strings.HasPrefix(os.Args[1], "echo=")
var count, step int

// argument is the one with that number; empty if there is none.
func argument(number int) string {
	if number < len(os.Args) {
		return os.Args[number]
	}
	return ""
}

func say(words ...interface{}) {
	fmt.Println(strings.Join(strings.Fields(fmt.Sprintln(words...)), " "))
}

// sample is the message of a step: text and bytes of each size in turn.
func sample(step int) *Data {
	size, _ := strconv.Atoi(sizes[step/2])
	text := strings.Repeat("abcdefghijklmnopqrstuvwxyz", size/26+1)[:size]
	return &Data{step%2 == 0, []byte(text)}
}

// opened says what to send at the beginning.
func opened() *Data {
	say("open")
	if isEcho {
		return sample(0)
	}
	return nil
}

// received says what to send then, and whether that is all.
func received(data Data) (answer *Data, isDone bool) {
	if isEcho {
		sent, event, kind := sample(step), "garbled", "binary"
		if sent.IsText == data.IsText && string(sent.Bytes) == string(data.Bytes) {
			event = "echoed"
		}
		if sent.IsText {
			kind = "text"
		}
		say(event, kind, len(sent.Bytes))
		step++
		if step == 2*len(sizes) {
			return nil, true
		}
		return sample(step), false
	}
	say("text", string(data.Bytes))
	count++
	if os.Args[1] != "toggle" {
		return nil, false
	}
	return &Data{true, []byte("toggle")}, count == 2
}

// talk is the whole conversation; it returns what ended it, nil if that was the scenario.
func talk(send func(*Data) error, receive func() (Data, error)) error {
	answer := opened()
	for {
		if answer != nil {
			if err := send(answer); err != nil {
				return err
			}
		}
		data, err := receive()
		if err != nil {
			return err
		}
		var isDone bool
		if answer, isDone = received(data); isDone {
			return nil
		}
	}
}

func refused(words interface{}) { say("refused", words) }

func closed(code interface{}, words interface{}) { say("closed", code, words) }
