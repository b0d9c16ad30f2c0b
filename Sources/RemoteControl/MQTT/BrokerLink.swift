// SPDX-License-Identifier: MIT

// The device's broker as the program has it: the surface, how things are with it, and the seam to the transport. What
// changes on it is a change of the device, so that pages hear of it.

#if !WITHOUT_MQTT
  import Bytes
  public import DeviceServer
  public import MQTTCore
  public import Parts
  import Timebase

  /// A device's place on a broker.
  ///
  /// The surface is on the heap: a program moves the link about at its start, and a small board's stack has no room for
  /// several of it. A device has one link, so nothing else changes the surface.
  public struct BrokerLink: @unchecked Sendable {
    /// How things are.
    public internal(set) var status = BrokerStatus.connecting
    let place: BrokerPlace
    /// What is wrong although there is a connection, in words; empty if nothing is.
    public private(set) var complaint: [UInt8] = []
    /// Why the transport could not connect, or lost the connection, in its words.
    var transportWords: [UInt8] = []
    var scratch: [UInt8] = []
    /// The last server of the settings that was tried: another one is reached in the same way.
    var lastKnown = 0

    /// Says on the broker where the device's own page is: a URL.
    public mutating func setAddress(_ address: [UInt8]) { place.surface.setAddress(address) }

    /// A device on one of the brokers that `settings` count. `announced` is what the link of the run before had as
    /// that.
    public init(
      _ settings: MQTTClient.Settings, _ options: BrokerOptions, device: inout Device, announced: [[UInt8]] = [],
      seed: UInt64
    ) {
      place = BrokerPlace(BrokerSurface(settings, options, device: device, announced: announced, seed: seed))
      device.keepsGestures = true
    }

    #if !WITHOUT_STATE_FILE
      /// The components that Home Assistant may know: whoever runs next is to be given them, since what is not in the
      /// description any more is to be taken out.
      public var announced: [[UInt8]] { place.surface.announced }
      /// Counts the changes of `announced`.
      public var announcedRevision: UInt32 { place.surface.announcedRevision }
    #endif

    // These are methods, since Swift 6.3.1 keeps for ever what an assignment behind a question mark replaces
    // (`broker?.status = …`): findings/swift-leaks-what-an-optional-of-a-noncopyable-structure-held.sh.

    fileprivate mutating func note(_ words: [UInt8]) { transportWords = words }

    /// Whether that is news.
    fileprivate mutating func complain(_ words: StaticString) -> Bool {
      guard !complaint.span.equals(words) else { return false }
      complaint.clear()
      complaint.append(words)
      return true
    }

    /// Notes what the broker has refused, and why.
    fileprivate mutating func complain(_ words: StaticString, _ code: ReasonCode) {
      complaint.clear()
      complaint.append(words)
      complaint.append(": ")
      code.appendWords(ofServer: place.surface.client.connection?.reasonString ?? [], to: &complaint)
    }

    /// Whether that is a change.
    fileprivate mutating func change(to status: BrokerStatus) -> Bool {
      guard status != self.status else { return false }
      self.status = status
      return true
    }
  }

  /// How things are with a broker.
  public enum BrokerStatus: Equatable, Sendable {
    /// It is being connected to, for the first time.
    case connecting
    /// It has taken us.
    case connected
    /// It is not there, or does not take us; why.
    case lost([UInt8])
  }

  extension OutgoingStep {
    /// What a transport is to do for an MQTT client. `lastKnown` is the last server of the settings that was tried: one
    /// that it refers to is reached in the same way.
    public init(_ step: MQTTClient.Step, lastKnown: inout Int) {
      switch step {
      case .connect(.configured(let number)):
        lastKnown = number
        self = .connect(.known(number))
      case .connect(.reference(let server)):
        self = .connect(.other(host: server.host, port: server.port, like: lastKnown))
      case .close: self = .close
      case .wait: self = .wait
      }
    }
  }

  /// Where the surface of a link is.
  final class BrokerPlace {
    var surface: BrokerSurface
    init(_ surface: BrokerSurface) { self.surface = surface }
  }

  extension OutgoingConnection where App == RemoteControl {
    /// The connection to the device's broker.
    public static var broker: OutgoingConnection {
      OutgoingConnection { application, now in
        application.context.nextBrokerStep(now: now)
      } opened: { application, now in
        application.context.broker?.place.surface.client.opened(now: now)
      } failed: { application, words, now in
        application.context.broker?.note(words)
        application.context.broker?.place.surface.client.failed(now: now)
        application.context.noteBrokerTrouble()
      } receive: { application, bytes, now in
        application.context.receiveFromBroker(bytes, now: now)
      } writeOutput: { application, now, accept in
        application.context.broker?.place.surface.client.connection?.writeOutput(accept)
      } closed: { application, words, now in
        application.context.broker?.note(words)
        application.context.broker?.place.surface.client.closed(now: now)
        application.context.noteBrokerTrouble()
      } shutdown: { application, now in
        application.context.broker?.place.surface.stop(now: now)
      }
    }
  }

  extension RemoteControlContext {
    /// Says on the broker what is to be said; when to be called again at the latest.
    mutating func talkToBroker(now: MonotonicTime) -> MonotonicTime {
      guard broker != nil else { return .distantFuture }
      for gesture in device.takeGestures() { broker?.place.surface.note(gesture) }
      broker?.place.surface.client.poll(now: now)
      broker?.place.surface.advance(device, identity, now: now)
      if broker?.place.surface.problem == .notSupported {
        complain("it keeps no messages, or takes none with QoS 1: nothing is said there")
      } else if broker?.place.surface.hasPassedOver == true {
        complain("a message is too large for it, and left out")
      }
      return broker?.place.surface.nextDeadline ?? .distantFuture
    }

    private mutating func complain(_ words: StaticString) {
      guard broker?.complain(words) == true else { return }
      noteComplaint()
    }

    private mutating func complain(_ words: StaticString, _ code: ReasonCode) {
      broker?.complain(words, code)
      noteComplaint()
    }

    private mutating func noteComplaint() {
      log.broker(complaint: broker?.complaint ?? [])
      device.noteChange()
    }

    mutating func nextBrokerStep(now: MonotonicTime) -> OutgoingStep {
      guard let isFarewellDone = broker?.place.surface.isFarewellDone else { return .wait }
      if isFarewellDone { broker?.place.surface.client.stop(now: now) }
      guard let step = broker?.place.surface.client.nextStep(now: now) else { return .wait }
      return OutgoingStep(step, lastKnown: &broker!.lastKnown)
    }

    mutating func receiveFromBroker(_ bytes: Span<UInt8>, now: MonotonicTime) -> Int {
      guard broker?.place.surface.client.connection?.wantsInput == true else { return 0 }
      device.now = now
      #if !WITHOUT_COMMAND_LIMITS
        broker?.place.surface.pace.rate = pacer.rate
      #endif
      var scratch: [UInt8] = []
      swap(&scratch, &broker!.scratch)
      let received = broker?.place.surface.receive(bytes, device: &device, now: now, scratch: &scratch)
      swap(&scratch, &broker!.scratch)
      if let note = received?.note { take(note) }
      return received?.taken ?? bytes.count
    }

    #if !WITHOUT_COMMAND_LIMITS
      /// Does what was kept of the broker's commands and may be done now.
      mutating func performKeptOfBroker(now: MonotonicTime) {
        guard let nextDue = broker?.place.surface.pace.nextDue, nextDue <= now else { return }
        device.now = now
        for note in broker?.place.surface.performKept(device: &device, now: now) ?? [] { take(note) }
      }
    #endif

    private mutating func take(_ note: BrokerSurface.Note) {
      switch note {
      case .connected:
        _ = broker?.complain("")
        setBrokerStatus(.connected)
      case .refusedFilter(let code): complain("it refuses the device's subscriptions, so that no command comes", code)
      case .refusedMessage(let code): complain("it refuses what the device says", code)
      default: break
      }
      log.broker(note, device)
    }

    /// The connection has ended, or did not come about.
    mutating func noteBrokerTrouble() {
      guard let trouble = broker?.place.surface.client.trouble,
        broker?.place.surface.client.isStopped == false
      else { return }
      let words = broker?.place.surface.client.reasonString ?? []
      setBrokerStatus(.lost(trouble.words(ofTransport: broker?.transportWords ?? [], ofServer: words)))
    }

    private mutating func setBrokerStatus(_ status: BrokerStatus) {
      guard broker?.change(to: status) == true else { return }
      log.broker(status)
      device.noteChange()
    }
  }
#endif
