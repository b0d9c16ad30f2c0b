// SPDX-License-Identifier: MIT

// What the server counts, reported to swift-metrics: for programs that embed it and have a metrics system of their own.
// (`heliograph` itself answers /metrics without it.) The server's counters wrap at 2³² and are read now and then; what
// is reported is the difference to the last time, so nothing is lost unless 2³² things happen between two reports.
//
// Only with the package's trait Metrics: nothing else needs swift-metrics.

#if Metrics
  public import DeviceServer
  public import Metrics

  /// Reports a server's statistics to swift-metrics, under names such as `heliograph_requests_total`.
  ///
  /// Call `report(_:)` as often as the metrics are looked at, with `Server.statistics(of:)`. Counters wrap at 2³²: if
  /// as many things happen between two calls, they are not reported.
  public struct ServerMetrics: Sendable {
    private struct Tally: Sendable {
      let counter: Counter
      let value: @Sendable (ServerStatistics) -> UInt32
    }

    private struct Reading: Sendable {
      let gauge: Gauge
      let value: @Sendable (ServerStatistics) -> Int
    }

    private let tallies: [Tally]
    private let readings: [Reading]
    private var last = ServerStatistics()

    /// The metrics of one server.
    ///
    /// - Parameters:
    ///   - prefix: What their names begin with.
    ///   - dimensions: What distinguishes this server from others of the same program.
    ///   - factory: What makes them; nil for the one that `MetricsSystem` was given.
    public init(
      prefix: String = "heliograph_", dimensions: [(String, String)] = [], factory: (any MetricsFactory)? = nil
    ) {
      let factory = factory ?? MetricsSystem.factory
      func tally(_ name: String, _ value: @escaping @Sendable (ServerStatistics) -> UInt32) -> Tally {
        Tally(counter: Counter(label: prefix + name, dimensions: dimensions, factory: factory), value: value)
      }
      func reading(_ name: String, _ value: @escaping @Sendable (ServerStatistics) -> Int) -> Reading {
        Reading(gauge: Gauge(label: prefix + name, dimensions: dimensions, factory: factory), value: value)
      }
      tallies = [
        tally("connections_accepted_total") { $0.counters.accepted },
        tally("connections_refused_total") { $0.counters.connectionsRefused },
        tally("connections_displaced_total") { $0.counters.displaced },
        tally("connections_timed_out_total") { $0.counters.timedOut },
        tally("requests_total") { $0.counters.requests },
        tally("requests_refused_total") { $0.counters.requestsRefused },
        tally("websocket_clients_connected_total") { $0.counters.clients },
        tally("websocket_clients_refused_total") { $0.counters.clientsRefused },
        tally("websocket_clients_displaced_total") { $0.counters.clientsDisplaced },
        tally("websocket_clients_failed_total") { $0.counters.clientsFailed },
        tally("websocket_compression_declined_total") { $0.counters.compressionDeclined },
        tally("event_streams_begun_total") { $0.counters.eventStreams },
        tally("event_streams_refused_total") { $0.counters.eventStreamsRefused },
        tally("event_streams_displaced_total") { $0.counters.eventStreamsDisplaced },
        tally("messages_enqueued_total") { $0.hub.enqueued },
        tally("messages_discarded_total") { $0.hub.discarded },
        tally("states_conflated_total") { $0.hub.conflated },
      ]
      readings = [
        reading("connections") { $0.connections },
        reading("websocket_clients") { $0.clients },
        reading("event_streams") { $0.eventStreams },
      ]
    }

    /// Reports what has happened since the last call, and what there is now.
    public mutating func report(_ statistics: ServerStatistics) {
      for tally in tallies {
        let difference = tally.value(statistics) &- tally.value(last)
        if difference > 0 { tally.counter.increment(by: Int64(difference)) }
      }
      for reading in readings { reading.gauge.record(Int64(reading.value(statistics))) }
      last = statistics
    }
  }
#endif
