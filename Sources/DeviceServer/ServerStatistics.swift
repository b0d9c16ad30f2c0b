// SPDX-License-Identifier: MIT

// Everything that the server counts, in one value: for a program that shows or reports it. A firmware may leave it out
// (WITHOUT_METRICS).

#if !WITHOUT_METRICS
  /// What has happened so far, and what there is now.
  public struct ServerStatistics: Sendable {
    /// What the server has counted.
    public var counters = ServerCounters()
    /// What the hub of one endpoint has counted.
    public var hub = HubCounters()
    /// Connections at present.
    public var connections = 0
    /// Clients of that hub at present.
    public var clients = 0
    /// Event streams at present, of all hubs.
    public var eventStreams = 0

    /// Nothing yet.
    public init() {}
  }

  extension Server where Context: ~Copyable {
    /// What the server and the hub of `endpoint` have counted.
    public func statistics(of endpoint: WebSocketEndpoint) -> ServerStatistics {
      var statistics = ServerStatistics()
      statistics.counters = counters
      statistics.hub = hubs[endpoint.index].counters
      statistics.connections = connectionCount
      statistics.clients = hubs[endpoint.index].count
      statistics.eventStreams = eventStreamCount
      return statistics
    }
  }
#endif
