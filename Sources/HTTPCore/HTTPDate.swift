// SPDX-License-Identifier: MIT

// The date of a response as it goes on the wire: IMF-fixdate, always 29 bytes (RFC 9110 section 5.6.7). It is made from
// a count of seconds that the caller passes in; nothing here reads a clock. A table of names and a little arithmetic: a
// String or a calendar would add more code than the whole server has.

/// A date in HTTP's preferred form, `Sun, 06 Nov 1994 08:49:37 GMT`.
public struct HTTPDate: Sendable {
  private var text = InlineArray<29, UInt8>(repeating: UInt8(ascii: " "))

  /// The date so many seconds after the beginning of 1970, leap seconds not counted, as clocks of POSIX do.
  ///
  /// What lies before 1970 becomes its first second, what has a year of five digits the last of 9999.
  public init(secondsSince1970 seconds: Int64) {
    let seconds = UInt64(min(max(seconds, 0), 253_402_300_799))
    let days = UInt32(seconds / 86_400)
    let time = UInt32(seconds % 86_400)
    let date = CivilDate(daysSince1970: days)
    put(name: (days + 4) % 7, of: "SunMonTueWedThuFriSat", at: 0)  // 1970 began with a Thursday
    text[3] = UInt8(ascii: ",")
    put(date.day, at: 5..<7)
    put(name: date.month - 1, of: "JanFebMarAprMayJunJulAugSepOctNovDec", at: 8)
    put(date.year, at: 12..<16)
    put(time / 3600, at: 17..<19)
    text[19] = UInt8(ascii: ":")
    put(time / 60 % 60, at: 20..<22)
    text[22] = UInt8(ascii: ":")
    put(time % 60, at: 23..<25)
    put(name: 0, of: "GMT", at: 26)
  }

  /// The 29 bytes.
  public var bytes: Span<UInt8> {
    @_lifetime(borrow self) get { text.span }
  }

  /// Writes one of the names, of three letters each.
  private mutating func put(name: UInt32, of names: StaticString, at start: Int) {
    names.withUTF8Buffer { names in
      for offset in 0..<3 { text[start + offset] = names[3 * Int(name) + offset] }
    }
  }

  /// Writes the last digits of a number, as many as there are places.
  private mutating func put(_ number: UInt32, at places: Range<Int>) {
    var rest = number
    for place in places.reversed() {
      text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}

/// A day of the Gregorian calendar.
///
/// The year is reckoned from March, so that a leap day is its last and no month needs a table: five months have 153
/// days, whichever they are. (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.)
private struct CivilDate {
  let year: UInt32
  /// 1 for January.
  let month: UInt32
  let day: UInt32

  init(daysSince1970 days: UInt32) {
    let days = days + 719_468  // since the first of March of the year 0
    let era = days / 146_097  // 400 years
    let dayOfEra = days % 146_097
    let leapDays = dayOfEra / 1460 + dayOfEra / 146_096 - dayOfEra / 36_524
    let yearOfEra = (dayOfEra - leapDays) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  }
}
