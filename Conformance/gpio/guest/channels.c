// SPDX-License-Identifier: MIT

// An LED of the kernel whose driver is this program: what the kernel wants it to show can be asked for here.
// Source: Linux, Documentation/leds/uleds.rst.

#include <errno.h>
#include <fcntl.h>
#include <linux/uleds.h>
#include <string.h>
#include <unistd.h>

#include "hand.h"

static int lamp = -1, shown;

// lamp NAME MAX: there is an LED of that name, with so many steps.
int do_lamp(char *words, struct answer *answer) {
  struct uleds_user_dev device = {0};
  char *name = next_word(&words);
  if (name == NULL || lamp >= 0) {
    say(answer, "lamp NAME MAX, once");
    return 0;
  }
  strncpy(device.name, name, sizeof device.name - 1);
  device.max_brightness = (int)next_number(&words);
  lamp = open("/dev/uleds", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  shown = 0;
  if (lamp >= 0 && write(lamp, &device, sizeof device) == sizeof device) return 1;
  fails(answer, "/dev/uleds");
  if (lamp >= 0) close(lamp);
  lamp = -1;
  return 0;
}

// What it was told to show last.
int do_lamp_shows(char *words, struct answer *answer) {
  (void)words;
  int level;
  while (lamp >= 0 && read(lamp, &level, sizeof level) == sizeof level) shown = level;
  say(answer, "%d", shown);
  return 1;
}

// It is gone.
int do_lamp_ends(char *words, struct answer *answer) {
  (void)words;
  int is_done = close(lamp) == 0 || fails(answer, "lamp_ends");
  lamp = -1;
  return is_done;
}
