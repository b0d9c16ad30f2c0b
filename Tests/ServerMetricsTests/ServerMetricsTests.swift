// SPDX-License-Identifier: MIT

// What reaches swift-metrics, seen by its own test kit. Needs the trait Metrics: `swift test --traits Metrics`.

#if Metrics
  import DeviceServer
  import MetricsTestKit
  import ServerMetrics
  import Testing

  @Suite struct ServerMetricsTests {
    @Test func countersGrowByWhatHasHappenedSinceTheLastReport() throws {
      let factory = TestMetrics()
      var metrics = ServerMetrics(dimensions: [("room", "kitchen")], factory: factory)
      var statistics = ServerStatistics()
      statistics.counters.requests = 5
      statistics.clients = 3
      metrics.report(statistics)
      statistics.counters.requests = 7
      statistics.clients = 2
      metrics.report(statistics)
      metrics.report(statistics)
      let requests = try factory.expectCounter("heliograph_requests_total", [("room", "kitchen")])
      #expect(requests.values == [5, 2])
      let clients = try factory.expectGauge("heliograph_websocket_clients", [("room", "kitchen")])
      #expect(clients.values == [3, 2, 2])
      let untouched = try factory.expectCounter("heliograph_connections_refused_total", [("room", "kitchen")])
      #expect(untouched.values.isEmpty)
    }

    @Test func aCounterThatWrapsGoesOnGrowing() throws {
      let factory = TestMetrics()
      var metrics = ServerMetrics(prefix: "lamp_", factory: factory)
      var statistics = ServerStatistics()
      statistics.hub.enqueued = .max
      metrics.report(statistics)
      statistics.hub.enqueued = 2
      metrics.report(statistics)
      #expect(try factory.expectCounter("lamp_messages_enqueued_total").totalValue == Int64(UInt32.max) + 3)
    }
  }
#endif
