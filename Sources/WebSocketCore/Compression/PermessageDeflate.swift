// SPDX-License-Identifier: MIT

// The parameters of permessage-deflate, and how client and server come to agree on them. Of several offers the first
// that can be met is taken, as the client ordered them; one that breaks the rules is passed over as if it had not been
// made. RFC 7692 sections 5.1 and 7.1.

#if !hasFeature(Embedded)
  import Bytes
  public import HTTPCore

  /// What client and server agreed on about permessage-deflate (RFC 7692 section 7.1).
  public struct PermessageDeflate: Hashable, Sendable {
    /// The base-2 logarithm of the window that the server compresses with, 8 to 15 (section 7.1.2.1).
    public var serverMaxWindowBits: UInt8
    /// The base-2 logarithm of the window that the client compresses with, 8 to 15 (section 7.1.2.2).
    public var clientMaxWindowBits: UInt8
    /// Whether the server forgets each message before it compresses the next (section 7.1.1.1).
    public var serverNoContextTakeover: Bool
    /// Whether the client does (section 7.1.1.2).
    public var clientNoContextTakeover: Bool

    /// The RFC's defaults: the largest windows, and contexts that go from message to message.
    ///
    /// As preferences of a server, numbers of bits below 8 count as 8, and those above 15 as 15.
    public init(
      serverMaxWindowBits: UInt8 = 15, clientMaxWindowBits: UInt8 = 15, serverNoContextTakeover: Bool = false,
      clientNoContextTakeover: Bool = false
    ) {
      self.serverMaxWindowBits = serverMaxWindowBits
      self.clientMaxWindowBits = clientMaxWindowBits
      self.serverNoContextTakeover = serverNoContextTakeover
      self.clientNoContextTakeover = clientNoContextTakeover
    }

    /// What to agree on with the client that sent `head`; nil if it made no offer that can be met.
    ///
    /// `preferences` bounds the windows and asks for less context. The client's window can only be bounded if the offer
    /// has `client_max_window_bits`; otherwise it is 15 bits.
    public static func agreement(with head: RequestHead, preferring preferences: PermessageDeflate) -> Self? {
      var agreement: PermessageDeflate?
      head.forEachField { name, value in
        guard name.equalsIgnoringCase("Sec-WebSocket-Extensions") else { return }
        var offers = ExtensionScanner(value)
        while agreement == nil, let isOurs = offers.nextExtension(is: "permessage-deflate") {
          let offer = Offer(&offers)
          if isOurs { agreement = offer?.accepted(with: preferences) }
        }
      }
      return agreement
    }

    /// Adds the field that tells the client (section 7.1).
    public func add(to response: inout ResponseHead) {
      var value = [UInt8]("permessage-deflate")
      if serverNoContextTakeover { value.append("; server_no_context_takeover") }
      if clientNoContextTakeover { value.append("; client_no_context_takeover") }
      // A window of 15 bits is what no parameter means; and only a client that made an offer of
      // client_max_window_bits, and so may be answered with it, has less.
      if serverMaxWindowBits < 15 {
        value.append("; server_max_window_bits=")
        value.append(decimal: serverMaxWindowBits)
      }
      if clientMaxWindowBits < 15 {
        value.append("; client_max_window_bits=")
        value.append(decimal: clientMaxWindowBits)
      }
      response.add("Sec-WebSocket-Extensions", value.span)
    }
  }

  extension PermessageDeflate {
    /// One offer of a client: each parameter at most once, each with the value that it must have (section 7.1).
    private struct Offer {
      var serverNoContextTakeover = false
      var clientNoContextTakeover = false
      var serverMaxWindowBits: UInt8?
      var hasClientMaxWindowBits = false
      var clientMaxWindowBits: UInt8?

      /// Reads all parameters; nil if one of them is unknown, repeated or has a wrong value.
      init?(_ scanner: inout ExtensionScanner) {
        var isValid = true
        while let parameter = scanner.nextParameter() {
          if !take(parameter.name, parameter.value, hasValue: parameter.hasValue) { isValid = false }
        }
        guard isValid, !scanner.isMalformed else { return nil }
      }

      private mutating func take(_ name: Span<UInt8>, _ value: Span<UInt8>, hasValue: Bool) -> Bool {
        if name.equalsIgnoringCase("server_no_context_takeover") {
          guard !serverNoContextTakeover, !hasValue else { return false }
          serverNoContextTakeover = true
        } else if name.equalsIgnoringCase("client_no_context_takeover") {
          guard !clientNoContextTakeover, !hasValue else { return false }
          clientNoContextTakeover = true
        } else if name.equalsIgnoringCase("server_max_window_bits") {
          guard serverMaxWindowBits == nil, let bits = Self.windowBits(value) else { return false }
          serverMaxWindowBits = bits
        } else if name.equalsIgnoringCase("client_max_window_bits") {
          guard !hasClientMaxWindowBits else { return false }
          hasClientMaxWindowBits = true
          guard hasValue else { return true }  // "I can bound mine if you tell me"
          guard let bits = Self.windowBits(value) else { return false }
          clientMaxWindowBits = bits
        } else {
          return false
        }
        return true
      }

      /// 8 to 15, in decimal without leading zeros (section 7.1.2).
      private static func windowBits(_ value: Span<UInt8>) -> UInt8? {
        guard value.count > 0, value[0] != UInt8(ascii: "0"), let bits = value.decimalValue, (8...15).contains(bits)
        else { return nil }
        return UInt8(bits)
      }

      func accepted(with preferences: PermessageDeflate) -> PermessageDeflate {
        PermessageDeflate(
          serverMaxWindowBits: min(serverMaxWindowBits ?? 15, max(preferences.serverMaxWindowBits, 8)),
          clientMaxWindowBits:
            hasClientMaxWindowBits ? min(clientMaxWindowBits ?? 15, max(preferences.clientMaxWindowBits, 8)) : 15,
          serverNoContextTakeover: serverNoContextTakeover || preferences.serverNoContextTakeover,
          clientNoContextTakeover: clientNoContextTakeover || preferences.clientNoContextTakeover)
      }
    }
  }
#endif
