// SPDX-License-Identifier: MIT

// A part is a name and one of six kinds. What all kinds have in common is here; what only one of them has is in its own
// file, and the places that tell a kind from the others are below and in `Device`.

public import Bytes
public import Timebase

/// One thing on a device.
public struct Part: Equatable, Sendable {
  /// What a part is, with its values.
  public enum Kind: Equatable, Sendable {
    /// It is on or off, and is switched.
    case `switch`(Switch)
    /// It has a brightness, and perhaps a colour.
    case light(Light)
    /// It is pressed, and its gestures do something.
    case button(Button)
    /// It is open or closed, which is only looked at.
    case contact(Contact)
    /// It measures a value.
    case sensor(Sensor)
    /// It is a value that people set.
    case number(Number)
  }

  /// What a gesture of a button does.
  public struct Response: Sendable {
    /// The gesture.
    public let gesture: Gesture
    /// What it does.
    public let action: Action
    /// The number of the part that it is done to; nil for all, and before a device has the part.
    var target: Int?

    init(_ gesture: Gesture, _ action: Action) {
      self.gesture = gesture
      self.action = action
    }
  }

  /// What programs call it: `[a-z][a-z0-9_]{0,31}`, but not `all`; a device refuses any other.
  public let name: [UInt8]
  /// What people call it, in UTF-8.
  public var label: [UInt8]
  /// Its heading on the page, in UTF-8; empty for none.
  public var group: [UInt8] = []
  // What only kinds have that a build leaves out takes no memory there, and no code that copies and frees it.
  #if WITHOUT_CONTACTS && WITHOUT_SENSORS
    public var deviceClass: [UInt8] { get { [] } set {} }
  #else
    /// What Home Assistant calls this sort of contact or sensor, such as `door`; empty if unknown.
    public var deviceClass: [UInt8] = []
  #endif
  #if WITHOUT_SENSORS && WITHOUT_NUMBERS
    public var unit: [UInt8] { get { [] } set {} }
  #else
    /// What a value is measured in, in UTF-8; empty if it has no unit.
    public var unit: [UInt8] = []
  #endif
  #if WITHOUT_LOGIN
    public var isForAdmins: Bool { get { false } set {} }
  #else
    /// Whether only administrators may use it from a page or by HTTP, such as a garage door.
    public var isForAdmins = false
  #endif
  /// What the gestures of a button do, in order.
  public internal(set) var actions: [Response] = []
  #if WITHOUT_INTERLOCKS
    public internal(set) var interlock: [[UInt8]] { get { [] } set {} }
    var rivals: [Int] { get { [] } set {} }
  #else
    /// The names of the switches that must be off while this one is on.
    public internal(set) var interlock: [[UInt8]] = []
    /// The numbers of these switches, and of those that name this one.
    var rivals: [Int] = []
  #endif
  /// What it is, with its values.
  public internal(set) var kind: Kind {
    @inline(__always) get { state.kind }
    set { state = State(newValue) }
  }
  private var state: State

  /// The device's revision at its last change, from 1.
  public internal(set) var revision: UInt64 = 1
  /// What made its last change; nil since the start.
  public internal(set) var author: Author?
  /// Why it does not work at present, in UTF-8; empty while it works.
  public internal(set) var fault: [UInt8] = []

  /// It has nothing to do before this time; see `Device.work(by:)`.
  var quietUntil = MonotonicTime.zero

  init(_ name: Text, label: Text?, group: Text, kind: Kind) {
    self.init(name, label: label, group: group, State(kind))
  }

  init(_ name: Text, label: Text?, group: Text, _ state: State) {
    self.name = name.bytes
    self.label = label?.bytes ?? Self.label(for: name.bytes)
    self.group = group.bytes
    self.state = state
  }

  /// The kinds that this build knows: no part has the size of one that it leaves out.
  enum State: Sendable {
    case `switch`(Switch)
    case button(Button)
    #if !WITHOUT_LIGHTS
      case light(Light)
    #endif
    #if !WITHOUT_CONTACTS
      case contact(Contact)
    #endif
    #if !WITHOUT_SENSORS
      case sensor(Sensor)
    #endif
    #if !WITHOUT_NUMBERS
      case number(Number)
    #endif

    init(_ kind: Kind) {
      switch kind {
      case .switch(let part): self = .switch(part)
      case .button(let part): self = .button(part)
      #if !WITHOUT_LIGHTS
        case .light(let part): self = .light(part)
      #endif
      #if !WITHOUT_CONTACTS
        case .contact(let part): self = .contact(part)
      #endif
      #if !WITHOUT_SENSORS
        case .sensor(let part): self = .sensor(part)
      #endif
      #if !WITHOUT_NUMBERS
        case .number(let part): self = .number(part)
      #endif
      #if WITHOUT_LIGHTS || WITHOUT_CONTACTS || WITHOUT_SENSORS || WITHOUT_NUMBERS
        default: fatalError("a kind of part that this build leaves out")
      #endif
      }
    }

    var kind: Kind {
      @inline(__always) get {
        switch self {
        case .switch(let part): .switch(part)
        case .button(let part): .button(part)
        #if !WITHOUT_LIGHTS
          case .light(let part): .light(part)
        #endif
        #if !WITHOUT_CONTACTS
          case .contact(let part): .contact(part)
        #endif
        #if !WITHOUT_SENSORS
          case .sensor(let part): .sensor(part)
        #endif
        #if !WITHOUT_NUMBERS
          case .number(let part): .number(part)
        #endif
        }
      }
    }
  }

  /// A name with its first letter large and blanks for its underscores.
  private static func label(for name: [UInt8]) -> [UInt8] {
    var label: [UInt8] = []
    for byte in name {
      let isSmall = byte &- 0x61 < 26
      label.append(byte == UInt8(ascii: "_") ? UInt8(ascii: " ") : label.isEmpty && isSmall ? byte - 0x20 : byte)
    }
    return label
  }

  /// Whether this has the form of a part's name: `[a-z][a-z0-9_]{0,31}`. (A device refuses `all` even so.)
  public static func isName(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0, text.count <= 32, text[0] &- 0x61 < 26 else { return false }
    for index in text.indices {
      let byte = text[index]
      guard byte &- 0x61 < 26 || byte.isASCIIDigit || byte == UInt8(ascii: "_") else { return false }
    }
    return true
  }

  /// Whether this is its name.
  func isCalled(_ text: Span<UInt8>) -> Bool { text.equals(name.span) }

  /// The kind's name.
  public var kindName: StaticString {
    switch kind {
    case .switch: "switch"
    case .light: "light"
    case .button: "button"
    case .contact: "contact"
    case .sensor: "sensor"
    case .number: "number"
    }
  }

  /// Whether it is on; nil for kinds that are never on or off, and for a contact that has not been read.
  public var isOn: Bool? {
    switch kind {
    case .switch(let part): part.isOn
    case .light(let part): part.isOn
    case .contact(let part): part.isOn
    case .button, .sensor, .number: nil
    }
  }

  /// How long it is until the part turns itself off; nil if it does not.
  public func left(at now: MonotonicTime) -> Milliseconds? {
    let time: MonotonicTime
    switch kind {
    case .switch(let part): time = part.isWantedOn ? part.offTime : .distantFuture  // else it is off but for a rest
    case .light(let part): time = part.offTime
    case .button, .contact, .sensor, .number: return nil
    }
    return time == .distantFuture ? nil : time - now
  }

  /// What is to be saved for the next start; nil if nothing is.
  public var saved: PartValues? {
    switch kind {
    case .switch(let part): part.restore.restores ? PartValues(isOn: part.isWantedOn) : nil
    case .light(let part): part.restore.restores ? part.saved : nil
    case .number(let part): part.restores ? PartValues(value: part.value) : nil
    case .button, .contact, .sensor: nil
    }
  }

  /// When it has something to do, if nothing else happens; for a switch see also `Device.deadline(ofSwitch:_:)`.
  var deadline: MonotonicTime {
    switch kind {
    case .switch(let part): part.offTime
    case .light(let part): part.deadline
    case .button(let part): part.deadline
    case .contact(let part): part.deadline
    case .sensor(let part): part.deadline
    case .number: .distantFuture
    }
  }

  public static func == (left: Part, right: Part) -> Bool {
    guard left.name == right.name, left.label == right.label, left.group == right.group, left.unit == right.unit,
      left.deviceClass == right.deviceClass, left.isForAdmins == right.isForAdmins,
      left.interlock == right.interlock, left.kind == right.kind,
      left.actions.count == right.actions.count
    else { return false }
    for (mine, other) in zip(left.actions, right.actions)
    where mine.gesture != other.gesture || mine.action != other.action { return false }
    return left.revision == right.revision && left.author == right.author && left.fault == right.fault
  }
}

// MARK: Kinds

extension Part {
  // A kind's values are copied out, changed and put back: they hold no memory of their own, so this allocates nothing.

  /// The switch that it is, or nil; to be set only if it is one, as the five below.
  var asSwitch: Switch? {
    #if hasFeature(Embedded)
      @inline(never)
    #endif
    get { if case .switch(let part) = kind { part } else { nil } }
    #if hasFeature(Embedded)
      @inline(never)
    #endif
    set { if let newValue { kind = .switch(newValue) } }
  }
  var asLight: Light? {
    get { if BuildFlags.hasLights, case .light(let part) = kind { part } else { nil } }
    set { if let newValue { kind = .light(newValue) } }
  }
  var asButton: Button? {
    #if hasFeature(Embedded)
      @inline(never)
    #endif
    get { if case .button(let part) = kind { part } else { nil } }
    #if hasFeature(Embedded)
      @inline(never)
    #endif
    set { if let newValue { kind = .button(newValue) } }
  }
  var asContact: Contact? {
    get { if BuildFlags.hasContacts, case .contact(let part) = kind { part } else { nil } }
    set { if let newValue { kind = .contact(newValue) } }
  }
  var asSensor: Sensor? {
    get { if BuildFlags.hasSensors, case .sensor(let part) = kind { part } else { nil } }
    set { if let newValue { kind = .sensor(newValue) } }
  }
  var asNumber: Number? {
    get { if BuildFlags.hasNumbers, case .number(let part) = kind { part } else { nil } }
    set { if let newValue { kind = .number(newValue) } }
  }
}

// MARK: JSON

extension Part {
  /// Writes its kind, its label and its options as members of the object that has been begun.
  public func writeDescription(to json: inout JSONWriter) {
    json.member("kind", kindName)
    json.member("label", label.span)
    if !group.isEmpty { json.member("group", group.span) }
    if !deviceClass.isEmpty { json.member("device_class", deviceClass.span) }
    if !unit.isEmpty { json.member("unit", unit.span) }
    if isForAdmins { json.member("access", "admin") }
    switch kind {
    case .switch(let part): part.writeDescription(to: &json)
    case .light(let part): part.writeDescription(to: &json)
    case .button(let part): part.writeDescription(to: &json)
    case .number(let part): part.writeDescription(to: &json)
    case .contact, .sensor: break
    }
    guard BuildFlags.hasInterlocks, !interlock.isEmpty else { return }
    json.name("interlock")
    json.beginArray()
    for name in interlock { json.value(name.span) }
    json.endArray()
  }

  /// Writes its values, the author of its last change and its fault as members of the object that has been begun.
  #if hasFeature(Embedded)
    @inline(never)
  #endif
  public func writeValues(to json: inout JSONWriter, now: MonotonicTime) {
    switch kind {
    case .switch(let part): part.writeValues(to: &json)
    case .light(let part): part.writeValues(to: &json)
    case .button(let part): part.writeValues(to: &json)
    case .contact(let part): part.writeValues(to: &json)
    case .sensor(let part): part.writeValues(to: &json)
    case .number(let part): part.writeValues(to: &json)
    }
    if let left = left(at: now) { json.member("left", left.count) }
    author?.write(to: &json)
    if !fault.isEmpty { json.member("fault", fault.span) }
  }
}
