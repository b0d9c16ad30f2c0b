// SPDX-License-Identifier: MIT

// What becomes of a request, as far as its head shows. The order is that of the questions which a stranger may have
// answered: for which server is it, is there such a thing, can it be done at all, may this page ask for it. Whoever
// asks for what is not there, or in a way that never works, learns that first, and nothing that changes something is
// done before every question has its answer.
//
//  0. what a proxy says of it: malformed (400)
//  1. the target: an absolute one names another server (421, RFC 9110 section 7.4)
//  2. `Host`: a name that is not ours (403), DNS rebinding most often
//     On a board without TLS: no password and no token, which anyone on the way could read (403)
//  3. the path: malformed (400), or that of the prefix without its slash (303)
//  4. with a port for TLS: whatever comes in the open is sent there (308), but for the files that are for everybody
//  5. a WebSocket endpoint: the handshake (400, 405, 426), then `Origin` (403)
//  6. the method: unknown anywhere (501), no such path (404), not here (405); OPTIONS is answered with 204
//  7. `Origin` and forms, for methods that change something (403)
//  8. the login, where there is one: `Router.onAccess`

import Bytes
import HTTPCore
import WebSocketCore

extension Server where Context: ~Copyable {
  /// What the server will do with a request.
  enum Verdict {
    case route(Int)
    case asset(StaticAsset)
    /// A folder with an index, by its name without the `/`.
    case folder
    case upgrade(Int, ResponseHead)
    case options
    #if !WITHOUT_TLS
      case openFile(SecurePort.OpenFile)
    #endif
    #if !(WITHOUT_PROXIES && WITHOUT_TLS)
      case redirect(HTTPStatus, [UInt8])
    #endif
    case refuse(Refusal.Reason)
  }

  /// Judges the request that came on the connection `index`; `path` becomes the decoded path.
  func verdict(_ head: RequestHead, _ index: Int, _ path: inout [UInt8]) -> Verdict {
    #if !WITHOUT_PROXIES
      if let error = table[index].proxied.error { return .refuse(.malformedForwarding(error)) }
    #endif
    guard hostNames.contains(head.host) || (head.version == .http10 && head.host.count == 0) else {
      return .refuse(head.isAbsoluteForm ? .misdirected : .unknownHost)
    }
    #if WITHOUT_TLS && !PASSWORDS_IN_THE_CLEAR
      guard head.fieldCount("Authorization") == 0 else { return .refuse(.passwordInTheClear) }
    #endif
    guard RequestPath.decode(head.path, into: &path) else {
      return .refuse(.malformedPath)
    }
    #if !WITHOUT_TLS
      let (remote, scheme) = (table[index].remote, table[index].scheme)
      if let verdict = verdictOfSecurePort(head, from: remote, over: scheme, path.span) { return verdict }
    #endif
    #if !WITHOUT_PROXIES
      // (With 303, which no browser keeps: a prefix may change.)
      if table[index].proxied.isAtPrefix { return .redirect(.seeOther, location(of: head, index)) }
    #endif
    if let endpoint = router.endpoint(at: path.span) { return verdict(head, index, endpoint: endpoint) }
    guard !WebSocketHandshake.isRequested(by: head) else { return .refuse(.notFound) }
    let found = target(head, path.span)
    switch found {
    case .route where !head.method.isSafe:
      guard allowsOrigin(of: head, index, router.origin) else { return .refuse(.foreignOrigin) }
      guard !RequestGuard.isAnonymousForm(head) else { return .refuse(.anonymousForm) }
    default: break
    }
    return found
  }

  /// Whether the request's `Origin`, if it has one, is allowed.
  private func allowsOrigin(of head: RequestHead, _ index: Int, _ policy: OriginPolicy) -> Bool {
    #if WITHOUT_PROXIES
      RequestGuard.allowsOrigin(of: head, policy)
    #else
      RequestGuard.allowsOrigin(
        of: head, policy, over: table[index].proxied.isSchemeCertain ? table[index].scheme : nil)
    #endif
  }

  private func verdict(_ head: RequestHead, _ index: Int, endpoint: Int) -> Verdict {
    #if !WITHOUT_OPTIONS
      if head.method == .options { return .options }
    #endif
    let isAllowed = allowsOrigin(of: head, index, router.endpoints.span[endpoint].origin)
    #if !WITHOUT_PROXIES
      // A page cannot read why its socket is refused. It asks by a POST, which has its `Origin`, too.
      if head.method == .post, !isAllowed { return .refuse(.foreignOrigin) }
    #endif
    do throws(WebSocketHandshakeError) {
      var accepted = try WebSocketHandshake.response(to: head)
      #if !WITHOUT_SUBPROTOCOLS
        let known = router.endpoints.span[endpoint].protocols
        if let chosen = try WebSocketHandshake.subprotocol(offeredBy: head, among: known) {
          accepted.add("Sec-WebSocket-Protocol", chosen)
        }
      #endif
      guard isAllowed else {
        return .refuse(.foreignOrigin)
      }
      return .upgrade(endpoint, accepted)
    } catch {
      return .refuse(.badHandshake(error))
    }
  }

  /// What a path has for a method.
  private func target(_ head: RequestHead, _ path: Span<UInt8>) -> Verdict {
    let match = router.routes.match(head.method, path)
    if case .route(let route) = match { return .route(route) }
    let asset = assets.asset(at: path)
    if let asset, head.method == .get || head.method == .head { return .asset(asset) }
    // RFC 9110 section 9.1: a method that is not known anywhere is not implemented.
    if head.method == .other { return .refuse(.unknownMethod) }
    #if !WITHOUT_OPTIONS
      if path.equals("*") { return .options }  // the parser takes it with OPTIONS only
    #endif
    if case .none = match, asset == nil {
      #if !WITHOUT_FOLDERS
        if head.method == .get || head.method == .head, assets.hasIndex(inFolder: path) { return .folder }
      #endif
      return .refuse(.notFound)
    }
    #if !WITHOUT_OPTIONS
      if head.method == .options { return .options }
    #endif
    return .refuse(.methodNotAllowed)
  }

  /// What the sender of a request needs; nil if the answer is the same for everybody, or for nobody but this machine.
  func role(for verdict: Verdict, _ request: borrowing Request) -> Role? {
    #if !WITHOUT_METRICS
      if case .route(let route) = verdict, router.routes.span[route].isForThisMachine, request.isFromThisMachine {
        return nil
      }
    #endif
    switch verdict {
    case .asset, .folder: return .view
    case .upgrade(let endpoint, _): return router.endpoints.span[endpoint].role
    case .route(let route): return router.routes.span[route].role
    default: return nil
    }
  }

  func pattern(of verdict: Verdict) -> StaticString {
    if case .route(let route) = verdict { return router.routes.span[route].pattern }
    return ""
  }

  /// Appends the methods that a path has, for `Allow`; for `*`, those of the whole server (RFC 9110 sections 9.3.7 and
  /// 10.2.1).
  @inline(never)
  func appendAllowed(for path: Span<UInt8>, to list: inout [UInt8]) {
    router.appendAllowed(
      for: path, isAsset: assets.asset(at: path) != nil, isEndpoint: router.endpoint(at: path) != nil, to: &list)
  }
}
