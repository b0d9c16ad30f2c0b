// SPDX-License-Identifier: MIT

// The broker that Firmware/set-broker wrote into the image, and what the device says of itself there. What a broker may
// ask of a device of 64 KB: messages to it are of a few bytes, and longer ones are passed over.

#if !WITHOUT_MQTT
  import Bytes
  import CBoard
  import LwIPTransport
  import MQTTCore
  import Parts
  import RemoteControl

  /// The image's broker.
  struct Broker {
    let server: OutgoingServer
    private let identifier: [UInt8]

    /// Nil if the image has none.
    init?() {
      let host = Self.bytes(broker_host())
      if host.isEmpty { return nil }
      server = OutgoingServer(host: host, port: broker_port())
      identifier = Self.bytes(broker_identifier())
    }

    /// The device's place there; `number` is another one at each start.
    func makeLink(_ device: inout Device, number: UInt32) -> BrokerLink {
      var connect = ConnectOptions(clientIdentifier: [UInt8]("heliograph-") + identifier)
      let user = Self.bytes(broker_user())
      if !user.isEmpty {
        connect.userName = user
        connect.password = Self.bytes(broker_password())
      }
      let limits = MQTTConnection.Limits(packetSize: 256, outputSize: 512, inFlight: 8)
      let options = BrokerOptions(prefix: Self.bytes(broker_prefix()), identifier: identifier)
      return BrokerLink(
        MQTTClient.Settings(options: connect, limits: limits), options, device: &device, seed: UInt64(number))
    }

    private static func bytes(_ text: UnsafePointer<CChar>) -> [UInt8] {
      var bytes: [UInt8] = []
      while text[bytes.count] != 0 { bytes.append(UInt8(bitPattern: text[bytes.count])) }
      return bytes
    }
  }
#endif
