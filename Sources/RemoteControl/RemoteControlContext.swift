// SPDX-License-Identifier: MIT

// What the handlers share: the device, the log, and what the device is called. It lies beside the server, never in it.

public import DeviceServer
public import Parts
import Timebase

/// The context of the remote control's handlers.
public struct RemoteControlContext: ~Copyable, Sendable {
  /// The parts: the one state.
  public var device: Device
  /// Lines for the host to print.
  public var log: SerialLog
  /// What distinguishes this device, and this start of it, from others.
  public let identity: Identity
  /// How many clients the WebSocket has, as of the last event.
  public internal(set) var clients = 0
  /// How many messages were answered with an error.
  public internal(set) var refusedMessages: UInt32 = 0
  /// How many edges of inputs came faster than they could be taken, since the start: presses may have been among them.
  /// Clients get it with the next hello.
  public var droppedEdges: UInt32 = 0

  /// The WebSocket of the pages.
  public let endpoint: WebSocketEndpoint
  /// How many clients the WebSocket takes at a time.
  let clientLimit: Int
  /// What only hosts have.
  var hosted: HostedRoutes
  #if !WITHOUT_METRICS
    /// What the server has counted, as of the end of the last loop.
    public internal(set) var statistics = ServerStatistics()
    /// What does not work, as the host says.
    public var problems = Problems()
  #endif
  #if !WITHOUT_COMMAND_LIMITS
    /// Holds back commands that come faster than any person gives them.
    var pacer = CommandPacer(CommandRate())
    /// How many commands were held back.
    public var commandCounters: CommandCounters {
      var counters = pacer.counters
      #if !WITHOUT_MQTT
        if let those = broker?.place.surface.pace.counters {
          counters.kept &+= those.kept
          counters.overtaken &+= those.overtaken
        }
      #endif
      return counters
    }
  #endif
  #if !WITHOUT_MQTT
    /// The broker, if the device has one.
    public var broker: BrokerLink?
  #endif
  /// The buffer that answers are written in.
  var answer: [UInt8] = []
  /// When the parts began; nil before that.
  var startTime: MonotonicTime?
  private var publishedRevision: UInt64 = 0

  init(
    _ device: consuming Device, identity: Identity, log: SerialLog, endpoint: WebSocketEndpoint, clientLimit: Int,
    hosted: HostedRoutes = HostedRoutes()
  ) {
    self.hosted = hosted
    self.endpoint = endpoint
    self.clientLimit = clientLimit
    self.device = device
    self.identity = identity
    self.log = log
  }

  /// Whether something has changed since the last call.
  var hasNews: Bool {
    mutating get {
      defer { publishedRevision = device.revision }
      return device.revision != publishedRevision
    }
  }
}
