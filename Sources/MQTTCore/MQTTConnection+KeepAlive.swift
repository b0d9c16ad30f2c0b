// SPDX-License-Identifier: MIT

// Being known to live, and finding out that the server does not. A PINGREQ goes out a little before the keep alive is over
// in which nothing else went out, and also when nothing has come for one and a half times as long although much was
// sent: TCP alone may take a quarter of an hour to notice. MQTT 5.0 sections 3.1.2.10, 3.12 and 3.13.

import Bytes
public import Timebase

extension MQTTConnection {
  /// When `poll` has something to do, `distantFuture` if never.
  public var nextDeadline: MonotonicTime {
    switch state {
    case .connecting: deadline
    case .open: isAwaitingPong ? deadline : pingDue
    case .closed: output.isEmpty ? .distantFuture : deadline
    }
  }

  /// Does what is due: a PINGREQ, or the end of a connection whose server has been silent for too long.
  ///
  /// Returns the next deadline, nil if there is none.
  public mutating func poll(now: MonotonicTime) -> MonotonicTime? {
    if now >= nextDeadline {
      switch state {
      case .connecting: die(.connectTimeout, now: now)
      case .open where isAwaitingPong: die(.pingTimeout, now: now)
      case .open:
        output.append(OutgoingHeader(.pingreq, length: 0).bytes)
        isAwaitingPong = true
        lastSent = now
        deadline = now + timing.pingTimeout
      case .closed: output.removeAll()
      }
    }
    return nextDeadline == .distantFuture ? nil : nextDeadline
  }

  /// Takes note that bytes came: whatever they are, the server lives.
  mutating func noteLife(now: MonotonicTime) {
    lastReceived = now
    isAwaitingPong = false
  }

  private var pingDue: MonotonicTime {
    guard keepAlive > 0 else { return .distantFuture }
    let margin = Milliseconds(min(1000, keepAlive.count / 4))
    let silence = Milliseconds(keepAlive.count + keepAlive.count / 2)  // of 65,535 s at most
    return min(lastSent + Milliseconds(keepAlive.count - margin.count), lastReceived + silence)
  }

  /// Ends a connection on which nothing more is of use.
  private mutating func die(_ end: End, now: MonotonicTime) {
    output.removeAll()
    finish(end, now: now)
  }
}
