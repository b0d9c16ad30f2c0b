// SPDX-License-Identifier: MIT

// The experimenter's hand in the machine, led from outside: it presses the button, looks at the LED, starts and kills
// the program. Process number one there, so it never ends.
//
// The protocol, over TCP: a line with a command; an answer that begins with a line, `ok COUNT` or `error COUNT`, and
// goes on with so many bytes. A connection has a thread of its own, so one may wait while another does something.
//
//     read PATH                      the file's bytes
//     write PATH TEXT                writes the text to a file that is there
//     shell COMMAND                  what it prints; an error unless its status is 0
//     clock                          now, in microseconds
//     press PULL US                  presses for so long
//     bounce DEBOUNCE SEED COUNT BURST HOLD GAP PULL...   presses all lines at once, with bursts of edges (pins.c)
//     page PORT PULL COUNT HOLD GAP  presses, and how long until a page was told of each (page.c)
//     lamp NAME MAX                  makes an LED of the kernel; lamp_shows, lamp_ends (channels.c)
//     hold DEVICE OFFSET CONSUMER    takes a line from everybody else; let_go gives it back
//     start NAME UID GID PROGRAM WORD...   its output goes to /run/NAME.out and .err; answers its process number
//     wait PID MS                    its end: `exit 0`, `signal 9`; `running` if it did not end in time
//     signal PID NUMBER
//     manage US                      programs are services from now on (manager.c), with so much time for the watchdog
//     manage_no_more                 lets go of what they have stored
//     notices                        what they have said since the last time
//     watch FOLDER                   begins to watch a folder; next_event MS answers what happened in it
//
// Times are in microseconds unless they say MS.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hand.h"

enum { port = 7, longest_line = 16384 };

// MARK: Answers and words

void append(struct answer *answer, const void *bytes, size_t count) {
  if (answer->count + count > answer->capacity) {
    answer->capacity = 2 * (answer->count + count);
    answer->bytes = realloc(answer->bytes, answer->capacity);
    if (answer->bytes == NULL) abort();
  }
  memcpy(answer->bytes + answer->count, bytes, count);
  answer->count += count;
}

void say(struct answer *answer, const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  int count = vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  append(answer, text, (size_t)count < sizeof text ? (size_t)count : sizeof text - 1);
}

int fails(struct answer *answer, const char *what) {
  int error = errno;
  say(answer, "%s: %s", what, strerror(error));
  return 0;
}

char *next_word(char **words) {
  char *word;
  do word = strsep(words, " ");
  while (word != NULL && *word == 0);
  return word;
}

long long next_number(char **words) {
  char *word = next_word(words);
  return word == NULL ? -1 : atoll(word);
}

// MARK: Time

int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

void sleep_until(int64_t time) {
  struct timespec end = {.tv_sec = time / 1000000000, .tv_nsec = time % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR) continue;
}

void hurry(void) {
  struct sched_param priority = {.sched_priority = 10};  // the kernel's threads for interrupts have 50
  sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority);
}

// MARK: Files

static int copy_all(int file, struct answer *answer) {
  char buffer[4096];
  ssize_t count;
  while ((count = read(file, buffer, sizeof buffer)) > 0) append(answer, buffer, (size_t)count);
  return count == 0;
}

static int do_read(char *words, struct answer *answer) {
  int file = open(words, O_RDONLY | O_CLOEXEC);
  if (file < 0) return fails(answer, words);
  int is_done = copy_all(file, answer) || fails(answer, words);
  close(file);
  return is_done;
}

static int do_write(char *words, struct answer *answer) {
  char *path = next_word(&words);
  int file = path == NULL ? -1 : open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (file < 0) return fails(answer, path == NULL ? "write" : path);
  size_t count = words == NULL ? 0 : strlen(words);
  int is_done = write(file, words, count) == (ssize_t)count || fails(answer, path);
  close(file);
  return is_done;
}

static int do_shell(char *words, struct answer *answer) {
  FILE *shell = popen(words, "re");
  if (shell == NULL) return fails(answer, "popen");
  copy_all(fileno(shell), answer);
  return pclose(shell) == 0;
}

static int do_clock(char *words, struct answer *answer) {
  (void)words;
  say(answer, "%lld", (long long)(now() / 1000));
  return 1;
}

// MARK: The server

static const struct {
  const char *name;
  command *function;
} commands[] = {
    {"read", do_read},   {"write", do_write}, {"shell", do_shell}, {"clock", do_clock},
    {"press", do_press}, {"bounce", do_bounce}, {"page", do_page}, {"hold", do_hold},
    {"let_go", do_let_go}, {"start", do_start}, {"wait", do_wait}, {"signal", do_signal},
    {"watch", do_watch}, {"next_event", do_next_event}, {"manage", do_manage},
    {"manage_no_more", do_manage_no_more}, {"notices", do_notices}, {"deaf", do_deaf},
    {"lamp", do_lamp}, {"lamp_shows", do_lamp_shows}, {"lamp_ends", do_lamp_ends},
};

static int obey(char *line, struct answer *answer) {
  char *words = line, *name = strsep(&words, " ");
  for (size_t index = 0; index < sizeof commands / sizeof *commands; index++) {
    if (strcmp(name, commands[index].name) != 0) continue;
    return commands[index].function(words == NULL ? line + strlen(line) : words, answer);
  }
  say(answer, "there is no command %s", name);
  return 0;
}

static void *serve(void *argument) {
  int connection = (int)(intptr_t)argument;
  FILE *lines = fdopen(connection, "r");
  char line[longest_line];
  while (fgets(line, sizeof line, lines) != NULL) {
    line[strcspn(line, "\n")] = 0;
    struct answer answer = {0}, head = {0};
    int is_done = obey(line, &answer);
    say(&head, "%s %zu\n", is_done ? "ok" : "error", answer.count);
    append(&head, answer.bytes, answer.count);
    send(connection, head.bytes, head.count, 0);
    free(head.bytes);
    free(answer.bytes);
  }
  fclose(lines);
  return NULL;
}

int main(void) {
  signal(SIGPIPE, SIG_IGN);
  mlockall(MCL_CURRENT | MCL_FUTURE);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 8) != 0) {
    perror("hand");
    return 1;
  }
  puts("hand: ready");
  fflush(stdout);
  while (1) {
    int connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    pthread_t thread;
    if (connection < 0) continue;
    pthread_create(&thread, NULL, serve, (void *)(intptr_t)connection);
    pthread_detach(thread);
  }
}
