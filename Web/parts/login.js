// SPDX-License-Identifier: MIT
//
// Where people log in: the device says who they are (`user`) and what they may do (`role`). Who may only look, or is no
// administrator, sees which parts are not theirs to use. When the session has ended the page is loaded anew, and asks.

import { barred, ended, greeted, perform } from '../kinds.js';
import { t } from '../language.js';

greeted.push((s, { user, role }) => {
  delete s.user;
  delete s.role;
  if (!role) return;
  Object.assign(s, { user, role });
  s.about.User = user ? `${user} (${role})` : t`guest`;
});

barred.push(({ role }, { access = 'control' }) => role && role !== 'admin' && role !== access);

ended.push((s, code) => {
  if (code === 1008 || code === 401) s.effects.push({ type: 'reload' });
});

perform.reload = () => location.reload();
