// SPDX-License-Identifier: MIT

// Inputs and outputs that are out of order. The part says so, its commands are refused, and the others keep working.

import Bytes
import Timebase

extension Device {
  /// Notes why an input does not work, or that it works again if `words` is empty. What it shows is unknown then.
  ///
  /// The words are UTF-8. An input that no part has is passed over.
  public mutating func noteFault(_ words: [UInt8], ofInput input: Int) {
    guard inputs.indices.contains(input), inputs[input].fault != words else { return }
    workOffEvents()  // they were before this
    inputs[input].fault = words
    guard let index = inputs[input].part else { return }
    if !words.isEmpty {
      // What a press has begun, its release ends: a motor must not run on since its button is gone.
      if parts[index].asButton?.reset() == true { react(to: .release, of: index) }
      parts[index].asContact?.reset()
      parts[index].asSensor?.reset()
    }
    noteFault(words, of: index)
  }

  /// Notes why an output does not work, or that it works again if `words` is empty. It is driven anew then.
  ///
  /// The words are UTF-8. An output that the device does not have is passed over.
  public mutating func noteFault(_ words: [UInt8], ofOutput output: Int) {
    guard outputs.indices.contains(output), outputs[output].fault != words else { return }
    outputs[output].fault = words
    if words.isEmpty {
      outputs[output].driven = nil
      hasDrives = true
    }
    guard let index = outputs[output].part else { return }
    var fault = words
    if let light = parts[index].asLight, fault.isEmpty {
      for channel in 0..<light.channelCount where !outputs[light.output + channel].fault.isEmpty {
        fault = outputs[light.output + channel].fault
      }
    }
    if words.isEmpty { restAfterFault(index) }
    noteFault(fault, of: index)
  }

  private mutating func noteFault(_ words: [UInt8], of index: Int) {
    guard parts[index].fault != words else { return }
    parts[index].fault = words
    note(index, by: nil)
    lookAtAll()  // also at its rivals
    statusChange = .zero
  }
}
