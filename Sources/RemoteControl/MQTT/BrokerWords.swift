// SPDX-License-Identifier: MIT

// What the log and the page say about the broker: why there is no connection, and what of the messages that came was not
// done.

import Bytes
public import MQTTCore
import Parts

#if !WITHOUT_MQTT
  extension MQTTClient.Trouble {
    /// Why there is no connection. Where it is the transport's matter, what that has said, if it has said anything;
    /// else what it means, and what the server has said to it.
    public func words(ofTransport said: [UInt8], ofServer reason: [UInt8]) -> [UInt8] {
      if !said.isEmpty, self == .unreachable || self == .closed { return said }
      var words: [UInt8] = []
      append(to: &words)
      words.append(wordsOfServer: reason)
      return words
    }

    private func append(to words: inout [UInt8]) {
      switch self {
      case .unreachable: words.append("it is not reached")
      case .closed: words.append("it closed the connection without a word")
      case .invalidOptions(let error):
        words.append(
          error == .notSupported ? "MQTT 3.1.1 has a password only with a user" : "the user, the password or a name is too long")
      case .ended(let end): end.append(to: &words)
      }
    }
  }

  extension MQTTConnection.End {
    fileprivate func append(to words: inout [UInt8]) {
      switch self {
      case .local: words.append("the device has disconnected")
      case .refused(let code):
        words.append("it refuses the device: ")
        code.appendMeaning(to: &words)
      case .remote(let code):
        words.append("it disconnected: ")
        code.appendMeaning(to: &words)
      case .failed: words.append("it does not speak MQTT as it should")
      case .connectTimeout, .pingTimeout: words.append("no answer")
      }
    }
  }

  extension [UInt8] {
    /// Appends what a server has said beside a code, if it has said anything, so that it is only read.
    fileprivate mutating func append(wordsOfServer said: [UInt8]) {
      guard !said.isEmpty else { return }
      append(" (")
      append(printable: said.span)
      append(")")
    }
  }

  extension ReasonCode {
    /// Appends what it means, and what the server has said beside it, if it has said anything.
    public func appendWords(ofServer said: [UInt8], to words: inout [UInt8]) {
      appendMeaning(to: &words)
      words.append(wordsOfServer: said)
    }

    /// Appends what it means (MQTT 5.0 section 2.4), or its number.
    fileprivate func appendMeaning(to words: inout [UInt8]) {
      switch self {
      case .badUserNameOrPassword: words.append("wrong user or password")
      case .notAuthorized: words.append("not authorized")
      case .clientIdentifierNotValid: words.append("the identifier is not accepted")
      case .unsupportedProtocolVersion: words.append("it does not speak this version of MQTT")
      case .serverUnavailable, .serverBusy: words.append("it has no room at present")
      case .serverShuttingDown: words.append("it shuts down")
      case .sessionTakenOver: words.append("another device has the same identifier")
      case .keepAliveTimeout: words.append("it heard nothing for too long")
      case .banned: words.append("the device is banned")
      case .useAnotherServer, .serverMoved: words.append("another broker is to be used")
      case .quotaExceeded: words.append("a quota is exceeded")
      default:
        words.append("reason ")
        words.append(decimal: rawValue)
      }
    }
  }

  extension SerialLog {
    mutating func broker(_ status: BrokerStatus) {
      switch status {
      case .connecting: break
      case .connected: add { $0.append("MQTT: connected") }
      case .lost(let why):
        add { line in
          line.append("MQTT: not connected: ")
          line.append(why.span)
        }
      }
    }

    mutating func broker(complaint words: [UInt8]) {
      add { line in
        line.append("MQTT: ")
        line.append(words.span)
      }
    }

    mutating func broker(_ note: BrokerSurface.Note, _ device: borrowing Device) {
      switch note {
      case .connected, .ended, .refusedFilter, .refusedMessage: break  // told already, as a complaint
      case .ignoredRetained(let part):
        let name = part.map { device.parts[$0].name } ?? [UInt8]("a part that is not there")
        info { line in
          line.append("MQTT: a retained command for ")
          line.append(name.span)
          line.append(" is not obeyed, and removed: it would be given again at each start")
        }
      case .refusedCommand(let part, let error):
        let name = device.parts[part].name
        debug { line in
          line.append("MQTT: ")
          line.append(name.span)
          line.append(": ")
          line.append(error.words)
        }
      case .unknownPart: debug { $0.append("MQTT: unknown part") }
      case .deletedInHomeAssistant:
        info { $0.append("MQTT: deleted in Home Assistant; announced again at the next start") }
      }
    }
  }
#endif
