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
  /// The surface is in memory of its own, which nothing else points to: whoever has the link is moved about at the start
  /// of a program, and the stack of a small board has no room for several of it.
  public struct BrokerLink: ~Copyable, @unchecked Sendable {
    /// How things are with the broker.
    public enum Status: Equatable, Sendable {
      /// It is being connected to, for the first time.
      case connecting
      /// It has the device's state.
      case connected
      /// It is not there, or does not take the device; why.
      case lost([UInt8])
    }

    /// How things are.
    public internal(set) var status = Status.connecting
    private let place: UnsafeMutablePointer<BrokerSurface>
    /// Why the transport could not connect, or lost the connection, in its words.
    var transportWords: [UInt8] = []
    var scratch: [UInt8] = []
    /// The last server of the settings that was tried: another one is reached in the same way.
    var lastKnown = 0

    /// A device on one of the brokers that `settings` count.
    public init(
      _ settings: MQTTClient.Settings, _ options: BrokerOptions, device: inout Device, seed: UInt64
    ) {
      place = .allocate(capacity: 1)
      place.initialize(to: BrokerSurface(settings, options, device: device, seed: seed))
      device.keepsGestures = true
    }

    deinit {
      place.deinitialize(count: 1)
      place.deallocate()
    }

    /// Appends why there is no connection; the transport knows more of some reasons.
    fileprivate func append(_ trouble: MQTTClient.Trouble, to words: inout [UInt8]) {
      if trouble == .unreachable || trouble == .closed && !transportWords.isEmpty {
        words.append(transportWords.span)
      } else {
        trouble.append(to: &words)
      }
    }

    /// Whether that is a change.
    fileprivate mutating func change(to status: Status) -> Bool {
      guard status != self.status else { return false }
      self.status = status
      return true
    }

    /// What is said and heard.
    var surface: BrokerSurface {
      unsafeAddress { UnsafePointer(place) }
      unsafeMutableAddress { place }
    }
  }

  extension OutgoingConnection where App == RemoteControl {
    /// The connection to the device's broker.
    public static var broker: OutgoingConnection {
      OutgoingConnection { application, now in
        application.context.nextBrokerStep(now: now)
      } opened: { application, now in
        application.context.broker?.surface.client.opened(now: now)
      } failed: { application, words, now in
        application.context.broker?.transportWords = words
        application.context.broker?.surface.client.failed(now: now)
        application.context.noteBrokerTrouble()
      } receive: { application, bytes, now in
        application.context.receiveFromBroker(bytes, now: now)
      } writeOutput: { application, now, accept in
        application.context.broker?.surface.client.connection?.writeOutput(accept)
      } closed: { application, words, now in
        application.context.broker?.transportWords = words
        application.context.broker?.surface.client.closed(now: now)
        application.context.noteBrokerTrouble()
      } shutdown: { application, now in
        application.context.broker?.surface.stop(now: now)
      }
    }
  }

  extension RemoteControlContext {
    /// Says on the broker what is to be said; when to be called again at the latest.
    mutating func talkToBroker(now: MonotonicTime) -> MonotonicTime {
      guard broker != nil else { return .distantFuture }
      for gesture in device.takeGestures() { broker?.surface.note(gesture) }
      broker?.surface.client.poll(now: now)
      broker?.surface.advance(device, identity, now: now)
      return broker?.surface.nextDeadline ?? .distantFuture
    }

    mutating func nextBrokerStep(now: MonotonicTime) -> OutgoingStep {
      guard let isFarewellDone = broker?.surface.isFarewellDone else { return .wait }
      if isFarewellDone { broker?.surface.client.stop(now: now) }
      switch broker?.surface.client.nextStep(now: now) {
      case .connect(.configured(let number))?:
        broker?.lastKnown = number
        return .connect(.known(number))
      case .connect(.reference(let server))?:
        return .connect(.other(host: server.host, port: server.port, like: broker?.lastKnown ?? 0))
      case .close?: return .close
      case .wait?, nil: return .wait
      }
    }

    mutating func receiveFromBroker(_ bytes: Span<UInt8>, now: MonotonicTime) -> Int {
      guard broker?.surface.client.connection?.wantsInput == true else { return 0 }
      device.now = now
      var scratch: [UInt8] = []
      swap(&scratch, &broker!.scratch)
      let received = broker?.surface.receive(bytes, device: &device, now: now, scratch: &scratch)
      broker?.scratch = scratch
      if let note = received?.note { take(note) }
      return received?.taken ?? bytes.count
    }

    private mutating func take(_ note: BrokerSurface.Note) {
      if note == .connected { setBrokerStatus(.connected) }
      log.broker(note, device)
    }

    /// The connection has ended, or did not come about.
    mutating func noteBrokerTrouble() {
      guard let trouble = broker?.surface.client.trouble, broker?.surface.client.isStopped == false else { return }
      var words: [UInt8] = []
      broker?.append(trouble, to: &words)
      setBrokerStatus(.lost(words))
    }

    private mutating func setBrokerStatus(_ status: BrokerLink.Status) {
      guard broker?.change(to: status) == true else { return }
      log.broker(status)
      device.noteChange()
    }
  }
#endif
