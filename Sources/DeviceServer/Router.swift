// SPDX-License-Identifier: MIT

// What the server does with a request: routes in the order they were added, then the static assets. The context is
// passed to every handler, so handlers capture nothing and there are no globals and no cycles.

import Bytes
public import HTTPCore
public import Timebase

/// The table of handlers of a server.
public struct Router<Context: ~Copyable> {
  /// Answers a request.
  public typealias Handler = (inout Context, borrowing Request, inout Response) -> Void
  /// Sees what happens on a WebSocket endpoint; it may send to any client, the sender included.
  public typealias SocketHandler = (inout Context, inout WebSocketHub, borrowing WebSocketEvent) -> Void
  /// Appends a text message about what has changed in the state after revision `since`, and returns the revision that a
  /// client has after it: that of the state. It appends nothing if no client needs a message.
  ///
  /// It is called at the moment of sending, once for all clients with the same `since`; 0: they have nothing yet.
  public typealias StateEncoder = (inout Context, _ since: UInt64, _ message: inout [UInt8]) -> UInt64
  /// Appends a text message that contains the whole state, and returns its revision.
  public typealias SnapshotEncoder = (inout Context, MonotonicTime, _ message: inout [UInt8]) -> UInt64
  /// Gives the value of a template's name; see `Template.Processor`.
  public typealias TemplateHandler = (
    inout Context, borrowing Request, _ name: Span<UInt8>, _ value: inout [UInt8]
  ) -> Template.Value?
  /// Receives each refusal, for a log.
  public typealias RefusalHandler = (inout Context, Refusal) -> Void

  struct EventRoute {
    let hub: Int
    let snapshot: SnapshotEncoder?
  }

  struct Endpoint {
    let path: StaticString
    let role: Role
    let origin: OriginPolicy
    #if !WITHOUT_SUBPROTOCOLS
      let protocols: [StaticString]
    #endif
    let encoder: StateEncoder?
    let farewell: WebSocketHub.FarewellEncoder
    let handler: SocketHandler
  }

  // What every request is held against is not generic over the context, and the handlers are one function: an array of
  // values that are generic costs the look-up of their type at each access.

  private(set) var routes: [Route] = []
  /// Calls the handler of the route of that number.
  private(set) var handle: (_ route: Int, inout Context, borrowing Request, inout Response) -> Void = { _, _, _, _ in }
  private(set) var endpoints: [Endpoint] = []
  var eventRoutes: [EventRoute] = []
  #if WITHOUT_EVENT_STREAMS
    /// None: what the server would do for them is left out by the optimizer.
    var eventStreams: EventStreamCalls<Context>? { nil }
  #else
    var eventStreams: EventStreamCalls<Context>?
  #endif
  var templateHandler: TemplateHandler?
  #if !hasFeature(Embedded)
    var refusalHandler: RefusalHandler?
  #endif
  #if !WITHOUT_LOGIN
    var accessHandler: AccessHandler?
  #endif
  /// Which sites' pages may send requests that change something.
  public var origin = OriginPolicy.sameOrigin
  /// The files to serve where no route matches; a server's can be changed later, by `Server.assets`.
  public var assets = AssetTable()

  /// A router without routes: every request is answered 404 (Not Found).
  public init() {}

  /// Answers `method` on `pattern` with `handler`.
  ///
  /// A pattern is a path such as `/api/state`; `:name` stands for one segment (`/api/pins/:pin`) and a last `*` for
  /// any rest (`/files/*`). The first pattern that matches has the path, for all methods: of two that fit one path, the
  /// more exact one goes first. GET answers HEAD too, without the body.
  ///
  /// `role` is what the sender needs, where people log in; by default `.view` for GET, and `.control` for what changes
  /// something.
  @inline(never)
  public mutating func on(
    _ method: HTTPMethod, _ pattern: StaticString, needs role: Role? = nil, _ handler: @escaping Handler
  ) {
    let (number, others) = (routes.count, handle)
    routes.append(Route(method: method, pattern: pattern, role: role ?? .standard(for: method)))
    handle = { route, context, request, response in
      if route == number {
        handler(&context, request, &response)
      } else {
        others(route, &context, request, &response)
      }
    }
  }

  /// Answers `method` on `pattern` with `handler`, and describes it for `appendOpenAPI`; under Embedded Swift the
  /// description goes nowhere and is not even made.
  @inline(__always)
  public mutating func on(
    _ method: HTTPMethod, _ pattern: StaticString, needs role: Role? = nil, _ handler: @escaping Handler,
    documented operation: @autoclosure () -> Operation
  ) {
    on(method, pattern, needs: role, handler)
    #if !hasFeature(Embedded)
      routes[routes.count - 1].operation = operation()
    #endif
  }

  #if !WITHOUT_METRICS
    /// What was added last needs no role of this machine itself.
    @usableFromInline
    mutating func openLastRouteToThisMachine() { routes[routes.count - 1].isForThisMachine = true }
  #endif

  /// Answers GET (and HEAD) on `pattern` with `handler`.
  public mutating func get(_ pattern: StaticString, _ handler: @escaping Handler) { on(.get, pattern, handler) }

  /// Makes a path a WebSocket endpoint with a hub of its own, to be reached with `Server.withHub`.
  ///
  /// - Parameters:
  ///   - path: The path, without wildcards.
  ///   - protocols: The sub-protocols that the application speaks (RFC 6455 section 1.9), each a token. The 101 names
  ///     the first that the client offers and that is among them; `WebSocketHub.subprotocol(of:)` says which. It names
  ///     none for a client that offers none of them: browsers differ in whether it goes on then.
  ///   - role: What a client needs, where people log in.
  ///   - origin: Which sites' pages may open a socket.
  ///   - encoder: Makes the messages about the state after `WebSocketHub.publish(revision:)`; not needed for
  ///     `WebSocketHub.publishState(_:)`.
  ///   - farewell: Makes the last message to a client that has no place, before it is closed with 4013; by default
  ///     JSON, see `Farewell.append(to:)`.
  ///   - handler: Gets the events of all sockets.
  @discardableResult
  public mutating func webSocket(
    _ path: StaticString, protocols: [StaticString] = [], needs role: Role = .view,
    origin: OriginPolicy = .sameOrigin, state encoder: StateEncoder? = nil,
    farewell: @escaping WebSocketHub.FarewellEncoder = { $0.append(to: &$1) }, _ handler: @escaping SocketHandler
  ) -> WebSocketEndpoint {
    #if WITHOUT_SUBPROTOCOLS
      endpoints.append(
        Endpoint(path: path, role: role, origin: origin, encoder: encoder, farewell: farewell, handler: handler))
    #else
      endpoints.append(
        Endpoint(
          path: path, role: role, origin: origin, protocols: protocols, encoder: encoder, farewell: farewell,
          handler: handler))
    #endif
    return WebSocketEndpoint(index: endpoints.count - 1)
  }

  #if !WITHOUT_EVENT_STREAMS
    /// Answers GET on `pattern` with server-sent events: what the sockets of `endpoint` are sent about the state, each
    /// message as the data of one event whose `id` is the revision.
    ///
    /// `snapshot` makes the first message; without it, that is what the endpoint's encoder says to a client that has
    /// nothing. A stream that comes back is sent it again, so `Last-Event-ID` is not needed.
    public mutating func events(
      _ pattern: StaticString, of endpoint: WebSocketEndpoint, snapshot: SnapshotEncoder? = nil
    ) {
      let number = eventRoutes.count
      eventRoutes.append(EventRoute(hub: endpoint.index, snapshot: snapshot))
      eventStreams = EventStreamCalls()
      get(pattern) { _, _, response in response.eventRoute = number }
    }

    /// Answers GET on `pattern` with server-sent events, and describes the route for `appendOpenAPI`.
    @inline(__always)
    public mutating func events(
      _ pattern: StaticString, of endpoint: WebSocketEndpoint, snapshot: SnapshotEncoder? = nil,
      documented operation: @autoclosure () -> Operation
    ) {
      events(pattern, of: endpoint, snapshot: snapshot)
      #if !hasFeature(Embedded)
        routes[routes.count - 1].operation = operation()
      #endif
    }
  #endif

  /// Sets the function that gives values to the names in templates.
  public mutating func onTemplate(_ handler: @escaping TemplateHandler) { templateHandler = handler }

  #if !hasFeature(Embedded)
    /// Sets the function that is called for each refusal. Not in Embedded Swift: the details of a refusal cost flash in
    /// many places, and no log needs it there.
    public mutating func onRefusal(_ handler: @escaping RefusalHandler) { refusalHandler = handler }
  #endif

  /// Tells of a refusal.
  @inline(__always)
  func report(_ refusal: @autoclosure () -> Refusal, _ context: inout Context) {
    #if !hasFeature(Embedded)
      refusalHandler?(&context, refusal())
    #endif
  }

  func endpoint(at path: Span<UInt8>) -> Int? {
    let endpoints = endpoints.span
    for index in endpoints.indices where path.equals(endpoints[index].path) { return index }
    return nil
  }

  /// Appends the methods that `path` answers to, as the `Allow` field lists them (RFC 9110 section 10.2.1); OPTIONS,
  /// which the server itself answers, is one of them.
  func appendAllowed(for path: Span<UInt8>, isAsset: Bool, isEndpoint: Bool, to list: inout [UInt8]) {
    for method in HTTPMethod.allCases where allows(method, path, isAsset: isAsset, isEndpoint: isEndpoint) {
      if !list.isEmpty { list.append(", ") }
      list.append(method.token)
    }
  }

  private func allows(_ method: HTTPMethod, _ path: Span<UInt8>, isAsset: Bool, isEndpoint: Bool) -> Bool {
    #if !WITHOUT_OPTIONS
      if method == .options { return true }
      if isEndpoint { return method == .get }
      if path.equals("*") { return method == .get || method == .head || routes.contains { $0.method == method } }
    #endif
    if isAsset, method == .get || method == .head { return true }
    if case .route = routes.match(method, path) { return true }
    return false
  }
}

/// What a route answers to.
struct Route {
  let method: HTTPMethod
  let pattern: StaticString
  let role: Role
  #if !hasFeature(Embedded)
    var operation: Operation?
  #endif
  #if !WITHOUT_METRICS
    /// Whether a request from this machine itself needs no role.
    var isForThisMachine = false
  #endif

  func hasPattern(_ other: StaticString) -> Bool { pattern.span.equals(other) }
}

extension [Route] {
  /// What the routes say to a method and a path.
  enum Match {
    case route(Int)
    case otherMethods  // the path is there, the method is not
    case none
  }

  /// The first pattern that fits a path has it for every method: what `GET /parts/:part/history` does not answer is not
  /// given to a `POST /parts/:part/:verb` further down.
  func match(_ method: HTTPMethod, _ path: Span<UInt8>) -> Match {
    let routes = span
    var first: Int?
    for index in routes.indices where RequestPath.matches(path, routes[index].pattern) {
      if let first, !routes[first].hasPattern(routes[index].pattern) { continue }
      let routed = routes[index].method
      if routed == method || (method == .head && routed == .get) { return .route(index) }
      first = first ?? index
    }
    return first == nil ? .none : .otherMethods
  }
}
