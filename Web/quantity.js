// SPDX-License-Identifier: MIT
//
// A value in words, for the kinds of parts that have one.

// A value with its unit; undefined if it is unknown.
export function quantity({ value, unit }) {
  return value == null ? undefined : unit ? `${value}\u00a0${unit}` : `${value}`;
}
