// SPDX-License-Identifier: MIT
// What every client program does, in C and C++: see python/scenario.py.
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind_of_data { NOTHING, TEXT, BINARY, DONE };

struct data {
  enum kind_of_data kind;
  const char *bytes;
  size_t count;
};

static const char *kind, *url, *origin, *authorization;
static const char *sizes; // what is left of them: "125,126"; null if the scenario is another one
static int is_second;     // the message of bytes of a size, not that of text
static int messages;
static char *sample_bytes;

static void begin(int count, char **arguments) {
  kind = arguments[1];
  url = arguments[2];
  origin = count > 3 && *arguments[3] ? arguments[3] : NULL;
  authorization = count > 4 ? arguments[4] : NULL;
  sizes = strncmp(kind, "echo=", 5) == 0 ? kind + 5 : NULL;
}

/// An event, with its words on one line, whichever thread of a library it happens in.
static void say(const char *event, const char *words, size_t count) {
  flockfile(stdout);
  printf(count ? "%s " : "%s", event);
  for (size_t i = 0; i < count; ++i) putchar(words[i] == '\n' || words[i] == '\r' ? ' ' : words[i]);
  putchar('\n');
  fflush(stdout);
  funlockfile(stdout);
}

/// The message of a step: text and bytes of each size in turn.
static struct data sample(void) {
  size_t count = strtoul(sizes, NULL, 10);
  sample_bytes = (char *)realloc(sample_bytes, count);
  for (size_t i = 0; i < count; ++i) sample_bytes[i] = (char)('a' + i % 26);
  struct data data = {NOTHING, sample_bytes, count};
  data.kind = is_second ? BINARY : TEXT;
  return data;
}

/// What to send once the connection is open.
static struct data opened(void) {
  struct data nothing = {NOTHING, NULL, 0};
  say("open", "", 0);
  return sizes ? sample() : nothing;
}

/// What to send after a message; DONE at the end.
static struct data received(int is_text, const char *bytes, size_t count) {
  struct data nothing = {NOTHING, NULL, 0}, done = {DONE, NULL, 0}, toggle = {TEXT, "toggle", 6};
  if (sizes) {
    struct data sent = sample();
    int is_same = count == sent.count && memcmp(bytes, sent.bytes, count) == 0 && is_text == !is_second;
    printf("%s %s %zu\n", is_same ? "echoed" : "garbled", is_second ? "binary" : "text", sent.count);
    fflush(stdout);
    if (is_second) sizes = strchr(sizes, ',');
    is_second = !is_second;
    if (!sizes) return done;
    if (*sizes == ',') ++sizes;
    return sample();
  }
  say("text", bytes, count);
  if (strcmp(kind, "toggle") != 0) return nothing;
  return ++messages == 2 ? done : toggle;
}

static void refused(const char *words) { say("refused", words, strlen(words)); }

/// The end; code 0 if the library shows none.
static void closed(int code, const char *words) {
  char event[16] = "closed -";
  if (code) snprintf(event, sizeof event, "closed %d", code);
  say(event, words, strlen(words));
}

#endif
