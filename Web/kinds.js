// SPDX-License-Identifier: MIT
//
// The table of the kinds of parts. Each file in parts/ enters its kind here: what a row of that kind says, has and
// does beyond what all rows share. A new kind is a file there and a line in parts.js. scripts/build-page leaves out
// the kinds that a board has no channels for; a part of a kind that is not here is a row with a label and `unknown`.
//
// A kind is an object; it has of these what it needs:
//
//   isLamp               it is on or off, and a tap turns it round
//   isQuiet, isDragged   its changes are listed but not announced; those that follow each other are listed as one
//   values               the names of what a state says of it; all else is its description
//   word(part)           what its row says, unless the part is gone
//   difference(was, is)  what changed, in words, if that is worth a line; without it any of its values is
//   refusal(part, asked) why the device is not asked for that; nothing if it is
//   view(s, name, part)  what its row shows besides
//   complete(row, part)  adds the controls that need JavaScript
//   draw(row, part)      shows the part in them
//   on                   what its row does, by the type of the browser's event: (event, row, send)
//   listen(send)         called once, for what happens outside of its rows
//
// What it adds to the reducer and to the shell stands in the other three tables, and what concerns parts of several
// kinds in the two lists.

export const kinds = {};
export const events = {}; // of the reducer: (s, event)
export const expired = {}; // what a timer does, by the first word of its name: (s, the rest of its name)
export const perform = {}; // the effects, which the shell carries out: (effect, send)
export const greeted = []; // what a hello says of this screen: (s, message)
export const heard = []; // what a message says of a part: (s, its name, what it says)
export const added = []; // words behind those of a row: (s, name, part)
export const barred = []; // whether this screen may not use a part: (s, part)
export const ended = []; // what the end of a socket, or the answer to a question, means besides: (s, its code or status)

export const kindOf = ({ kind }) => kinds[kind] ?? {};
