// SPDX-License-Identifier: MIT

// The button under the finger, through gpio-sim's `pull`, and a line that somebody else has.
//
// A press that bounces is a burst of edges at each end: an odd number of them, so that the last leaves the new level,
// at random moments within `burst` microseconds; the bursts of several buttons lie one in another. Where the machine
// was held up in a burst, one of its levels stands long enough to count by itself, and rightly so. So the answer tells
// how many presses there were, by the times of the edges as they came out, and how many levels stood so nearly as long
// as the debounce that nobody can tell from here.

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

// A line, and what a button on it has made of its edges so far.
struct line {
  int pull, level, is_pressed;
  int64_t before, after;  // its last edge came between these two
  long presses;
};

struct bounces {
  struct line lines[most_lines];
  int count;  // of lines
  int64_t debounce;  // ms
  uint64_t random;
  int64_t burst;          // ns, from the first edge to the last
  int64_t longest_burst;  // ns, as it came out
  long edges, doubts;
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
static int plan(struct edge *edges, struct bounces *bounces) {
  int all = 0;
  for (int line = 0; line < bounces->count; line++) {
    int count = 1 + 2 * (int)draw(bounces, most_edges / 2 + 1);
    for (int index = 0; index < count; index++) {
      // A burst of a single line begins at once; those of several begin at any moment.
      int64_t moment = index == 0 && bounces->count == 1 ? 0 : (int64_t)draw(bounces, (uint64_t)bounces->burst);
      edges[all++] = (struct edge){.moment = moment, .line = line};
    }
  }
  qsort(edges, (size_t)all, sizeof *edges, ascending);
  int seen[most_lines] = {0};
  for (int index = 0; index < all; index++) edges[index].is_back = seen[edges[index].line]++ % 2;
  return all;
}

static int64_t milliseconds(int64_t time) { return time / 1000000; }

// The level that stood until now has an end, or the next edge is far away: does it count?
static void judge(struct line *line, int64_t end_before, int64_t end_after, struct bounces *bounces) {
  if (line->level == line->is_pressed) return;
  // As the program counts: in whole milliseconds of the times at which the kernel saw the edges.
  int64_t least = milliseconds(end_before) - milliseconds(line->after);
  int64_t most = milliseconds(end_after) - milliseconds(line->before);
  if (least > bounces->debounce) {
    line->is_pressed = line->level;
    line->presses += line->level;
  } else if (most > bounces->debounce) {
    bounces->doubts += 1;
  }
}

static void bounce_to(int is_pressed, struct bounces *bounces) {
  struct edge edges[most_lines * most_edges];
  int count = plan(edges, bounces);
  int64_t start = now();
  for (int index = 0; index < count; index++) {
    struct line *line = &bounces->lines[edges[index].line];
    while (now() < start + edges[index].moment) continue;  // who sleeps may be woken late
    int64_t before = now();
    int level = edges[index].is_back ? !is_pressed : is_pressed;
    set_pressed(line->pull, level);
    int64_t after = now();
    judge(line, before, after, bounces);
    line->level = level;
    line->before = before;
    line->after = after;
  }
  if (now() - start > bounces->longest_burst) bounces->longest_burst = now() - start;
  bounces->edges += count;
}

static int open_lines(char *words, struct bounces *bounces, struct answer *answer) {
  char *path;
  while ((path = next_word(&words)) != NULL && bounces->count < most_lines) {
    int pull = open_pull(path);
    if (pull < 0) return fails(answer, path);
    bounces->lines[bounces->count++].pull = pull;
  }
  if (bounces->count == 0) say(answer, "bounce DEBOUNCE SEED COUNT BURST HOLD GAP PULL...");
  return bounces->count > 0;
}

int do_bounce(char *words, struct answer *answer) {
  struct bounces bounces = {.debounce = next_number(&words) / 1000};
  bounces.random = (uint64_t)next_number(&words) * 2 + 1;
  long long count = next_number(&words);
  bounces.burst = next_number(&words) * 1000;
  int64_t hold = next_number(&words) * 1000, gap = next_number(&words) * 1000;
  int is_done = bounces.burst > 0 && open_lines(words, &bounces, answer);
  hurry();
  for (long long press = 0; is_done && press < count; press++) {
    bounce_to(1, &bounces);
    sleep_until(now() + hold);
    bounce_to(0, &bounces);
    sleep_until(now() + gap);
  }
  if (is_done) say(answer, "%ld %lld", bounces.edges, (long long)(bounces.longest_burst / 1000));
  for (int index = 0; index < bounces.count; index++) {
    struct line *line = &bounces.lines[index];
    judge(line, INT64_MAX / 2, INT64_MAX / 2, &bounces);  // it is released, and stays so
    close(line->pull);
  }
  if (is_done) say(answer, " %ld", bounces.doubts);
  for (int index = 0; is_done && index < bounces.count; index++) say(answer, " %ld", bounces.lines[index].presses);
  return is_done;
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
