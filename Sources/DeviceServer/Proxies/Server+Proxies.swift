// SPDX-License-Identifier: MIT

// What a proxy says of a request, taken over before the request is judged: from here on the row's remote address and
// scheme, and the head's host and path, are those that the client meant.

#if !WITHOUT_PROXIES
  import Bytes
  import HTTPCore
  import Timebase

  /// What a connection keeps for the requests that come over it from a proxy.
  struct ProxiedConnection: Sendable {
    /// The peer itself; nil as long as no request has come.
    var peer: (remote: RemoteAddress, scheme: Scheme)?
    /// Where this request's paths begin outside.
    var prefix: [UInt8] = []
    /// Whether this request asked for the prefix without the slash behind it.
    var isAtPrefix = false
    /// Whether a proxy has said by which scheme the client asked, or the peer came over TLS. If not, something in
    /// between may have ended TLS without a word.
    var isSchemeCertain = false
    /// What is wrong with the proxy's fields.
    var error: ForwardingError?
    /// Whether it was said that this peer's fields are not believed.
    var isIgnoranceSaid = false
  }

  extension Server where Context: ~Copyable {
    /// Takes over what the peer says about the request that begins with `head`, if it is a proxy that is trusted.
    @inline(never)
    mutating func follow(
      _ head: inout RequestHead, _ index: Int, now: MonotonicTime, _ context: inout Context
    ) {
      let peer = table[index].proxied.peer ?? (table[index].remote, table[index].scheme)
      table[index].proxied.peer = peer
      table[index].proxied.error = nil
      var said: Forwarding?
      if trustedProxies.contains(peer.remote) {
        do throws(ForwardingError) {
          said = try Forwarding(of: head, trusting: trustedProxies)
          let authority = said?.authority(head.host, over: said?.scheme ?? peer.scheme) ?? []
          if !authority.isEmpty, !head.setHost(authority.span) { throw .malformedHost }
        } catch {
          table[index].proxied.error = error
        }
      } else if !table[index].proxied.isIgnoranceSaid, Forwarding.isIn(head) {
        table[index].proxied.isIgnoranceSaid = true
        router.report(Refusal(.forwardingIgnored, peer.remote, now), &context)
      }
      table.attribute(index, to: said?.remote ?? peer.remote)
      #if !WITHOUT_FAIRNESS
        // Otherwise each client of the proxy would hold as many places as it has requests under way.
        table.count(index, of: said?.remote.map { AddressHolder($0) } ?? holder(of: peer.remote))
      #endif
      table[index].scheme = said?.scheme ?? peer.scheme
      table[index].proxied.isSchemeCertain = said?.scheme != nil || peer.scheme == .https
      takePrefix(said?.prefix ?? [], &head, index)
    }

    /// The prefix that the proxy names is gone from the path already, or is taken off here; so is that of the settings.
    private mutating func takePrefix(_ outer: [UInt8], _ head: inout RequestHead, _ index: Int) {
      var prefix = outer
      var isAtPrefix = !outer.isEmpty && head.path.equals(outer.span)
      if !isAtPrefix, !head.dropPathPrefix(outer.span), !pathPrefix.bytes.isEmpty {
        isAtPrefix = head.path.equals(pathPrefix.bytes.span)
        if head.dropPathPrefix(pathPrefix.bytes.span) || isAtPrefix { prefix += pathPrefix.bytes }
      }
      table[index].proxied.prefix = prefix
      table[index].proxied.isAtPrefix = isAtPrefix
    }

    /// Where the prefix with its slash is, for a request that asked for it without.
    func location(of head: RequestHead, _ index: Int) -> [UInt8] {
      var location = table[index].proxied.prefix
      location.append(UInt8(ascii: "/"))
      if head.query.count > 0 {
        location.append(UInt8(ascii: "?"))
        location.append(head.query)
      }
      return location
    }
  }
#endif
