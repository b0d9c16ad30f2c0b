// SPDX-License-Identifier: MIT

// `/metrics` for Prometheus and `/healthz` for whatever restarts programs. Both are for this machine and for
// administrators: they say how many people are there, and what is wrong.

import Bytes
import DeviceServer
import HTTPCore
import Parts
import Timebase

#if !WITHOUT_METRICS
  /// What does not work, in words; empty as long as it does.
  public struct Problems: Sendable {
    /// Of the board: each chip, line or sensor that is gone, by its name, in the order in which they went.
    public private(set) var board: [(unit: [UInt8], words: [UInt8])] = []
    /// Of the data folder: why it cannot be read.
    public var dataFolder: [UInt8] = []

    /// None.
    public init() {}

    /// Notes what is wrong with a unit of the board; empty words: it works again.
    public mutating func note(board unit: [UInt8], _ words: [UInt8]) {
      let place = board.firstIndex { $0.unit == unit }
      if words.isEmpty {
        if let place { board.remove(at: place) }
      } else if let place {
        board[place].words = words
      } else {
        board.append((unit, words))
      }
    }
  }

  enum MetricsRoutes {
    static func add(to router: inout Router<RemoteControlContext>) {
      router.onThisMachine("/metrics", getMetrics, documented: .getMetrics)
      router.onThisMachine("/healthz", getHealth, documented: .getHealth)
    }

    /// `GET /healthz`
    private static func getHealth(
      _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
    ) {
      var words: [UInt8] = []
      if context.device.hasFailed { words.append("the device has yet to start\n") }
      for (_, problem) in context.problems.board { add("board", problem.span, to: &words) }
      add("data folder", context.problems.dataFolder.span, to: &words)
      response.status = words.isEmpty ? .ok : .serviceUnavailable
      response.send(words.isEmpty ? "ok\n" : "")
      response.head.add("Cache-Control", "no-store")
      response.body += words
    }

    private static func add(_ what: StaticString, _ problem: Span<UInt8>, to words: inout [UInt8]) {
      guard !problem.isEmpty else { return }
      words.append(what)
      words.append(": ")
      words.append(problem)
      words.append("\n")
    }

    /// `GET /metrics`
    private static func getMetrics(
      _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
    ) {
      context.device.now = request.now
      var metrics = MetricsText()
      addDevice(context, to: &metrics)
      addServer(context.statistics, to: &metrics)
      addMessages(context, to: &metrics)
      addParts(context.device, to: &metrics)
      response.send("", type: MetricsText.mediaType)
      response.head.add("Cache-Control", "no-store")
      response.body = metrics.text
    }

    private static func addDevice(_ context: borrowing RemoteControlContext, to metrics: inout MetricsText) {
      metrics.begin("heliograph_info", .gauge, "What runs here; always 1.")
      metrics.beginLabels()
      metrics.label("name", context.device.name.span)
      metrics.append(",")
      metrics.label("board", context.identity.board.span)
      metrics.append(",")
      metrics.label("version", Identity.version.span)
      metrics.append("} 1\n")
      let start = context.startTime ?? context.device.now
      let uptime = context.device.now.milliseconds &- min(start.milliseconds, context.device.now.milliseconds)
      metrics.gauge("heliograph_uptime_seconds", uptime / 1000, "Time since the start of the device.")
    }

    private static func addServer(_ statistics: ServerStatistics, to metrics: inout MetricsText) {
      let counters = statistics.counters
      metrics.gauge("heliograph_connections", UInt64(clamping: statistics.connections), "TCP connections at present.")
      metrics.counter("heliograph_connections_accepted_total", counters.accepted, "Connections taken in to be served.")
      metrics.counter(
        "heliograph_connections_refused_total", counters.connectionsRefused, "Connections for which there was no room.")
      metrics.counter(
        "heliograph_connections_displaced_total", counters.displaced, "Connections closed to make room for others.")
      metrics.counter(
        "heliograph_connections_timed_out_total", counters.timedOut,
        "Connections and clients that did not answer in time.")
      metrics.counter("heliograph_requests_total", counters.requests, "Requests whose head was complete.")
      metrics.counter(
        "heliograph_requests_refused_total", counters.requestsRefused,
        "Requests answered with a status of 400 or more.")
      metrics.gauge(
        "heliograph_websocket_clients", UInt64(clamping: statistics.clients), "WebSocket clients at present.")
      metrics.counter("heliograph_websocket_clients_connected_total", counters.clients, "WebSocket clients taken in.")
      metrics.counter(
        "heliograph_websocket_clients_refused_total", counters.clientsRefused, "Clients for which there was no place.")
      metrics.counter(
        "heliograph_websocket_clients_displaced_total", counters.clientsDisplaced,
        "Clients whose place was given to another address.")
      metrics.counter(
        "heliograph_websocket_clients_failed_total", counters.clientsFailed,
        "Clients closed for breaking the protocol or a limit.")
      metrics.counter(
        "heliograph_websocket_compression_declined_total", counters.compressionDeclined,
        "Clients that got no compression for lack of memory.")
      metrics.gauge(
        "heliograph_event_streams", UInt64(clamping: statistics.eventStreams), "Event streams at present.")
      metrics.counter("heliograph_event_streams_begun_total", counters.eventStreams, "Event streams that have begun.")
      metrics.counter(
        "heliograph_event_streams_refused_total", counters.eventStreamsRefused, "Streams for which there was no place.")
      metrics.counter(
        "heliograph_event_streams_displaced_total", counters.eventStreamsDisplaced,
        "Streams whose place was given to another address.")
    }

    private static func addMessages(_ context: borrowing RemoteControlContext, to metrics: inout MetricsText) {
      let hub = context.statistics.hub
      metrics.counter("heliograph_messages_enqueued_total", hub.enqueued, "Messages put into a client's outbox.")
      metrics.counter("heliograph_messages_discarded_total", hub.discarded, "Messages for which an outbox had no room.")
      metrics.counter(
        "heliograph_states_conflated_total", hub.conflated, "States that a client was sent together with a later one.")
      metrics.counter(
        "heliograph_messages_refused_total", context.refusedMessages, "Messages of clients answered with an error.")
      #if !WITHOUT_COMMAND_LIMITS
        let commands = context.commandCounters
        metrics.counter(
          "heliograph_commands_kept_total", commands.kept, "Commands kept until the client's rate allowed.")
        metrics.counter(
          "heliograph_commands_overtaken_total", commands.overtaken, "Kept commands that a later one has overtaken.")
        metrics.counter(
          "heliograph_commands_refused_total", commands.refused, "Commands over HTTP that were too many (429).")
      #endif
      metrics.counter("heliograph_log_lines_dropped_total", context.log.dropped, "Lines of log that had no room.")
      metrics.counter(
        "heliograph_edges_dropped_total", context.droppedEdges,
        "Edges of inputs that came faster than they were taken.")
    }

    private static func addParts(_ device: borrowing Device, to metrics: inout MetricsText) {
      guard !device.parts.isEmpty else { return }
      metrics.begin("heliograph_part_fault", .gauge, "Whether a part does not work at present.")
      for part in device.parts { metrics.sample(part.fault.isEmpty ? 0 : 1, part: part.name.span) }
      var isBegun = false
      for part in device.parts {
        guard let isOn = part.isOn else { continue }
        if !isBegun {
          metrics.begin("heliograph_part_on", .gauge, "Whether a switch, light or contact is on (or open).")
        }
        isBegun = true
        metrics.sample(isOn ? 1 : 0, part: part.name.span)
      }
      isBegun = false
      for part in device.parts {
        guard case .light(let light) = part.kind else { continue }
        if !isBegun { metrics.begin("heliograph_light_brightness", .gauge, "How bright a light is when on, 1 to 255.") }
        isBegun = true
        metrics.sample(UInt64(light.brightness), part: part.name.span)
      }
      addValues(device, to: &metrics)
      isBegun = false
      for part in device.parts {
        guard case .button(let button) = part.kind else { continue }
        if !isBegun { metrics.begin("heliograph_button_presses_total", .counter, "Presses of a button.") }
        isBegun = true
        metrics.sample(UInt64(button.presses), part: part.name.span)
      }
    }

    private static func addValues(_ device: borrowing Device, to metrics: inout MetricsText) {
      var isBegun = false
      for part in device.parts {
        let value: Decimal?
        switch part.kind {
        case .sensor(let sensor): value = part.fault.isEmpty ? sensor.value : nil
        case .number(let number): value = number.value
        default: value = nil
        }
        guard let value else { continue }
        if !isBegun {
          metrics.begin("heliograph_part_value", .gauge, "What a sensor measures or a number is set to, in its unit.")
        }
        isBegun = true
        metrics.sample(value, part: part.name.span, unit: part.unit.span)
      }
    }
  }
#endif
