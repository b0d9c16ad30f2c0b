// SPDX-License-Identifier: MIT

// The device that the program runs, and what it is wired to: described in a file or by options.

import DeviceDescription
import Parts
import RemoteControl

/// What a device drives and reads, by the numbers that its parts have.
struct DeviceChannels: Sendable {
  var outputs: [Channel]
  var inputs: [Channel]
  /// The names of the parts that restore their last state.
  var restoring: Set<String> = []

  /// Whether a channel that was held for this program keeps its level.
  func keeps(_ channel: Channel) -> Bool { restoring.contains(channel.part) }
}

/// A device with its channels.
struct DescribedDevice: Sendable {
  var device: Device
  var channels: DeviceChannels

  /// What a file describes, under the name that people call it.
  init(_ description: DeviceDescription, name: String) {
    var device = description.makeDevice()
    device.name = Array(name.utf8)
    self.init(device: device, outputs: description.outputs, inputs: description.inputs)
  }

  /// A device and its channels.
  init(device: Device, outputs: [Channel], inputs: [Channel]) {
    var channels = DeviceChannels(outputs: outputs, inputs: inputs)
    for part in device.parts where part.saved != nil {
      channels.restoring.insert(String(decoding: part.name, as: UTF8.self))
    }
    self.device = device
    self.channels = channels
  }
}
