// SPDX-License-Identifier: MIT

// Which mask is best: the one whose code has the least that confuses a reader. Source: ISO/IEC 18004:2015,
// section 7.8.3.1, table 11.

extension QRCode {
  /// The points for all that is bad.
  var penalty: Int {
    var points = 0
    for line in 0..<size {
      points += Self.penalty(of: (0..<size).map { self[line, $0] })
      points += Self.penalty(of: (0..<size).map { self[$0, line] })
    }
    return points + penaltyOfSquares + penaltyOfBalance
  }

  /// Three points for five equal modules in a line and one for each more; 40 for what looks like a finder: dark and
  /// light in the proportions 1:1:3:1:1, with four light ones before or behind it.
  private static func penalty(of line: [Bool]) -> Int {
    var points = 0
    var length = 0
    for (index, module) in line.enumerated() {
      length = index > 0 && line[index - 1] == module ? length + 1 : 1
      if length == 5 { points += 3 } else if length > 5 { points += 1 }
    }
    let finder = [true, false, true, true, true, false, true]
    for start in 0...line.count - finder.count where line[start..<start + finder.count].elementsEqual(finder) {
      let before = (start - 4..<start).contains { 0..<line.count ~= $0 && line[$0] }
      let behind = (start + 7..<start + 11).contains { 0..<line.count ~= $0 && line[$0] }
      if !before || !behind { points += 40 }  // the margin is light
    }
    return points
  }

  /// Three points for each square of two by two equal modules.
  private var penaltyOfSquares: Int {
    var points = 0
    for row in 0..<size - 1 {
      for column in 0..<size - 1 {
        let module = self[row, column]
        if module == self[row, column + 1], module == self[row + 1, column], module == self[row + 1, column + 1] {
          points += 3
        }
      }
    }
    return points
  }

  /// Ten points for each 5 % by which the dark modules are more or less than half.
  private var penaltyOfBalance: Int {
    var dark = 0
    for row in 0..<size {
      for column in 0..<size where self[row, column] { dark += 1 }
    }
    let total = size * size
    return abs(dark * 20 - total * 10) / total * 10
  }
}
