// SPDX-License-Identifier: MIT

// The answer that a handler builds. Framing is not its business: the connection adds Content-Length and Connection.

public import Bytes
public import HTTPCore

/// An HTTP response in the making; empty and 200 (OK) until a handler says otherwise.
public struct Response: Sendable {
  /// The status and the fields; framing fields are added when it is sent.
  public var head = ResponseHead(.ok)
  /// The body, unless `send(shared:)` gave one.
  public var body: [UInt8] = []
  /// What is sent in place of `body`, if there is something: of the server's files nothing is copied.
  var content = OutputQueue()

  #if !WITHOUT_REFUSAL_PAGES
    /// The words of `fail`; empty if it was not called.
    private(set) var failure: [UInt8] = []
    /// Whether it is a page of `RefusalPage`.
    private(set) var isRefusalPage = false
  #endif

  #if WITHOUT_LOGIN
    var isToWait: Bool { false }
  #else
    /// Whether nothing is sent now: the handler is called again, with the same request, when the owner calls
    /// `Server.retry`.
    public var isToWait = false
  #endif

  /// Set by the handler of a route made with `Router.events`: which one it is.
  var eventRoute: Int?

  init() {}

  /// The status code.
  public var status: HTTPStatus {
    get { head.status }
    set { head.status = newValue }
  }

  /// Answers with a literal.
  public mutating func send(_ text: StaticString, type: StaticString = MediaType.text) {
    head.add("Content-Type", type)
    body.append(text)
  }

  /// Answers with JSON that `write` appends; never cached.
  @inline(never)
  public mutating func sendJSON(_ write: (inout [UInt8]) -> Void) {
    head.add("Content-Type", MediaType.json)
    head.add("Cache-Control", "no-store")
    write(&body)
  }

  /// Answers with bytes that are held by reference, not copied.
  public mutating func send(shared bytes: SharedBytes, type: StaticString) {
    head.add("Content-Type", type)
    content = OutputQueue(bytes)
  }

  /// Answers with an array that is held by reference, not copied.
  public mutating func send(shared bytes: [UInt8], type: StaticString) {
    send(shared: SharedBytes(bytes), type: type)
  }

  /// Answers with an error and its reason as JSON, `{"error":"…"}`, in place of anything written before.
  ///
  /// The words are plain text; they are escaped for JSON here. Short ones are in the status line, too, which is all that
  /// many clients show.
  public mutating func fail(_ status: HTTPStatus, _ words: StaticString) { fail(status, words.span) }

  /// Answers with an error and its reason, by the same rule; U+FFFD stands for each piece of it that is not UTF-8.
  public mutating func fail(_ status: HTTPStatus, _ words: Span<UInt8>) {
    head = ResponseHead(status)
    head.setReasonPhrase(words)
    body.clear()
    content.removeAll()
    sendJSON { text in
      JSONWriter.append(to: &text) { json in
        json.beginObject()
        json.member("error", words)
        json.endObject()
      }
    }
    #if !WITHOUT_REFUSAL_PAGES
      failure = [UInt8](words)
    #endif
  }

  #if !WITHOUT_REFUSAL_PAGES
    /// Makes a page of what `fail` has said, if it goes to someone who would rather read one.
    mutating func suit(_ head: RequestHead) {
      guard !failure.isEmpty, !isRefusalPage else { return }
      self.head.add("Vary", "Accept")
      guard MediaRanges.prefersHTML(head) else { return }
      self.head.remove("Content-Type")
      self.head.add("Content-Type", MediaType.html)
      var page: [UInt8] = []
      RefusalPage.append(status, failure.span, to: &page)
      body = page
      isRefusalPage = true
    }
  #endif

  /// Sends the browser to another page of ours with GET (303, RFC 9110 section 15.4.4), as after a form.
  public mutating func redirect(to location: StaticString) {
    status = .seeOther
    head.add("Location", location)
  }
}
