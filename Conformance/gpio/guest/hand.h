// SPDX-License-Identifier: MIT

// The experimenter's hand in the machine: what its parts share. See hand.c for the protocol.

#ifndef HAND_H
#define HAND_H

#include <stddef.h>
#include <stdint.h>

/// What a command answers: text that grows.
struct answer {
  char *bytes;
  size_t count, capacity;
};

/// A command. `words` is the rest of its line. True if it was done; false if not, and the answer says why.
typedef int command(char *words, struct answer *answer);

command do_press, do_bounce, do_hold, do_let_go, do_page;       // pins.c, page.c
command do_start, do_wait, do_signal, do_watch, do_next_event;  // programs.c
command do_lamp, do_lamp_shows, do_lamp_ends;                   // channels.c
command do_manage, do_manage_no_more, do_notices, do_deaf;      // manager.c

void append(struct answer *answer, const void *bytes, size_t count);

/// Appends as printf does.
__attribute__((format(printf, 2, 3))) void say(struct answer *answer, const char *format, ...);

/// Says what went wrong and why (errno); returns false, for a command to return.
int fails(struct answer *answer, const char *what);

/// The next word of a line that is used up by that; NULL at its end.
char *next_word(char **words);

/// The next word as a number; -1 if there is none.
long long next_number(char **words);

/// Nanoseconds on the one clock of the machine, CLOCK_MONOTONIC: that of the kernel's edge events, too.
int64_t now(void);

void sleep_until(int64_t time);

/// Puts this thread before all ordinary ones, and behind the kernel's own for interrupts.
void hurry(void);

/// Opens gpio-sim's `pull` of a line, whose button is pressed and released by `set_pressed`; -1 if it cannot.
int open_pull(const char *path);

void set_pressed(int pull, int is_pressed);

/// Gives the program that is about to be executed what a service manager gives a service, if there is one.
void hand_over(void);

#endif
