// SPDX-License-Identifier: MIT

// The tutorial's `%NAME%`, mended: one pass, escaped values, and everything that is not a known name left as it is.

import Bytes
import ConformanceSupport
import DeviceServer
import Testing

@Suite struct TemplateTests {
  /// `A` is "on", `B_2` is "%A%", `MARKUP` and `RAW` are "<a href='x'>&\"" as text and as HTML, `EMPTY` is "".
  private func fill(_ page: String) -> String {
    var output = OutputQueue()
    Template.append(SharedBytes(bytes(page)), to: &output) { name, value in
      switch text([UInt8](name)) {
      case "A": value.append("on")
      case "B_2": value.append("%A%")
      case "MARKUP", "RAW": value.append("<a href='x'>&\"")
      case "EMPTY": break
      default:
        value.append("leftover")
        return nil
      }
      return name.equals("RAW") ? .html : .text
    }
    return written(output)
  }

  @Test(arguments: [
    ("", ""), ("plain", "plain"), ("%A%", "on"), ("x%A%y", "xony"), ("%A%%A%", "onon"), ("%A%%EMPTY%%A%", "onon"),
    ("%B_2%", "%A%"), ("%B_2%A%", "%A%A%"),  // a value is never scanned again, nor joined with what follows
    ("%MARKUP%", "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"), ("<%RAW%>", "<<a href='x'>&\">"),
    ("%UNKNOWN%", "%UNKNOWN%"), ("%UNKNOWN%A%", "%UNKNOWNon"), ("%UNKNOWN%%A%", "%UNKNOWN%on"),
    ("width: 50%; height: 100%", "width: 50%; height: 100%"), ("50%A%", "50on"), ("100% %A% 50%", "100% on 50%"),
    ("%%", "%%"), ("%%A%%", "%on%"), ("%%%A%", "%%on"), ("%", "%"), ("%A", "%A"), ("A%", "A%"), ("%a%", "%a%"),
    ("% A%", "% A%"), ("%A %A%", "%A on"), ("%A\n%", "%A\n%"), ("%B_2", "%B_2"), ("é%A%é", "éoné"),
  ])
  func onePassReplacesKnownNamesOnly(page: String, filled: String) {
    #expect(fill(page) == filled)
  }

  /// What a transport would be given.
  private func written(_ output: consuming OutputQueue) -> String {
    var all: [UInt8] = []
    output.write { span in
      all.append(span)
      return span.count
    }
    return text(all)
  }

  @Test func aNameHasAtMost32Bytes() {
    for length in [31, 32, 33, 40] {
      let name = String(repeating: "N", count: length)
      var asked: [String] = []
      var output = OutputQueue()
      Template.append(SharedBytes(bytes("%\(name)%")), to: &output) { name, value in
        asked.append(text([UInt8](name)))
        value.append("!")
        return .text
      }
      #expect(asked == (length <= 32 ? [name] : []))
      #expect(written(output) == (length <= 32 ? "!" : "%\(name)%"))
    }
  }

  @Test func whatIsBetweenNamesIsOfferedWhereItLies() {
    let page = bytes(String(repeating: "long ", count: 20) + "%A%" + String(repeating: "text ", count: 20))
    let address = page.withUnsafeBufferPointer { $0.baseAddress }
    var output = OutputQueue()
    Template.append(SharedBytes(page), to: &output) { _, value in
      value.append("&")
      return .text
    }
    var offered: [UnsafePointer<UInt8>?] = []
    output.write { span in
      offered.append(span.withUnsafeBufferPointer { $0.baseAddress })
      return span.count
    }
    #expect(offered.count == 3)
    #expect(offered.first == address && offered.last == address.map { $0 + 103 })
  }

  @Test func eachNameIsAskedForOnceWhereItStands() {
    var asked = 0
    var output = OutputQueue()
    Template.append(SharedBytes(bytes("%A%B%C%")), to: &output) { _, _ in
      asked += 1
      return nil
    }
    #expect(asked == 3)
    #expect(written(output) == "%A%B%C%")
  }
}
