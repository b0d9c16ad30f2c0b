// SPDX-License-Identifier: MIT

// As much of a service manager as a service may talk to: it hears what the service says of itself, holds descriptors
// for it, and hands them to its next run. Source: sd_notify(3), sd_listen_fds(3).

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "hand.h"

enum { most_descriptors = 32, first_descriptor = 3 };

#define notify_path "/run/notify"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct answer notices;
static struct stored {
  int descriptor;
  char name[256];
} stored[most_descriptors];
static int count;
static volatile int is_deaf;
static const char *watchdog;  // in microseconds; NULL while nobody is managed

static void forget(const char *name) {
  for (int index = count - 1; index >= 0; index--) {
    if (name != NULL && strcmp(stored[index].name, name) != 0) continue;
    close(stored[index].descriptor);
    stored[index] = stored[--count];
  }
}

static void hear(char *message, int descriptor) {
  char *name = strstr(message, "FDNAME=");
  name = name == NULL ? "stored" : name + strlen("FDNAME=");
  char copy[sizeof stored->name] = {0};
  strncpy(copy, name, strcspn(name, "\n") < sizeof copy ? strcspn(name, "\n") : sizeof copy - 1);
  pthread_mutex_lock(&lock);
  say(&notices, "%s\n", message);
  if (strstr(message, "FDSTOREREMOVE=1") != NULL) forget(copy);
  int is_kept = strstr(message, "FDSTORE=1") != NULL && descriptor >= 0 && count < most_descriptors;
  if (is_kept) {
    stored[count].descriptor = descriptor;
    memcpy(stored[count++].name, copy, sizeof copy);
  }
  pthread_mutex_unlock(&lock);
  if (!is_kept && descriptor >= 0) close(descriptor);
}

static void *listen_to_services(void *argument) {
  int notify = (int)(intptr_t)argument;
  while (1) {
    char message[4096] = {0};
    union {
      struct cmsghdr head;
      char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec part = {.iov_base = message, .iov_len = sizeof message - 1};
    struct msghdr header = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    while (is_deaf) usleep(1000);
    if (recvmsg(notify, &header, MSG_CMSG_CLOEXEC) < 0) continue;
    struct cmsghdr *passed = CMSG_FIRSTHDR(&header);
    int descriptor = -1;
    if (passed != NULL && passed->cmsg_type == SCM_RIGHTS) memcpy(&descriptor, CMSG_DATA(passed), sizeof descriptor);
    hear(message, descriptor);
  }
  return NULL;
}

// MARK: Commands

int do_manage(char *words, struct answer *answer) {
  static int notify = -1;
  static char limit[32];
  if (notify < 0) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = notify_path};
    pthread_t thread;
    notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (bind(notify, (struct sockaddr *)&address, sizeof address) != 0) return fails(answer, notify_path);
    pthread_create(&thread, NULL, listen_to_services, (void *)(intptr_t)notify);
  }
  snprintf(limit, sizeof limit, "%lld", next_number(&words));
  watchdog = limit;
  return 1;
}

int do_manage_no_more(char *words, struct answer *answer) {
  (void)words, (void)answer;
  pthread_mutex_lock(&lock);
  watchdog = NULL;
  forget(NULL);
  notices.count = 0;
  pthread_mutex_unlock(&lock);
  return 1;
}

// Has it hear nothing, 1, until it is told to hear again, 0: its socket is full meanwhile.
int do_deaf(char *words, struct answer *answer) {
  is_deaf = next_number(&words) == 1;
  if (!is_deaf) return 1;
  struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = notify_path};
  int filler = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (connect(filler, (struct sockaddr *)&address, sizeof address) != 0) return fails(answer, notify_path);
  for (int round = 0; round < 2; round++) {  // it may have waited for the first
    while (send(filler, "X_FILLER=1", 10, 0) > 0);
    usleep(20000);
  }
  close(filler);
  return 1;
}

int do_notices(char *words, struct answer *answer) {
  (void)words;
  pthread_mutex_lock(&lock);
  append(answer, notices.bytes, notices.count);
  notices.count = 0;
  pthread_mutex_unlock(&lock);
  return 1;
}

// Between fork and exec: the environment and the descriptors that the service gets.
void hand_over(void) {
  if (watchdog == NULL) return;
  char text[32], names[sizeof stored] = "";
  int copies[most_descriptors];
  for (int index = 0; index < count; index++) {
    copies[index] = fcntl(stored[index].descriptor, F_DUPFD, first_descriptor + most_descriptors);
    strcat(strcat(names, index > 0 ? ":" : ""), stored[index].name);
  }
  for (int index = 0; index < count; index++) {
    dup2(copies[index], first_descriptor + index);
    close(copies[index]);
  }
  setenv("NOTIFY_SOCKET", notify_path, 1);
  setenv("WATCHDOG_USEC", watchdog, 1);
  snprintf(text, sizeof text, "%d", (int)getpid());
  if (count > 0) setenv("LISTEN_PID", text, 1);
  snprintf(text, sizeof text, "%d", count);
  if (count > 0) setenv("LISTEN_FDS", text, 1);
  if (count > 0) setenv("LISTEN_FDNAMES", names, 1);
}
