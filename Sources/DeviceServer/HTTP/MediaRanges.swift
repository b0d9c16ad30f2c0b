// SPDX-License-Identifier: MIT

// Which form of an error its reader wants: `Accept` with its weights (RFC 9110 sections 12.4.2 and 12.5.1). Of two
// ranges that fit a type, the more exact one counts. A browser that opens a page ranks HTML above all others; scripts,
// curl and the pages' own requests do not.

#if !WITHOUT_REFUSAL_PAGES
  import Bytes
  import HTTPCore

  enum MediaRanges {
    /// Whether the sender would rather have HTML than JSON; one without preference gets JSON.
    static func prefersHTML(_ head: RequestHead) -> Bool {
      var html = Weight()
      var json = Weight()
      head.forEachElement(of: "Accept") { element in
        let end = element.firstIndex(of: UInt8(ascii: ";")) ?? element.count
        let range = element.extracting(0..<end).trimmed
        guard let value = weight(in: element.extracting(end..<element.count)) else { return }
        html.note(value, exactness(of: range, for: "text/html", in: "text/*"))
        json.note(value, exactness(of: range, for: "application/json", in: "application/*"))
      }
      return html.value > json.value
    }

    /// The weight of a type, in thousandths, by the most exact range so far.
    private struct Weight {
      var value = 0
      var exactness = 0

      mutating func note(_ value: Int, _ exactness: Int) {
        guard exactness > 0, exactness >= self.exactness else { return }
        self.value = exactness > self.exactness ? value : max(value, self.value)
        self.exactness = exactness
      }
    }

    /// 3 for the type itself, 2 for all of its kind, 1 for all, 0 for others.
    private static func exactness(of range: Span<UInt8>, for type: StaticString, in kind: StaticString) -> Int {
      if range.equalsIgnoringCase(type) { return 3 }
      if range.equalsIgnoringCase(kind) { return 2 }
      return range.equals("*/*") ? 1 : 0
    }

    /// The weight among these parameters (`;q=0.8`), in thousandths; 1000 without one, nil if it is malformed.
    private static func weight(in parameters: Span<UInt8>) -> Int? {
      var start = 1
      while start < parameters.count {
        let end = parameters.firstIndex(of: UInt8(ascii: ";"), from: start) ?? parameters.count
        let parameter = parameters.extracting(start..<end).trimmed
        if parameter.count >= 2, parameter.extracting(first: 2).equalsIgnoringCase("q=") {
          return thousandths(parameter.extracting(droppingFirst: 2))
        }
        start = end + 1
      }
      return 1000
    }

    /// `0`, `0.5`, `1.000`: at most three digits behind the point, and at most 1.
    private static func thousandths(_ text: Span<UInt8>) -> Int? {
      guard 1...5 ~= text.count, text[0] == UInt8(ascii: "0") || text[0] == UInt8(ascii: "1"),
        text.count == 1 || text[1] == UInt8(ascii: ".")
      else { return nil }
      var value = Int(text[0] - UInt8(ascii: "0"))
      for place in 2..<5 {
        var digit: UInt8 = 0
        if place < text.count {
          guard text[place].isASCIIDigit else { return nil }
          digit = text[place] - UInt8(ascii: "0")
        }
        value = value * 10 + Int(digit)
      }
      return value <= 1000 ? value : nil
    }
  }
#endif
