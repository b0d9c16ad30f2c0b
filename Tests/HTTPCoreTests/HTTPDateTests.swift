// SPDX-License-Identifier: MIT

// Dates on the wire: the RFC's own, the edges of years, months and leap years, and every day against a calendar that
// only knows how to turn its page.

import Bytes
import ConformanceSupport
import HTTPCore
import Testing

@Suite struct HTTPDateTests {
  private func text(_ seconds: Int64) -> String {
    String(decoding: [UInt8](HTTPDate(secondsSince1970: seconds).bytes), as: UTF8.self)
  }

  @Test(
    arguments: [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),  // RFC 9110 section 5.6.7
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (59, "Thu, 01 Jan 1970 00:00:59 GMT"),
      (86_399, "Thu, 01 Jan 1970 23:59:59 GMT"),
      (86_400, "Fri, 02 Jan 1970 00:00:00 GMT"),
      (31_535_999, "Thu, 31 Dec 1970 23:59:59 GMT"),
      (68_255_999, "Tue, 29 Feb 1972 23:59:59 GMT"),
      (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),  // a leap year, since 400 divides it
      (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
      (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
      (2_147_483_647, "Tue, 19 Jan 2038 03:14:07 GMT"),  // the last of 32 bits with a sign
      (2_147_483_648, "Tue, 19 Jan 2038 03:14:08 GMT"),
      (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),  // none, since 100 divides it
      (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
      (4_294_967_296, "Sun, 07 Feb 2106 06:28:16 GMT"),  // more than 32 bits
      (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ] as [(Int64, String)])
  func everySecondHasItsDate(seconds: Int64, date: String) {
    #expect(text(seconds) == date)
  }

  @Test func whatHasNoDateGetsTheNearest() {
    #expect(text(-1) == text(0))
    #expect(text(.min) == text(0))
    #expect(text(253_402_300_800) == text(253_402_300_799))
    #expect(text(.max) == text(253_402_300_799))
  }

  @Test func everyDayFollowsTheOneBefore() {
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    var (number, mistakes) = (0, 0)
    for year in 1970...2110 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (month, length) in zip(months, [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
        for day in 1...length {
          let expected = "\(weekdays[number % 7]), \(day < 10 ? "0" : "")\(day) \(month) \(year) 00:00:00 GMT"
          if text(Int64(number) * 86_400) != expected { mistakes += 1 }
          number += 1
        }
      }
    }
    #expect(mistakes == 0)
  }
}
