// SPDX-License-Identifier: MIT

import { byId } from '../browser.js';

byId('status');
