// SPDX-License-Identifier: MIT

// The table of routes: the tutorial's `initWebServer` in a few lines, and where to look for the rest.

import Bytes
import DeviceServer
import HTTPCore
import Parts

enum Routes {
  /// The sub-protocols of `/ws`, for clients that want one named: what arduinoWebSockets asks for if it is told nothing
  /// else, and ours. The messages are the same with either, and without.
  private static var protocols: [StaticString] {
    #if WITHOUT_SUBPROTOCOLS
      []
    #else
      ["arduino", "heliograph.v2"]
    #endif
  }

  /// Adds all routes, and returns the endpoint `/ws`.
  static func add(
    to router: inout Router<RemoteControlContext>, origin: OriginPolicy = .sameOrigin
  ) -> WebSocketEndpoint {
    router.origin = origin
    let endpoint = router.webSocket(
      "/ws", protocols: protocols, origin: origin, state: SocketHandler.appendState, SocketHandler.onEvent)
    HostedRoutes.add(to: &router, endpoint)  // first: a history's path is one of a verb, too
    #if !WITHOUT_METRICS
      MetricsRoutes.add(to: &router)
    #endif
    router.on(.get, "/api/state", PartRoutes.getState, documented: .getState)
    router.on(.get, "/api/parts/:part", PartRoutes.getPart, documented: .getPart)
    router.on(.put, "/api/parts/:part", PartRoutes.putPart, documented: .putPart)
    router.on(.post, "/api/parts/:part/:verb", PartRoutes.postVerb, documented: .postVerb)
    router.on(.put, "/api/led", PartRoutes.putLed, documented: .putLed)
    router.on(.post, "/api/led/toggle", PartRoutes.postLedToggle, documented: .postLedToggle)
    router.onTemplate(PageTemplate.processor)
    #if !hasFeature(Embedded)
      router.onRefusal { context, refusal in context.log.refused(refusal) }
    #endif
    return endpoint
  }
}
