// SPDX-License-Identifier: MIT

// The button under the finger, through gpio-sim's `pull`, and a line that somebody else has.
//
// A press that bounces is a burst of edges at each end: an odd number of them, so that the last leaves the new level,
// at random moments within `burst` microseconds; the bursts of several buttons lie one in another. Where the machine
// was held up in a burst, one of its levels may stand long enough to count by itself, and rightly so; the answer tells
// how long the longest one stood.

#include <fcntl.h>
#include <linux/gpio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "hand.h"

int open_pull(const char *path) { return path == NULL ? -1 : open(path, O_WRONLY | O_CLOEXEC); }

void set_pressed(int pull, int is_pressed) {
  const char *word = is_pressed ? "pull-down" : "pull-up";
  pwrite(pull, word, strlen(word), 0);
}

int do_press(char *words, struct answer *answer) {
  char *path = next_word(&words);
  int pull = open_pull(path);
  if (pull < 0) return fails(answer, "pull");
  int64_t hold = next_number(&words) * 1000;
  hurry();
  int64_t start = now();  // before the edge: a stall between the two must make the press longer, not shorter
  set_pressed(pull, 1);
  sleep_until(now() + hold);
  set_pressed(pull, 0);
  int64_t end = now();
  close(pull);
  say(answer, "%lld", (long long)((end - start) / 1000));
  return 1;
}

// MARK: Bounces

enum { most_lines = 8, most_edges = 9 };

struct bounces {
  uint64_t random;
  int64_t burst;          // ns, from the first edge to the last
  int64_t longest_burst;  // ns, as it came out
  int64_t longest_level;  // ns that a level of one line stood within a burst
  long edges;
};

// An edge that is to come.
struct edge {
  int64_t moment;  // ns after the beginning of the burst
  int line, is_back;
};

// xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled").
static uint64_t draw(struct bounces *bounces, uint64_t bound) {
  uint64_t state = bounces->random;
  state ^= state >> 12;
  state ^= state << 25;
  state ^= state >> 27;
  bounces->random = state;
  return (state * UINT64_C(2685821657736338717) >> 32) % bound;
}

static int ascending(const void *left, const void *right) {
  int64_t a = ((const struct edge *)left)->moment, b = ((const struct edge *)right)->moment;
  return (a > b) - (a < b);
}

// The edges of all lines in order of time; how many they are.
static int plan(struct edge *edges, int lines, struct bounces *bounces) {
  int all = 0;
  for (int line = 0; line < lines; line++) {
    int count = 1 + 2 * (int)draw(bounces, most_edges / 2 + 1);
    for (int index = 0; index < count; index++) {
      // A burst of a single line begins at once; those of several begin at any moment.
      int64_t moment = index == 0 && lines == 1 ? 0 : (int64_t)draw(bounces, (uint64_t)bounces->burst);
      edges[all++] = (struct edge){.moment = moment, .line = line};
    }
  }
  qsort(edges, (size_t)all, sizeof *edges, ascending);
  int seen[most_lines] = {0};
  for (int index = 0; index < all; index++) edges[index].is_back = seen[edges[index].line]++ % 2;
  return all;
}

static void bounce_to(const int *pulls, int lines, int is_pressed, struct bounces *bounces) {
  struct edge edges[most_lines * most_edges];
  int count = plan(edges, lines, bounces);
  int64_t start = now(), last[most_lines] = {0};
  for (int index = 0; index < count; index++) {
    struct edge edge = edges[index];
    while (now() < start + edge.moment) continue;  // who sleeps may be woken late
    set_pressed(pulls[edge.line], edge.is_back ? !is_pressed : is_pressed);
    int64_t time = now();
    if (last[edge.line] > 0 && time - last[edge.line] > bounces->longest_level) {
      bounces->longest_level = time - last[edge.line];
    }
    last[edge.line] = time;
  }
  if (now() - start > bounces->longest_burst) bounces->longest_burst = now() - start;
  bounces->edges += count;
}

int do_bounce(char *words, struct answer *answer) {
  struct bounces bounces = {.random = (uint64_t)next_number(&words) * 2 + 1};
  long long count = next_number(&words);
  bounces.burst = next_number(&words) * 1000;
  int64_t hold = next_number(&words) * 1000, gap = next_number(&words) * 1000;
  int pulls[most_lines], lines = 0, is_done = bounces.burst > 0 && hold >= 0 && gap >= 0;
  for (char *path; is_done && lines < most_lines && (path = next_word(&words)) != NULL;) {
    pulls[lines] = open_pull(path);
    if (pulls[lines] < 0) is_done = fails(answer, path);
    else lines += 1;
  }
  if (!is_done || lines == 0) say(answer, " bounce SEED COUNT BURST HOLD GAP PULL...");
  hurry();
  for (long long press = 0; is_done && press < count; press++) {
    bounce_to(pulls, lines, 1, &bounces);
    sleep_until(now() + hold);
    bounce_to(pulls, lines, 0, &bounces);
    sleep_until(now() + gap);
  }
  for (int line = 0; line < lines; line++) close(pulls[line]);
  if (!is_done || lines == 0) return 0;
  say(answer, "%ld %lld %lld", bounces.edges, (long long)(bounces.longest_burst / 1000),
      (long long)(bounces.longest_level / 1000));
  return 1;
}

// MARK: A line of somebody else

static int held_line = -1;

int do_hold(char *words, struct answer *answer) {
  char *device = next_word(&words);
  struct gpio_v2_line_request request = {.num_lines = 1, .config.flags = GPIO_V2_LINE_FLAG_INPUT};
  request.offsets[0] = (uint32_t)next_number(&words);
  strncpy(request.consumer, words == NULL ? "" : words, sizeof request.consumer - 1);
  int chip = device == NULL ? -1 : open(device, O_RDWR | O_CLOEXEC);
  if (chip < 0) return fails(answer, "hold");
  int is_held = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) == 0 || fails(answer, "hold");
  close(chip);
  if (is_held) held_line = request.fd;
  return is_held;
}

int do_let_go(char *words, struct answer *answer) {
  (void)words;
  return close(held_line) == 0 || fails(answer, "let_go");
}
