// SPDX-License-Identifier: MIT

// The routes that only hosts have: the history of a sensor, server-sent events and the description of the API. Firmware
// has no room for them; there all this is empty.

import Bytes
import DeviceServer
import HTTPCore
import Parts
import Timebase

#if hasFeature(Embedded)
  struct HostedRoutes: Sendable {
    init() {}
    init(_ router: borrowing Router<RemoteControlContext>, _ device: borrowing Device, history: HistorySpan) {}
    static func add(to router: inout Router<RemoteControlContext>, _ endpoint: WebSocketEndpoint) {}
    mutating func note(_ device: borrowing Device, now: MonotonicTime) {}
  }
#else
  struct HostedRoutes: Sendable {
    private var history = History(HistorySpan())
    /// The description of the API, as JSON.
    private var description: [UInt8] = []

    init() {}

    /// What a device with these routes has, all of them added.
    init(_ router: borrowing Router<RemoteControlContext>, _ device: borrowing Device, history: HistorySpan) {
      self.history = History(history)
      var components: [UInt8] = []
      APISchemas.append(device, to: &components)
      router.appendOpenAPI(
        title: device.name.span, version: Identity.version.span, server: "..", components: components.span,
        to: &description)
    }

    /// Takes the samples that are due.
    mutating func note(_ device: borrowing Device, now: MonotonicTime) { history.note(device, now: now) }

    static func add(to router: inout Router<RemoteControlContext>, _ endpoint: WebSocketEndpoint) {
      router.on(.get, "/api/parts/:part/history", getHistory, documented: .getHistory)
      router.events(
        "/api/events", of: endpoint,
        snapshot: { context, now, message in
          context.device.now = now
          ServerMessages.appendHello(context, to: &message)
          return context.device.revision
        }, documented: .getEvents)
      router.on(.get, "/api/openapi.json", getDescription, documented: .getDescription)
    }

    /// `GET /api/parts/celsius/history`
    private static func getHistory(
      _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
    ) {
      context.hosted.note(context.device, now: request.now)
      guard let index = PartRoutes.part(of: request, context.device) else {
        return response.fail(.notFound, CommandError.unknownPart.words)
      }
      guard case .sensor = context.device.parts[index].kind else {
        return response.fail(.notFound, "only a sensor has a history")
      }
      response.sendJSON { text in
        JSONWriter.append(to: &text) { json in
          json.beginObject()
          let part = context.device.parts[index]
          json.member("part", part.name.span)
          json.member("every", context.hosted.history.interval.count)
          json.name("values")
          context.hosted.history.write(index, context.device, now: request.now, to: &json)
          json.endObject()
        }
      }
    }

    /// `GET /api/openapi.json`
    private static func getDescription(
      _ context: inout RemoteControlContext, _ request: borrowing Request, _ response: inout Response
    ) {
      response.sendJSON { $0 += context.hosted.description }
    }
  }
#endif
