// SPDX-License-Identifier: MIT
//
// A value in words, for the kinds of parts that have one.

import { t } from './language.js';

// A value with its unit; undefined if it is unknown.
export function quantity({ value, unit }) {
  return value == null ? undefined : unit ? t`${value} ${unit}` : t`${value}`;
}
