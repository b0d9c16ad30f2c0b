// SPDX-License-Identifier: MIT
//
// Of the languages that the reader's browser prefers the first that the page knows. It is fetched, and the rest of the
// page waits for it; without it the page stays English. What the server wrote is translated here, where the script does
// not write it anew.

import { byId, put } from './browser.js';
import { speak, t } from './language.js';
import { timeouts } from './timeouts.js';

const languages = ['en', 'de', 'es', 'fr', 'ja']; // there is a file in words/ for each but the first
const base = (tag) => tag.split('-')[0];

async function translate(tag) {
  try {
    const answer = await fetch(`words/${base(tag)}.json`, { signal: AbortSignal.timeout?.(timeouts.words) });
    if (!answer.ok) return;
    speak(await answer.json(), tag);
  } catch {
    return; // in English, then
  }
  document.documentElement.lang = tag;
  byId('link').dataset.remembered = t`Last known values`;
  for (const node of document.querySelectorAll('#retry, footer summary')) {
    put(node, 'textContent', t([node.textContent]));
  }
  logIn();
  new MutationObserver(logIn).observe(byId('parts'), { childList: true }); // the server makes new rows
}

// The link has a person's name once they have logged in.
function logIn() {
  const link = document.querySelector('[href=login]');
  if (link?.textContent === 'Log in') link.textContent = t`Log in`;
}

const preferred = navigator.languages.find((tag) => languages.includes(base(tag)));
if (preferred && base(preferred) !== 'en') await translate(preferred);
