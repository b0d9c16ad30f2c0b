// SPDX-License-Identifier: MIT

// The table of what is answered: the tutorial's `initWebServer` in a few lines, and where to look for the rest.

import Bytes
import DeviceServer
import HTTPCore
import Parts

enum Routes {
  /// The router, and the endpoint `/ws`.
  static func make(assets: AssetTable) -> (router: Router<RemoteControlContext>, endpoint: WebSocketEndpoint) {
    var router = Router<RemoteControlContext>()
    let endpoint = router.webSocket("/ws", state: SocketRoutes.appendState, SocketRoutes.onEvent)
    router.get("/api/state", PartRoutes.getState)
    router.get("/api/parts/:part", PartRoutes.getPart)
    router.on(.put, "/api/parts/:part", PartRoutes.putPart)
    router.on(.post, "/api/parts/:part/:verb", PartRoutes.postVerb)
    router.on(.put, "/api/led", PartRoutes.putLed)
    router.on(.post, "/api/led/toggle", PartRoutes.postLedToggle)
    router.onTemplate(PageTemplate.processor)
    #if !hasFeature(Embedded)
      router.onRefusal { context, refusal in context.log.debug { refusal.append(to: &$0) } }
    #endif
    router.assets = assets
    return (router, endpoint)
  }
}
