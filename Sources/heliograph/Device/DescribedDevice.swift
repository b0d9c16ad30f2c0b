// SPDX-License-Identifier: MIT

// The device that the program runs, and what it is soldered to: described in a file, by options, or the demonstration.

import DeviceDescription
import Parts
import RemoteControl

/// What a device drives and reads, by the numbers that its parts have.
struct DeviceChannels: Sendable {
  var outputs: [Channel]
  var inputs: [Channel]
  /// The names of the parts that restore what they showed.
  var restoring: Set<String> = []

  /// Whether a channel that was held for this program goes on showing what it shows.
  func keeps(_ channel: Channel) -> Bool { restoring.contains(channel.part) }
}

/// A device with its channels.
struct DescribedDevice: Sendable {
  var device: Device
  /// Nil for the demonstration, which is soldered to nothing.
  var channels: DeviceChannels?

  /// The LED and the button of the tutorial, on a simulated board.
  static func demonstration(name: String) -> DescribedDevice {
    DescribedDevice(device: .demonstration(Array(name.utf8), isRemote: true), channels: nil)
  }

  /// What a file describes.
  init(_ description: DeviceDescription) {
    let device = description.makeDevice()
    self.init(device: device, outputs: description.outputs, inputs: description.inputs)
  }

  /// A device and its channels.
  init(device: Device, outputs: [Channel], inputs: [Channel]) {
    var channels = DeviceChannels(outputs: outputs, inputs: inputs)
    for part in device.parts where part.saved != nil {
      channels.restoring.insert(String(decoding: part.name, as: UTF8.self))
    }
    self.init(device: device, channels: channels)
  }

  private init(device: Device, channels: DeviceChannels?) {
    self.device = device
    self.channels = channels
  }
}
