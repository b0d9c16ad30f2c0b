// SPDX-License-Identifier: MIT

// What belongs to the event loop beside the application: the board, and what decides when the state is saved. Both are
// used on the loop only; others reach them through `LoopStateBox`.

import Accounts
import HostTransport
import Parts
import RemoteControl
import SimulatedBoard
import SystemCalls
import StateFile
import Timebase

#if os(Linux)
  import LinuxBoard
#endif

/// What the event loop uses beside the application.
final class LoopState {
  /// The board, if it is simulated.
  let simulated: SimulatedBoard?
  #if os(Linux)
    /// The board, if it is this machine's.
    var linux: LinuxBoard?
  #endif
  /// Asks people who they are; nil if nobody is asked.
  var gatekeeper: Gatekeeper?
  /// Decides when the state is saved; nil if it is not.
  var saveSchedule: SaveSchedule?
  /// What was saved before, for parts that are not in the description any more.
  var earlier: SavedState?
  /// What the board's display showed last.
  var shown: Console.Shown?
  /// The day, counted from 1970; nil while the clock has yet to be set.
  var today: UInt32?
  /// The broker's settings, if the device is on one.
  var broker: BrokerSettings?
  private var notedRevision: UInt64?
  private var notedAnnouncement: UInt32?
  private var announcement: SavedState.Announcement?

  init(simulated: SimulatedBoard? = nil) { self.simulated = simulated }

  /// Notes what has changed in a loop, and returns when to be called again.
  func afterLoop(_ context: inout RemoteControlContext, now: MonotonicTime) -> MonotonicTime? {
    #if os(Linux)
      if let linux { noteDroppedEdges(linux.droppedEdges, in: &context) }
    #endif
    let login = gatekeeper?.poll(now: now)
    guard saveSchedule != nil else { return login }
    if notedAnnouncement != context.broker?.announcedRevision {
      notedAnnouncement = context.broker?.announcedRevision
      let components = context.broker?.announced
      announcement = components.flatMap { broker?.announcement(of: $0) }
      notedRevision = nil
    }
    if notedRevision != context.device.revision {
      notedRevision = context.device.revision
      // Without a broker nothing can be taken back: it is kept until there is one.
      let announcement = context.broker == nil ? earlier?.announcement : announcement
      saveSchedule?.note(SavedState(context.device, keeping: earlier, announcement: announcement, today: today))
    }
    guard let save = saveSchedule?.poll(now: now) else { return login }
    return min(save, login ?? .distantFuture)
  }

  /// Says that the kernel had to drop edges: presses may have been among them.
  private func noteDroppedEdges(_ dropped: UInt32, in context: inout RemoteControlContext) {
    let count = dropped &- context.droppedEdges
    guard count != 0 else { return }
    context.droppedEdges = dropped
    context.log.dropped(edges: count)
  }
}

/// The same, for code that does not run on its event loop.
typealias LoopStateBox = ThreadConfined<LoopState?>

extension HostTransport<RemoteControl> {
  /// Lets `body` use the state on its loop, then does what follows from it.
  func withLoopState<Result: Sendable>(
    _ loopState: LoopStateBox, _ body: @escaping @Sendable (LoopState) throws -> Result
  ) async throws -> Result? {
    try await withApplication { _, _ in try loopState.value.map(body) }
  }
}
