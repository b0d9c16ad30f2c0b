// SPDX-License-Identifier: MIT

// Programs that run in the machine, and what becomes of a folder while they do.

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hand.h"

enum { most_words = 64 };

// MARK: Programs

// Opens the file that an output goes to; made before the program starts, so who reads it finds it.
static int open_output(const char *name, const char *suffix) {
  char path[128];
  snprintf(path, sizeof path, "/run/%s.%s", name, suffix);
  unlink(path);
  return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

// What the process does that will be the program.
_Noreturn static void become(char **program, const int outputs[2], uid_t user, gid_t group) {
  signal(SIGPIPE, SIG_DFL);
  int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (dup2(input, STDIN_FILENO) < 0 || dup2(outputs[0], STDOUT_FILENO) < 0 || dup2(outputs[1], STDERR_FILENO) < 0 ||
      setgid(group) != 0 || setuid(user) != 0) {
    _exit(126);
  }
  hand_over();
  execv(program[0], program);
  perror(program[0]);
  _exit(127);
}

int do_start(char *words, struct answer *answer) {
  char *name = next_word(&words), *program[most_words + 1] = {0};
  long long user = next_number(&words), group = next_number(&words);
  size_t count = 0;
  while (count < most_words && (program[count] = next_word(&words)) != NULL) count += 1;
  if (user < 0 || group < 0 || count == 0) {
    say(answer, "start NAME UID GID PROGRAM WORD...");
    return 0;
  }
  int outputs[2] = {open_output(name, "out"), open_output(name, "err")};
  pid_t process = fork();
  if (process == 0) become(program, outputs, (uid_t)user, (gid_t)group);
  close(outputs[0]);
  close(outputs[1]);
  if (process < 0) return fails(answer, "fork");
  say(answer, "%d", (int)process);
  return 1;
}

int do_wait(char *words, struct answer *answer) {
  pid_t process = (pid_t)next_number(&words);
  int limit = (int)next_number(&words), status;
  int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
  if (descriptor < 0) return fails(answer, "wait");
  struct pollfd end = {.fd = descriptor, .events = POLLIN};
  poll(&end, 1, limit);
  close(descriptor);
  pid_t ended = waitpid(process, &status, WNOHANG);
  if (ended < 0) return fails(answer, "wait");
  if (ended == 0) say(answer, "running");
  else if (WIFSIGNALED(status)) say(answer, "signal %d", WTERMSIG(status));
  else say(answer, "exit %d", WEXITSTATUS(status));
  return 1;
}

int do_signal(char *words, struct answer *answer) {
  pid_t process = (pid_t)next_number(&words);
  int number = (int)next_number(&words);
  if (process <= 1 || kill(process, number) != 0) return fails(answer, "signal");
  // Its other threads go on until the one that the kernel picks has been woken. (Another's child cannot be waited for.)
  siginfo_t stopped;
  if (number == SIGSTOP) waitid(P_PID, (id_t)process, &stopped, WSTOPPED | WEXITED | WNOWAIT);
  return 1;
}

// MARK: A folder

static int watcher = -1;

int do_watch(char *words, struct answer *answer) {
  if (watcher >= 0) close(watcher);
  watcher = inotify_init1(IN_CLOEXEC);
  uint32_t changes = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE;
  return inotify_add_watch(watcher, words, changes) >= 0 || fails(answer, words);
}

static const char *event_name(uint32_t mask) {
  if (mask & IN_CREATE) return "create";
  if (mask & IN_MODIFY) return "modify";
  if (mask & IN_CLOSE_WRITE) return "close";
  if (mask & IN_MOVED_TO) return "move";
  return mask & IN_DELETE ? "delete" : "other";
}

// Answers with a line for each thing that has happened, `create NAME`; with none if nothing did in time.
int do_next_event(char *words, struct answer *answer) {
  struct pollfd news = {.fd = watcher, .events = POLLIN};
  if (poll(&news, 1, (int)next_number(&words)) <= 0) return 1;
  _Alignas(struct inotify_event) char buffer[4096];
  ssize_t count = read(watcher, buffer, sizeof buffer);
  if (count < 0) return fails(answer, "inotify");
  for (char *place = buffer; place < buffer + count;) {
    struct inotify_event *event = (struct inotify_event *)place;
    say(answer, "%s %s\n", event_name(event->mask), event->len > 0 ? event->name : "");
    place += sizeof *event + event->len;
  }
  return 1;
}
