// SPDX-License-Identifier: MIT

// What an unknown word was meant to be: the known word with the fewest typing errors between them, if any is near.

/// Finds known words that resemble a mistyped one.
public enum Suggestion {
  /// `; did you mean "click"?`, or a list of what is known if nothing resembles `word`.
  static func words(for word: String, among known: [String]) -> String {
    if let nearest = nearest(to: word, among: known) { return "; did you mean \"\(nearest)\"?" }
    guard !known.isEmpty else { return "" }
    return "; known: \(known.joined(separator: ", "))"
  }

  /// The known word that is nearest to `word`, or nil if none is near.
  public static func nearest(to word: String, among known: [String]) -> String? {
    let typed = folded(word)
    // Nothing resembles a single letter, and no number is a mistyped other one.
    guard typed.count > 1, typed.count <= 64, !typed.allSatisfy(\.isNumber) else { return nil }
    let limit = max(1, typed.count / 3)
    let distances = known.map { (word: $0, distance: distance(typed, folded($0))) }
    // The first of the nearest: `known` is in an order that means something.
    guard let nearest = distances.min(by: { $0.distance < $1.distance }), nearest.distance <= limit else { return nil }
    return nearest.word
  }

  /// Case does not count, nor does the difference between "-", "_" and a space.
  private static func folded(_ word: String) -> [Character] {
    word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }
  }

  /// How many letters must be put in, taken out, replaced or swapped with the next (Damerau and Levenshtein).
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1]
      for column in right.indices {
        let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
