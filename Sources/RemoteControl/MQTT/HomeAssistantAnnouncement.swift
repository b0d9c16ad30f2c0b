// SPDX-License-Identifier: MIT

// When Home Assistant is told of the device, and how what is gone is taken out of it. Source: what version 2026.11.0
// was seen to do; its documentation is silent on all of this.
//
// It is told at each connection of the device, and when it says that it has started; and once more two seconds later if
// that was the first time or differs from the last: while it loads what a kind of entity needs, it applies a second
// message to its first component only. Never oftener: it tells nobody that it has started while a device repeats
// itself.
//
// What is gone is a component that an earlier description had. `{"p":"switch"}` takes it out only of a Home Assistant
// that has seen it in full since its own start; one that has not keeps it for ever, unavailable. Which of the two runs,
// if any, a device cannot know: nothing is answered, and that Home Assistant has started is said once, to whoever
// listens then. So the rule asks nothing. As long as something is gone, each announcement has two steps: it is
// announced in full, with what is there, and then, as a message that differs from the last, without it, twice. That is
// right wherever Home Assistant, the broker and the device were started again, and in whichever order: whoever runs at
// that time has seen it in full, and then sees it go; whoever does not run says later that it has started, or has the
// device connect again. It is forgotten only when both steps were taken after Home Assistant said that it had started,
// without the loss of its connection or of ours in between: then it was there. Until then the rule costs whoever has
// taken it out already two seconds with it.
//
// A part that is of another kind under its old name speaks under the topics of the one that is gone. The first of the
// two steps moves that one to another topic, and leaves the part out; right before the second the part says its state,
// over the old one that the broker has kept. In any other order one of the two would be given a state of the other.
//
// A device that is not to be found there any more is gone with all that it had: in place of the second step an empty
// message takes it out, and off the broker, once, since Home Assistant logs a warning of a second one. What it has is
// announced in full only when Home Assistant has started: at a connection the empty message is enough for a Home
// Assistant that has seen it, and one that has not hears of nothing.

import Bytes
import Timebase

/// When Home Assistant is told of the device, and of what.
struct HomeAssistantAnnouncement: Sendable {
  /// When the next message is due.
  private(set) var time = MonotonicTime.distantFuture
  /// Whether the next message has what is gone in full.
  private(set) var revives = false
  /// The same of the last message; nil if none was sent, and if it would not be the same any more.
  private var hasRevived: Bool?

  #if WITHOUT_STATE_FILE
    var gone: [[UInt8]] { [] }
  #else
    /// The components that an earlier description had, by their keys.
    private(set) var gone: [[UInt8]] = []
    /// The last message, until it is acknowledged.
    private var message: UInt16 = 0
    /// Whether Home Assistant has been there since before the first message.
    private var isWitnessed = false
    /// Whether the broker has the message that withdraws the device.
    private var hasWithdrawn = false
    /// At most so many are taken out; whoever renames more than that at once has the rest to delete by hand.
    private static let limit = 128

    /// `announced` is what earlier starts have announced, `present` what is there.
    init(announced: [[UInt8]], present: [[UInt8]]) {
      for key in announced where gone.count < Self.limit && !present.contains(key) {
        if HomeAssistantDiscovery.isComponent(key) { gone.append(key) }
      }
    }
  #endif

  /// Begins an announcement: the device has connected.
  mutating func begin(at time: MonotonicTime, isWithdrawal: Bool = false) {
    #if !WITHOUT_STATE_FILE
      isWitnessed = false
      if isWithdrawal, hasWithdrawn { return }
    #endif
    self.time = time
    revives = !gone.isEmpty && !isWithdrawal
  }

  /// Begins an announcement: Home Assistant has started.
  mutating func homeAssistantStarted(at time: MonotonicTime) {
    begin(at: time)
    #if !WITHOUT_STATE_FILE
      isWitnessed = true
      hasWithdrawn = false
    #endif
  }

  /// Something of the device itself is not what the last message says, if there was one. One more is enough, and if one
  /// is due it is that: what it says of the device counts also where only its first component is looked at.
  mutating func deviceChanged() {
    if hasRevived != nil, time == .distantFuture { time = .zero }
  }

  /// The device is not to be announced, and nothing of it is left.
  mutating func end() {
    time = .distantFuture
    hasRevived = nil
    #if !WITHOUT_STATE_FILE
      gone = []
    #endif
  }

  /// The message that was due is on its way; `isEmpty`: there is no such device any more.
  mutating func sent(_ message: UInt16, isEmpty: Bool = false, now: MonotonicTime) {
    time = isEmpty || hasRevived == revives ? .distantFuture : now + 2000
    hasRevived = revives
    revives = false
    #if !WITHOUT_STATE_FILE
      self.message = message
    #endif
  }

  #if !WITHOUT_STATE_FILE
    /// Home Assistant has ended, or its connection has.
    mutating func homeAssistantEnded() { isWitnessed = false }

    /// The broker has a message. Returns whether nothing is gone any more that was before.
    mutating func acknowledged(_ message: UInt16) -> Bool {
      guard message == self.message, time == .distantFuture, !gone.isEmpty else { return false }
      hasWithdrawn = true
      guard isWitnessed else { return false }
      gone = []
      hasRevived = nil
      return true
    }
  #endif
}
