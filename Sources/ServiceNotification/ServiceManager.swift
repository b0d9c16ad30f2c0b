// SPDX-License-Identifier: MIT

// What a service says to systemd, and what systemd gives it: readiness, the watchdog, descriptors that outlive the
// program. It is a small protocol over a datagram socket, so no library is needed for it.
// Rule: where no manager asks for it, everything here does nothing; nothing that fails here is a reason to stop.
// Source: sd_notify(3), sd_watchdog_enabled(3), sd_pid_notify_with_fds(3), sd_listen_fds_with_names(3).

public import SystemCalls
public import Timebase

/// The service manager that started this program, if there is one.
public struct ServiceManager: ~Copyable, Sendable {
  /// How often `.watchdog` is to be sent: twice in the time after which the manager takes the program for hung. Nil if
  /// it does not watch this program.
  public let watchdogInterval: Milliseconds?
  private let socket: NotificationSocket?
  private var stored: [StoredDescriptor]

  /// The manager that the environment names. The variables are removed, and the descriptors closed to programs that
  /// are started later, so that none takes them for its own.
  ///
  /// Only one instance gets them. Make it first of all, while the program has one thread: the environment may not be
  /// changed while another thread reads it.
  public init() {
    self.init(ServiceEnvironment(process: getpid(), taking: ServiceEnvironment.takeVariable))
  }

  init(_ environment: ServiceEnvironment, firstDescriptor: Int32 = 3) {
    socket = environment.socket.flatMap { NotificationSocket($0) }
    watchdogInterval = environment.watchdogInterval
    stored = StoredDescriptor.handedOver(as: environment.descriptorNames, from: firstDescriptor)
  }

  deinit { for descriptor in stored { close(descriptor.number) } }

  /// Tells the manager one thing or several in one message, without waiting; returns why it did not get it, if so.
  /// Nothing happens without a manager. `EAGAIN` means that it is behind: try again later.
  @discardableResult
  public func notify(_ states: ServiceState...) -> SystemError? {
    socket?.send(states.map(\.assignment).joined(separator: "\n"))
  }

  /// Gives the manager a copy of `descriptor` to hold while the program is not running; the program keeps its own. The
  /// manager hands it to the next run under `name`, which is ASCII without colons and control characters, at most 255
  /// bytes; another name is answered with `EINVAL`.
  ///
  /// The unit must allow it (`FileDescriptorStoreMax=`). The manager does not hold the same open file twice, and lets
  /// one go that reports an error or its end.
  @discardableResult
  public func store(descriptor: Int32, name: String) -> SystemError? {
    guard StoredDescriptor.isValid(name: name) else { return SystemError(code: EINVAL) }
    return socket?.send("FDSTORE=1\nFDNAME=\(name)", passing: descriptor)
  }

  /// Has the manager close all that it holds under `name`.
  @discardableResult
  public func remove(_ name: String) -> SystemError? {
    guard StoredDescriptor.isValid(name: name) else { return SystemError(code: EINVAL) }
    return socket?.send("FDSTOREREMOVE=1\nFDNAME=\(name)")
  }

  /// Gives `body` each descriptor that the manager has handed over, with its name: those that `store` gave it, and the
  /// sockets of a socket unit. One without a name is called `unknown`. They are given once; those that are never taken
  /// are closed with the manager's end.
  public mutating func takeStored(_ body: (_ name: String, _ descriptor: consuming Descriptor) -> Void) {
    let taken = stored
    stored = []
    for descriptor in taken { body(descriptor.name, Descriptor(owning: descriptor.number)) }
  }
}
