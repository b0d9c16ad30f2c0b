// SPDX-License-Identifier: MIT

// Routes for whatever watches over the program: a monitor on the same machine, which has no account, or an
// administrator. Rule: a request that is passed on is its sender's, not the machine's. A proxy on the same machine says
// for whom it asks, or at least asks for a name that strangers use; one that hides both (a bare `proxy_pass` of nginx)
// cannot be told from the machine itself.

#if !WITHOUT_METRICS
  import Bytes
  import HTTPCore

  extension Request {
    /// Whether somebody on this machine asks for it by a name that means this machine (`localhost`, 127.0.0.1, [::1]),
    /// and no proxy says that it asks for another.
    public var isFromThisMachine: Bool { head.isFromThisMachine(remote) }
  }

  extension RequestHead {
    /// Whether a request with this head, and from `remote`, is this machine's own.
    func isFromThisMachine(_ remote: RemoteAddress) -> Bool {
      #if WITHOUT_PROXIES
        let isForwarded = field("Forwarded") != nil || field("X-Forwarded-For") != nil
      #else
        let isForwarded = Forwarding.isIn(self)
      #endif
      return remote.isLoopback && !isForwarded && HostNames.isThisMachine(host)
    }
  }

  extension HostNames {
    /// Whether a `Host` can mean nothing but the machine on which it is used (RFC 6761 section 6.3, RFC 4291 section
    /// 2.5.3).
    static func isThisMachine(_ host: Span<UInt8>) -> Bool {
      let name = bare(host)
      return name.equalsIgnoringCase("localhost") || name.equals("[::1]")
        || name.starts(with: "127.") && RequestGuard.isIPv4(name)
    }
  }

  extension Router where Context: ~Copyable {
    /// Answers GET on `pattern` for this machine itself, whoever may log in, and for administrators who have logged in;
    /// all others are refused. Where TLS has a port of its own, this machine is answered in the open, too.
    @inline(__always)
    public mutating func onThisMachine(
      _ pattern: StaticString, _ handler: @escaping Handler, documented operation: @autoclosure () -> Operation
    ) {
      on(
        .get, pattern, needs: .admin,
        { context, request, response in
          // Where nobody logs in, everybody is an administrator without a name.
          guard request.isFromThisMachine || (request.principal.role >= .admin && !request.principal.name.isEmpty)
          else { return response.fail(.forbidden, "this is for the machine itself: ask it on 127.0.0.1") }
          handler(&context, request, &response)
        }, documented: operation())
      openLastRouteToThisMachine()
    }
  }
#endif
