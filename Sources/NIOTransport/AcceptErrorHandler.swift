// SPDX-License-Identifier: MIT

// What a listening channel does when it cannot accept, for lack of descriptors for instance: it rests for a second, and
// reports that once. (SwiftNIO's AcceptBackoffHandler delays only new reads; the one that failed is still under way,
// and is tried again without end.)

import NIOCore

/// Lets a listening channel rest after an error, and reports the first of a row.
final class AcceptErrorHandler: ChannelInboundHandler {
  typealias InboundIn = any Channel

  private let rest: TimeAmount
  private let report: (@Sendable (any Error) -> Void)?
  private var isFailing = false

  init(rest: TimeAmount = .seconds(1), report: (@Sendable (any Error) -> Void)?) {
    self.rest = rest
    self.report = report
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    isFailing = false
    context.fireChannelRead(data)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isFailing { report?(error) }
    isFailing = true
    setReading(false, context.channel)
    context.eventLoop.assumeIsolated().scheduleTask(in: rest) { [channel = context.channel] in
      self.setReading(true, channel)
    }
  }

  /// A channel that has closed in the meantime has nothing to read.
  private func setReading(_ isReading: Bool, _ channel: any Channel) {
    try? channel.syncOptions?.setOption(.autoRead, value: isReading)
  }
}
