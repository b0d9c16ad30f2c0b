# SPDX-License-Identifier: MIT
# faye-websocket, with what every client program does: see python/scenario.py.
require "eventmachine"
require "faye/websocket"

KIND, URL, ORIGIN, AUTHORIZATION = ARGV
FIELDS = { "Origin" => ORIGIN, "Authorization" => AUTHORIZATION }.reject { |_, value| value.to_s.empty? }
SIZES = KIND.start_with?("echo=") ? KIND.delete_prefix("echo=").split(",").map(&:to_i) : nil
$stdout.sync = true

def say(*words) = puts(words.join(" ").split.join(" "))

# The message of a step: text, and bytes as an array, of each size in turn.
def sample(step)
  text = ("abcdefghijklmnopqrstuvwxyz" * (SIZES[step / 2] / 26 + 1))[0, SIZES[step / 2]]
  step.even? ? text : text.bytes
end

EM.run do
  socket = Faye::WebSocket::Client.new(URL, [], headers: FIELDS)
  is_open = false
  step = count = 0
  socket.on(:open) do
    is_open = true
    say "open"
    socket.send(sample(0)) if SIZES
  end
  socket.on(:message) do |event|
    if SIZES
      say event.data == sample(step) ? "echoed" : "garbled", step.even? ? "text" : "binary", SIZES[step / 2]
      step += 1
      step == 2 * SIZES.count ? socket.close : socket.send(sample(step))
    else
      say "text", event.data
      count += 1
      count == 2 ? socket.close : socket.send("toggle") if KIND == "toggle"
    end
  end
  socket.on(:error) { |event| say "refused", event.message unless is_open }
  socket.on(:close) do |event|
    say "closed", event.code, event.reason if is_open
    EM.stop
  end
end
