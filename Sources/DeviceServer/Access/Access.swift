// SPDX-License-Identifier: MIT

// The seam between the server and whatever knows passwords: a function of the router that judges each request and each
// handshake before anything is done for it (RFC 9110 section 11). It must answer at once. If it cannot, since a
// password hash takes a tenth of a second on another thread, it says `wait`: the request stays with its connection, and
// is judged again from the beginning when the owner calls `Server.retry`.

/// What is to become of a request.
public enum Access: Sendable {
  /// It is carried out for this principal.
  case granted(Principal)
  /// The response that was filled in is sent in place of the one that it would get.
  case answered
  /// It waits until `Server.retry` is called with its `Request.connection`, at most `ServerTimeouts.answer`.
  case wait
}

extension Router where Context: ~Copyable {
  /// Judges a request for something that needs the role `needed`; with `answered` it has filled the response.
  ///
  /// The request's `principal` is not known yet. The body of a handshake is empty.
  public typealias AccessHandler = (
    inout Context, borrowing Request, _ needed: Role, inout Response
  ) -> Access

  #if WITHOUT_LOGIN
    @inline(__always)
    func access(_ context: inout Context, _ request: borrowing Request, _ needed: Role, _ response: inout Response)
      -> Access
    { .granted(.everybody) }
  #else
    /// Sets the function that judges requests; without one everybody may do everything.
    public mutating func onAccess(_ handler: @escaping AccessHandler) { accessHandler = handler }

    func access(_ context: inout Context, _ request: borrowing Request, _ needed: Role, _ response: inout Response)
      -> Access
    { accessHandler?(&context, request, needed, &response) ?? .granted(.everybody) }
  #endif
}
