// SPDX-License-Identifier: MIT

// A part of a file, as players and interrupted downloads ask for it (RFC 9110 section 14): one range of bytes.
// Rule: what is not understood is ignored, so the answer is the whole file, as it is to a client that asks for several
// ranges at once: those are rare, and several small ones could be made to cost more than the file. A server may ignore
// any Range (section 14.2), and it must for every method but GET.

#if !WITHOUT_RANGES
  import Bytes
  import HTTPCore

  enum ByteRange {
    /// What a request asks for.
    enum Wish: Equatable {
      case whole
      case part(Range<Int>)
      /// The range begins behind the end (416, section 15.5.17).
      case unsatisfiable
    }

    /// What of a representation a request asks for.
    ///
    /// - Parameters:
    ///   - count: the representation's length in bytes.
    ///   - tag: its entity tag with its quotation marks; empty if it has none.
    static func wish(of head: RequestHead, count: Int, entityTag tag: Span<UInt8>) -> Wish {
      guard head.method == .get, head.fieldCount("Range") == 1, let range = head.field("Range") else { return .whole }
      if head.fieldCount("If-Range") > 0 {
        // Section 13.1.5: a strong comparison. A date is never the one of `Last-Modified`, which is never sent.
        guard head.fieldCount("If-Range") == 1, let condition = head.field("If-Range"), tag.count > 0,
          condition.equals(tag)
        else { return .whole }
      }
      return wish(of: range, count: count)
    }

    /// What the value of the field asks for: `bytes=first-last`, `bytes=first-` or `bytes=-length` (section 14.1.2).
    static func wish(of range: Span<UInt8>, count: Int) -> Wish {
      guard range.count > 6, range.extracting(0..<6).equalsIgnoringCase("bytes=") else { return .whole }
      let set = range.extracting(droppingFirst: 6).trimmed
      guard let dash = set.firstIndex(of: UInt8(ascii: "-")) else { return .whole }
      let (before, after) = (set.extracting(0..<dash), set.extracting(dash + 1..<set.count))
      guard isNumber(before), isNumber(after), before.count + after.count > 0 else { return .whole }
      if before.isEmpty {
        let length = position(after)
        if length == 0 { return .unsatisfiable }
        // Of nothing there is no range to name, yet the last bytes of it are not out of reach.
        return count == 0 ? .whole : .part(count - min(length, count)..<count)
      }
      let first = position(before)
      let last = after.isEmpty ? Int.max : position(after)
      guard first <= last else { return .whole }
      guard first < count else { return .unsatisfiable }
      return .part(first..<min(last, count - 1) + 1)
    }

    /// Adds `Content-Range` (section 14.4): which part it is, or `*` for none, and of how many bytes.
    static func addContentRange(_ part: Range<Int>?, of count: Int, to response: inout ResponseHead) {
      var value = [UInt8]("bytes ")
      if let part {
        value.append(decimal: UInt(part.lowerBound))
        value.append("-")
        value.append(decimal: UInt(part.upperBound - 1))
      } else {
        value.append("*")
      }
      value.append("/")
      value.append(decimal: UInt(count))
      response.add("Content-Range", value.span)
    }

    private static func isNumber(_ digits: Span<UInt8>) -> Bool {
      for index in digits.indices where !digits[index].isASCIIDigit { return false }
      return true
    }

    /// The number, or the greatest there is.
    private static func position(_ digits: Span<UInt8>) -> Int { Int(clamping: digits.decimalValue ?? .max) }
  }
#endif
