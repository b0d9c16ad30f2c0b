// SPDX-License-Identifier: MIT
//
// What the page says, in the language of its reader. English stands in the sources: t`…` is a phrase of them,
// t([word]) a word that is in a variable. Of another language `words/` has a file, from each phrase, with {0}, {1} for
// what stands in it, to its translation; what is missing there is said in English. From a page without translations
// scripts/build-page takes these marks away.

const spoken = { phrases: new Map() }; // and `numbers`, where it is not English

// Speaks another language from now on: a table of its phrases, and its tag, for numbers (RFC 5646). If either is no
// such thing this throws, and the page goes on as before.
export function speak(table, tag) {
  const phrases = new Map(Object.entries(table));
  const numbers = new Intl.NumberFormat(tag, { maximumFractionDigits: 20, useGrouping: false });
  Object.assign(spoken, { phrases, numbers });
}

// A number in a phrase is written as the language has it.
const written = (value) => (typeof value === 'number' ? spoken.numbers?.format(value) : undefined) ?? value;

export function t(pieces, ...values) {
  const key = pieces.reduce((text, piece, n) => text + '{' + (n - 1) + '}' + piece);
  const phrase = spoken.phrases.get(key) ?? key;
  if (!values.length) return phrase;
  const [first, ...others] = phrase.split('{');
  return others.reduce((text, other) => text + written(values[other[0]]) + other.slice(2), first);
}
