// SPDX-License-Identifier: MIT

// The pages around a login, as they come without JavaScript: the form, who is logged in, and the one on which the owner
// chooses a name and a password. Their words are ours but for names and paths, which are escaped.

import Bytes
import DeviceServer

/// A page of the gatekeeper's.
struct LoginPage {
  /// The way back to the root of the device, `./` or as many `../` as the path of the request is deep: so a page is
  /// right under any prefix.
  let root: [UInt8]
  private(set) var html: [UInt8] = []

  /// A page in answer to a request for `path`.
  init(for path: Span<UInt8>) {
    var depth = -1
    for index in path.indices where path[index] == UInt8(ascii: "/") { depth += 1 }
    root = depth > 0 ? Array(repeatElement(Array("../".utf8), count: depth).joined()) : Array("./".utf8)
  }

  /// How somebody has come here. A session's cookie is `SameSite=Strict`: a request that another site's page has caused
  /// is without it, although its sender may be logged in.
  enum Way {
    /// From this device, by its address, or by a browser that does not say.
    case direct
    /// By a link on a page of another site. The page asks for itself once more, which is a request of its own.
    case link
    /// In a frame on a page of another site, where the cookie is never sent.
    case frame
  }

  /// The form that asks for a name and a password; `next` is where it leads, `problem` what was wrong, if anything.
  mutating func appendForm(next: [UInt8], problem: String = "", way: Way = .direct) {
    begin("Log in", problem)
    switch way {
    case .direct: break
    case .link: append(#"<meta http-equiv="refresh" content="0">"#)
    case .frame:
      append(#"<p>In a frame of another site nobody can log in: <a target="_blank" href=""#, escaped: root)
      append(#"">open the device in a window of its own</a>.</p>"#)
      return
    }
    openForm("login")
    append(#"<input type="hidden" name="next" value=""#, escaped: next, "\">")
    appendField("Name", "name", "username", isFirst: true)
    appendPassword("Password", "password", "current-password")
    close("Log in")
  }

  /// The form of the one-time link.
  mutating func appendOwnerForm(link: [UInt8], name: [UInt8], problem: String = "") {
    begin("Whose device is this?", problem)
    append("<p>Choose a name and a password. Both are needed to use this device from now on.</p>")
    openForm("owner")
    append(#"<input type="hidden" name="link" value=""#, escaped: link, "\">")
    appendField("Name", "name", "username", isFirst: true, value: name)
    appendPassword("Password", "password", "new-password")
    appendPassword("The same again", "again", "new-password")
    close("This is mine")
  }

  /// Who is logged in, and the way out.
  mutating func appendUser(_ name: [UInt8], role: String) {
    begin("Logged in", "")
    append("<p>You are <b>", escaped: name, "</b> (\(role)).</p>")
    openForm("logout")
    close("Log out")
    append(#"<p><a href=""#, escaped: root, #"sessions">Where else?</a> <a href=""#)
    append("", escaped: root, #"">To the device</a></p>"#)
  }

  /// A page without a form.
  mutating func appendWords(_ title: String, _ words: String) {
    begin(title, "")
    append("<p>", escaped: Array(words.utf8), "</p>")
  }

  // MARK: pieces

  mutating func begin(_ title: String, _ problem: String) {
    append(
      #"<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">"#)
    append("<title>\(title)</title>")
    append(#"<link rel="stylesheet" href=""#, escaped: root, #"login.css"><main><h1>\#(title)</h1>"#)
    if !problem.isEmpty { append(#"<p role="alert">"#, escaped: Array(problem.utf8), "</p>") }
  }

  mutating func openForm(_ action: String) {
    append(#"<form method="post" action=""#, escaped: root, "\(action)\">")
  }

  private mutating func appendField(
    _ label: String, _ name: String, _ purpose: String, isFirst: Bool = false, value: [UInt8] = []
  ) {
    append(
      #"<label>\#(label)<input name="\#(name)" autocomplete="\#(purpose)" autocapitalize="none" required value=""#,
      escaped: value, isFirst ? "\" autofocus></label>" : "\"></label>")
  }

  private mutating func appendPassword(_ label: String, _ name: String, _ purpose: String) {
    append(
      #"<label>\#(label)<input type="password" name="\#(name)" autocomplete="\#(purpose)" required></label>"#)
  }

  mutating func close(_ button: String) { append("<button>\(button)</button></form>") }

  mutating func append(_ text: String, escaped: [UInt8] = [], _ rest: String = "") {
    html += text.utf8
    Template.appendEscaped(escaped.span, to: &html)
    html += rest.utf8
  }

  /// The style of these pages, light and dark as the system is.
  static let styleSheet: StaticString = """
    :root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
    main{max-width:20rem;margin:15vh auto 0;padding:0 1rem}
    ul{padding:0;list-style:none}li{margin:1rem 0}
    h1{font-size:1.4rem;font-weight:600}
    label{display:block;margin:1rem 0}
    input,button{display:block;box-sizing:border-box;width:100%;min-height:44px;margin-top:.25rem;padding:.5rem;\
    font:inherit;border:1px solid #888;border-radius:8px}
    button{margin-top:1.5rem;background:#1b5fc4;border-color:#1b5fc4;color:#fff;cursor:pointer}
    [role=alert]{padding:.5rem .75rem;border-left:4px solid #c22}
    """
}
