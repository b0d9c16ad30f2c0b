// SPDX-License-Identifier: MIT

// What can be wrong with a list of parts. A description in a file knows the place of each option, and adds the line and
// the column (module DeviceDescription).

/// Why a list of parts is not a device.
public struct DeviceMistake: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Reason: Equatable, Sendable {
    /// The name is not `[a-z][a-z0-9_]{0,31}`, or it is `all`.
    case malformedName
    /// Another part has the name.
    case duplicateName
    /// Another part, or the status LED, has the output of this number.
    case outputTaken(Int)
    /// Another part has the input of this number.
    case inputTaken(Int)
    /// A light has other than one, three or four channels, or the number of an input or output is not in 0 to 4095.
    case impossibleChannel
    /// An interlock names a part that is not there.
    case unknownInterlock([UInt8])
    /// An interlock names a part that is not a switch.
    case interlockIsNoSwitch([UInt8])
    /// The action `index`, counted from 0 over all gestures of the part, names a part that is not there.
    case unknownTarget(index: Int, [UInt8])
    /// The action `index`, counted likewise, asks for what the part of that name does not do, or for a value out of its
    /// bounds.
    case unsuitableAction(index: Int, [UInt8])
    /// The least value of a number is above its greatest, its step is not above zero, or its first value is none of
    /// those between them.
    case impossibleRange
  }

  /// Which part it is about, counted from 0.
  public let part: Int
  /// What is wrong.
  public let reason: Reason
}
