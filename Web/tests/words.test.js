// SPDX-License-Identifier: MIT
//
// The page in other languages: each has all phrases, with the same things in them; what is missing is said in English.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, test } from 'node:test';
import { kinds } from '../kinds.js';
import { speak, t } from '../language.js';
import { sides } from '../parts/contact.js';
import { duration, partWord } from '../words.js';
import { pages, state, stateOf } from './page.js';

const web = new URL('../', import.meta.url);
const read = (path) => readFileSync(new URL(path, web), 'utf8');
const modules = (folder) => readdirSync(new URL(folder, web)).filter((name) => name.endsWith('.js'))
  .map((name) => read(`${folder}${name}`)).join('\n');
const languages = Object.fromEntries(readdirSync(new URL('words/', web))
  .map((name) => [name.replace('.json', ''), JSON.parse(read(`words/${name}`))]));

// What stands in the sources and in the document.
function phrases() {
  const inScripts = [...`${modules('./')}${modules('parts/')}`.matchAll(/\bt`([^`\n]*)`/g)].map(([, phrase]) => {
    let count = 0;
    return phrase.replace(/\$\{.*?\}/g, () => `{${count++}}`);
  });
  const inDocument = [...read('index.html').matchAll(/<(?:button|summary)[^>]*>([^<]+)</g)].map(([, text]) => text);
  return [...inScripts, ...inDocument];
}

// What stands in variables: by whom, the sides of contacts, gestures, what is said about the device, and answers. The
// server's own words are read from its sources.
function swift(path, name) {
  const [, text] = read(`../Sources/${path}`).match(new RegExp(`${name}: StaticString = ("""[^]*?"""|".*")`));
  return text.replaceAll('"', '').replaceAll('\\n', '\n').split('\n').map((line) => line.trim()).filter(Boolean);
}
const authors = swift('Parts/Author.swift', 'names').filter((by) => by !== 'http' && by !== 'mqtt');
const gestures = swift('Parts/Gesture.swift', 'names').filter((name) => name !== 'press' && name !== 'release');
const refusals = [...swift('Parts/Command.swift', 'allWords'), ...swift('Parts/Command.swift', 'overtakenWords')];
const variable = [
  ...authors, ...gestures, ...refusals, ...Object.values(sides).flat(),
  'All places are taken', 'Origin is another site',
  'Address', 'Version', 'Board', 'User', 'Watching', 'Boot', 'Uptime',
];

const untranslated = ['…', '{0}', '{0}\u00a0{1}']; // a comment's, and what has no words
const keys = [...new Set([...phrases(), ...variable])].filter((key) => !untranslated.includes(key)).sort();
const placeholders = (text) => [...text.matchAll(/\{(.*?)\}/g)].map(([, number]) => number).sort();

afterEach(() => speak({}, 'en'));

test('each language has every phrase, and no other', async (suite) => {
  assert.ok(keys.length > 90, `${keys.length} phrases`);
  for (const [language, words] of Object.entries(languages)) {
    await suite.test(language, () => assert.deepEqual(Object.keys(words).sort(), keys));
  }
});

test('a translation has what its phrase has, is not empty, and no markup', () => {
  for (const [language, words] of Object.entries(languages)) {
    for (const [phrase, translation] of Object.entries(words)) {
      assert.deepEqual(placeholders(translation), placeholders(phrase), `${language}: ${phrase}`);
      assert.doesNotMatch(translation, /^$|[&"`>$]|<(?!\s)/, `${language}: ${phrase}`);
      assert.equal(translation.startsWith(' '), phrase.startsWith(' '), `${language}: ${phrase}`);
    }
  }
});

test('the page asks for the languages that there are, and the builder has each', () => {
  const [, asked] = read('translations.js').match(/const languages = \[(.*)\];/);
  assert.deepEqual(asked.match(/\w+/g), ['en', ...Object.keys(languages)]);
  const builder = read('../scripts/build-page');
  for (const language of Object.keys(languages)) assert.ok(builder.includes(`"words/${language}.json"`), language);
});

// The page has a phrase for one screen and one for more.
test('one and more are all the plural forms of each language up to a thousand', () => {
  for (const language of Object.keys(languages)) {
    const rules = new Intl.PluralRules(language);
    const hasOne = rules.resolvedOptions().pluralCategories.includes('one');
    for (let count = 1; count < 1000; count += 1) {
      assert.equal(rules.select(count) === 'one', hasOne && count === 1, `${language} ${count}`);
    }
  }
});

test('a phrase that is missing, and a word that is nobody\'s, are said as they are', () => {
  speak({ on: 'an', 'Reconnecting in {0} s': 'Neuer Versuch in {0} s' }, 'de');
  assert.deepEqual([t`on`, t`off`, t(['constructor']), t(['{0}']), t([undefined])],
    ['an', 'off', 'constructor', '{0}', undefined]);
  assert.equal(t`Last change: ${'{1}'}, ${'$&'}`, 'Last change: {1}, $&');
});

test('what stands in a phrase goes where the language wants it, and numbers are written its way', () => {
  speak({ '{0} to {1} in {2}': '{2}で{0}～{1}' }, 'de-CH');
  assert.equal(t`${1} to ${2.5} in ${'x'}`, 'xで1～2.5', 'Swiss numbers have a point');
  speak(languages.de, 'de');
  assert.equal(partWord({ kind: 'sensor', value: 1013.25, unit: 'hPa' }), '1013,25\u00a0hPa');
  assert.equal(partWord({ kind: 'sensor', value: 0.000001 }), '0,000001');
});

test('all that a page says of a German\'s kitchen is German, and names stay', () => {
  speak(languages.de, 'de');
  const page = pages.live();
  assert.equal(page.view.connection, 'Verbunden · <\u00a01\u00a0ms · 1 Bildschirm');
  page.take();
  page.receive(stateOf(42, true, { by: 'timer' })).receive(state(43, { button: { pressed: true, presses: 1 } }));
  assert.deepEqual(page.view.changes.map(({ label, what, by }) => [label, what, by]),
    [['Button', 'gedrückt', undefined], ['LED', 'an', 'durch den Timer']]);
  const said = page.take().filter(({ type }) => type === 'say').map(({ text }) => text);
  assert.deepEqual(said, ['LED an, durch den Timer']);
  page.receive(stateOf(44, false, { by: 'anna' }));
  assert.equal(page.view.changes[0].by, 'durch anna');
  page.send('tap', { part: 'led' }).receive({ type: 'ack', id: 1, error: 'the part does not work at present' });
  assert.equal(page.view.notice, 'LED lehnt ab: das Teil funktioniert derzeit nicht, weiterhin aus');
  assert.equal(pages.waiting({ random: 1 }).view.connection, 'Neuer Versuch in 1\u00a0s');
  assert.equal(pages.refused().view.connection, 'Alle Plätze sind belegt; neuer Versuch folgt');
  assert.equal(duration(90_000_000), '1\u00a0d 1\u00a0h');
});

test('connecting is not announced in another language either', () => {
  speak(languages.fr, 'fr');
  assert.deepEqual(pages.live().take().filter(({ type }) => type === 'say'), []);
});

test('each side of each contact has its word', () => {
  speak(languages.ja, 'ja');
  for (const device_class of [undefined, ...Object.keys(sides)]) {
    const words = [true, false].map((on) => kinds.contact.word({ on, device_class }));
    assert.ok(words.every((word) => word && !/[a-z]/.test(word)), `${device_class}: ${words}`);
    assert.notEqual(...words);
  }
});
