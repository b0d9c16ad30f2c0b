-- SPDX-License-Identifier: MIT
-- lua-http, with what every client program does: see python/scenario.py.
local websocket = require "http.websocket"

local kind, url = arg[1], arg[2]
local sizes = {}
for size in (kind:match("^echo=(.*)") or ""):gmatch("%d+") do sizes[#sizes + 1] = tonumber(size) end

local function say(...)
  print((table.concat({...}, " "):gsub("%s+", " ")))
  io.stdout:flush()
end

-- The message of a step: text and bytes of each size in turn.
local function sample(step)
  local size = sizes[math.floor(step / 2) + 1]
  local text = ("abcdefghijklmnopqrstuvwxyz"):rep(math.floor(size / 26) + 1):sub(1, size)
  return text, step % 2 == 0 and "text" or "binary"
end

local socket = websocket.new_from_uri(url)
for name, value in pairs {origin = arg[3] or "", authorization = arg[4] or ""} do
  if value ~= "" then socket.request.headers:upsert(name, value) end
end
local is_open, problem = socket:connect(20)
if not is_open then
  say("refused", tostring(problem))
  os.exit(0, true)
end

say("open")
local step, count = 0, 0
if #sizes > 0 then socket:send(sample(0)) end
while true do
  local data, opcode_or_problem, code = socket:receive()
  if not data then
    local reason = socket.got_close_message or opcode_or_problem
    say("closed", tostring(socket.got_close_code or code or "-"), tostring(reason))
    break
  end
  if #sizes > 0 then
    local sent, sent_kind = sample(step)
    say(data == sent and opcode_or_problem == sent_kind and "echoed" or "garbled", sent_kind, #sent)
    step = step + 1
    if step == 2 * #sizes then break end
    socket:send(sample(step))
  else
    say("text", data)
    count = count + 1
    if kind == "toggle" then
      if count == 2 then break end
      socket:send("toggle")
    end
  end
end
if not socket.got_close_code then
  socket:close()
  say("closed", tostring(socket.got_close_code or "-"))
end
