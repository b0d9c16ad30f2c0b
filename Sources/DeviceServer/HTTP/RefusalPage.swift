// SPDX-License-Identifier: MIT

// The small page that says why a request was refused, for people: a browser shows it in place of JSON. It needs nothing
// from this server, which may not answer for anything else under that name, and its policy allows the one style that is
// in it, by its SHA-256 (Content Security Policy level 3, section 2.3.1), and no more.

#if !WITHOUT_REFUSAL_PAGES
  import Bytes
  import HTTPCore

  enum RefusalPage {
    /// The policy of these pages, up to the origins that may frame them. `scripts/drive` checks that the hash is the
    /// style's.
    static let policyStart: StaticString = """
      default-src 'none'; style-src 'sha256-kUyxu4WMNAstwKlJgzAsc7SZPGMy2vnoCy+NXZ2V4lA='; base-uri 'none'; \
      form-action 'none'; frame-ancestors
      """

    private static let start: StaticString = """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
      <style>:root{color-scheme:light dark}\
      body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;\
      padding:0 1.5rem;overflow-wrap:anywhere}\
      h1{font-size:1.4rem}</style>
      <title>
      """

    /// Appends the page; `words` are plain text, which is escaped here.
    static func append(_ status: HTTPStatus, _ words: Span<UInt8>, to page: inout [UInt8]) {
      page.append(start)
      appendTitle(status, to: &page)
      page.append("</title></head>\n<body><h1>")
      appendTitle(status, to: &page)
      page.append("</h1><p>")
      Template.appendEscaped(words, to: &page)
      page.append("</p></body></html>\n")
    }

    private static func appendTitle(_ status: HTTPStatus, to page: inout [UInt8]) {
      page.append(decimal: status.code)
      page.append(" ")
      page.append(status.reason)
    }
  }
#endif
