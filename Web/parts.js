// SPDX-License-Identifier: MIT
//
// The kinds of parts that the page knows, a line for each, and what concerns several of them.

import './parts/switch.js';
import './parts/light.js';
import './parts/button.js';
import './parts/remote-button.js';
import './parts/contact.js';
import './parts/sensor.js';
import './parts/number.js';
import './parts/timer.js';
import './parts/login.js';
