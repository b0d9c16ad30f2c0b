// SPDX-License-Identifier: MIT

// A server that is reached over TLS on one port keeps another in the open for those who type its name without https:
// it sends them on (308, RFC 9110 section 15.4.9, which keeps method and body). What a browser needs before it can
// trust the server, its authority's certificate, is given in the open as well.

#if !WITHOUT_TLS
  public import Bytes
  import HTTPCore

  /// Where a server is reached over TLS.
  public struct SecurePort: Sendable {
    /// A file for everybody, over TLS and in the open, whatever else is served and to whom.
    public struct OpenFile: Sendable {
      /// The path that names it, decoded.
      public let path: [UInt8]
      /// Its media type.
      public let contentType: [UInt8]
      /// What is in it.
      public let bytes: SharedBytes

      /// A file under that path.
      public init(path: [UInt8], contentType: [UInt8], bytes: [UInt8]) {
        self.path = path
        self.contentType = contentType
        self.bytes = SharedBytes(bytes)
      }
    }

    /// The TCP port.
    public var port: UInt16
    /// What is served before anything else of the same path.
    public var openFiles: [OpenFile]

    /// That port, and those files.
    public init(port: UInt16, openFiles: [OpenFile] = []) {
      self.port = port
      self.openFiles = openFiles
    }

    /// The URL of what `head` asks for, on this port; the host is as the client named it.
    func location(for head: RequestHead) -> [UInt8] {
      var location = [UInt8]("https://")
      location.append(RequestGuard.withoutPort(head.host))
      if port != 443 {
        location.append(":")
        location.append(decimal: UInt32(port))
      }
      location.append(head.path)
      if head.query.count > 0 {
        location.append("?")
        location.append(head.query)
      }
      return location
    }
  }

  extension Server where Context: ~Copyable {
    /// What comes before everything else that the path could mean; nil: nothing.
    func verdictOfSecurePort(
      _ head: RequestHead, from remote: RemoteAddress, over scheme: Scheme, _ path: Span<UInt8>
    ) -> Verdict? {
      guard let securePort else { return nil }
      if head.method == .get || head.method == .head {
        for file in securePort.openFiles where path.equals(file.path.span) { return .openFile(file) }
      }
      guard scheme == .http, !path.equals("*") else { return nil }
      #if !WITHOUT_METRICS
        // A watchdog on the same machine takes a redirection for health, and nobody listens in between.
        if case .route(let route) = router.routes.match(head.method, path),
          router.routes.span[route].isForThisMachine, head.isFromThisMachine(remote)
        {
          return nil
        }
      #endif
      return head.host.count == 0 ? .refuse(.unknownHost) : .redirect(.permanentRedirect, securePort.location(for: head))
    }

    /// The answer to what a verdict of the above has allowed.
    func fill(_ response: inout Response, with file: SecurePort.OpenFile) {
      response.head.add("Content-Type", file.contentType.span)
      response.head.add("Cache-Control", "no-cache")
      response.content = OutputQueue(file.bytes)
    }
  }
#endif
