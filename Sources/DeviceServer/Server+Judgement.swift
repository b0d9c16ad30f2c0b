// SPDX-License-Identifier: MIT

// What becomes of a request, as far as its head shows. The order is that of the questions which a stranger may have
// answered: for which server is it, is there such a thing, can it be done at all, may this page ask for it. Whoever
// asks for what is not there, or in a way that never works, learns that first, and nothing that changes something is
// done before every question has its answer.
//
//  1. the target: an absolute one names another server (421, RFC 9110 section 7.4)
//  2. `Host`: a name that is not ours (403), DNS rebinding most often
//  3. the path: malformed (400)
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
    case upgrade(Int, ResponseHead)
    case options
    #if !WITHOUT_TLS
      case openFile(SecurePort.OpenFile)
      case redirect([UInt8])
    #endif
    case refuse(Refusal.Reason)
  }

  /// Judges the request that came on the connection `index`; `path` becomes the decoded path.
  func verdict(_ head: RequestHead, _ index: Int, _ path: inout [UInt8]) -> Verdict {
    guard hostNames.contains(head.host) || (head.version == .http10 && head.host.count == 0) else {
      return .refuse(head.isAbsoluteForm ? .misdirected : .unknownHost)
    }
    guard RequestPath.decode(head.path, into: &path) else {
      return .refuse(.malformedPath)
    }
    #if !WITHOUT_TLS
      if let verdict = verdictOfSecurePort(head, over: table[index].scheme, path.span) { return verdict }
    #endif
    if let endpoint = router.endpoint(at: path.span) { return verdict(head, endpoint: endpoint) }
    guard !WebSocketHandshake.isRequested(by: head) else { return .refuse(.notFound) }
    let found = target(head, path.span)
    switch found {
    case .route where !head.method.isSafe:
      guard RequestGuard.allowsOrigin(of: head, router.origin) else { return .refuse(.foreignOrigin) }
      guard !RequestGuard.isAnonymousForm(head) else { return .refuse(.anonymousForm) }
    default: break
    }
    return found
  }

  private func verdict(_ head: RequestHead, endpoint: Int) -> Verdict {
    #if !WITHOUT_OPTIONS
      if head.method == .options { return .options }
    #endif
    do throws(WebSocketHandshakeError) {
      let accepted = try WebSocketHandshake.response(to: head)
      guard RequestGuard.allowsOrigin(of: head, router.endpoints.span[endpoint].origin) else {
        return .refuse(.foreignOrigin)
      }
      return .upgrade(endpoint, accepted)
    } catch {
      return .refuse(.badHandshake(error))
    }
  }

  /// What a path has for a method.
  private func target(_ head: RequestHead, _ path: Span<UInt8>) -> Verdict {
    let match = router.match(head.method, path)
    if case .route(let route) = match { return .route(route) }
    let asset = assets.asset(at: path)
    if let asset, head.method == .get || head.method == .head { return .asset(asset) }
    // RFC 9110 section 9.1: a method that is not known anywhere is not implemented.
    if head.method == .other { return .refuse(.unknownMethod) }
    #if !WITHOUT_OPTIONS
      if path.equals("*") { return .options }  // the parser takes it with OPTIONS only
    #endif
    if case .none = match, asset == nil { return .refuse(.notFound) }
    #if !WITHOUT_OPTIONS
      if head.method == .options { return .options }
    #endif
    return .refuse(.methodNotAllowed)
  }

  /// What the sender of a request needs; nil if it is refused anyway.
  func role(for verdict: Verdict) -> Role? {
    switch verdict {
    case .refuse, .options: nil
    #if !WITHOUT_TLS
      case .openFile, .redirect: nil
    #endif
    case .asset: .view
    case .upgrade(let endpoint, _): router.endpoints.span[endpoint].role
    case .route(let route): router.routes.span[route].role
    }
  }

  func pattern(of verdict: Verdict) -> StaticString {
    if case .route(let route) = verdict { return router.routes.span[route].pattern }
    return ""
  }

  /// Says which methods a path has, in `Allow`; for `*`, those of the whole server (RFC 9110 sections 9.3.7 and 10.2.1).
  @inline(never)
  func addAllowed(for path: Span<UInt8>, to response: inout ResponseHead) {
    var allowed: [UInt8] = []
    router.appendAllowed(
      for: path, isAsset: assets.asset(at: path) != nil, isEndpoint: router.endpoint(at: path) != nil, to: &allowed)
    response.add("Allow", allowed.span)
  }
}
