// SPDX-License-Identifier: MIT

// How many commands may come by a broker: as many as from one page, since who publishes there is not known. Rule: of
// what is too much the latest for each part is kept and done when it may be; no one is told, for MQTT has no answer to
// a message but the state that follows.

import MQTTCore
import Parts
import Timebase

#if !WITHOUT_COMMAND_LIMITS
  /// The commands of a broker, no faster than they may be.
  struct BrokerPace: Sendable {
    /// How many may come; the remote control's own, once it has told.
    var rate = CommandRate()
    var commands = PacedCommands()
    var counters = CommandCounters()

    /// When the next of what is kept may be done.
    var nextDue: MonotonicTime { commands.nextDue(rate) }

    /// Whether a command is to be done now; if not, it is kept.
    mutating func allows(_ command: Command, on part: Int, now: MonotonicTime) -> Bool {
      if command == .release, commands.takeBackPress(of: part) != nil { counters.overtaken &+= 1 }
      if commands.allows(command, rate, now: now) { return true }
      _ = commands.keep(KeptCommand(command: command, part: part), counters: &counters)
      return false
    }
  }

  extension BrokerSurface {
    /// Does what was kept and may be done now; what the device refuses of it is to be told. What is kept when the
    /// connection ends is never done.
    mutating func performKept(device: inout Device, now: MonotonicTime) -> [Note] {
      guard client.isOpen else { return [] }
      var refused: [Note] = []
      while let kept = pace.commands.next(pace.rate, now: now) {
        do throws(CommandError) {
          try device.perform(kept.command, on: kept.part, by: .mqtt, now: now)
        } catch {
          refused.append(.refusedCommand(part: kept.part, error))
        }
      }
      return refused
    }
  }
#endif
