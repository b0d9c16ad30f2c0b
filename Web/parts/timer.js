// SPDX-License-Identifier: MIT
//
// The countdown of a switch or a light that turns itself off.

import { added, expired, heard } from '../kinds.js';
import { forget } from '../commands.js';
import { t } from '../language.js';

// 1:02:03 or 2:03.
function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const digits = (n) => `${n % 60}`.padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return [...(hours ? [hours, digits(minutes)] : [minutes]), digits(seconds)].join(':');
}

heard.push((s, name, { left }) => {
  forget(s, `left ${name}`);
  if (left > 0) s.timers[`left ${name}`] = s.now + left;
});

added.push((s, name, { on, fault }) => {
  const end = s.timers[`left ${name}`];
  return end && on && !fault ? t` · off in ${clock(end - s.now)}` : '';
});

expired.left = () => {}; // the device says that it is off
