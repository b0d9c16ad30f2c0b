// SPDX-License-Identifier: MIT
//
// How long the page waits for what, in milliseconds, and how much it keeps.

export const timeouts = {
  words: 3000, // for the file of another language, before the page goes on in English
  open: 5000, // from opening a socket to its hello: a phone can leave one CONNECTING forever
  ask: 2500, // for an answer over HTTP, until it is asked again: with reconnectLeast less than 3 seconds
  ping: 5000, // between our pings while visible
  pong: 4000, // for an answer to a ping
  probe: 1500, // the same, when the socket is suspected to have died unseen
  silence: 12000, // without any message
  grace: 2000, // from not answering to giving the socket up
  hidden: 30000, // until a hidden page gives its slot back
  away: 10000, // hidden longer than this: the socket is suspect
  jump: 15000, // a clock that jumps further has slept
  steady: 10000, // live this long: the back-off starts afresh
  reconnectLeast: 150, // back-off: random(reconnectLeast, min(reconnectCap, reconnectBase * 2^n))
  reconnectBase: 500,
  reconnectCap: 2500, // a device that is back is found within 3 seconds; it is asked over HTTP, which costs it little
  offline: 10000, // until a browser that says it is offline tries all the same
  ring: 150, // until a command without an answer shows a ring
  revert: 2000, // until it is taken back
  notice: 6000, // how long a failure stays on the page
  quiet: 5000, // between two announcements to a screen reader
  drag: 1000, // changes of one value that follow each other sooner are listed as one
  changes: 20, // how many changes are listed
};
