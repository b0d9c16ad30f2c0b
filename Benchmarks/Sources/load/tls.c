// SPDX-License-Identifier: MIT
//
// See tls.h. The declarations are those of OpenSSL 3, with pointers to its types as `void *`.

#include "tls.h"

#include <dlfcn.h>
#include <errno.h>

#include "cost.h"  // fail

enum { WANT_READ = 2, WANT_WRITE = 3, ZERO_RETURN = 6 };  // SSL_ERROR_…
enum { CTRL_MODE = 33, CTRL_SET_READ_AHEAD = 41 };  // SSL_CTRL_…
enum { PARTIAL_WRITE = 1, MOVING_WRITE_BUFFER = 2 };  // SSL_MODE_…

static struct {
  const void *(*client_method)(void);
  void *(*new_context)(const void *method);
  long (*control_context)(void *context, int command, long number, void *pointer);
  void *(*new_session)(void *context);
  int (*set_fd)(void *session, int fd);
  int (*connect)(void *session);
  int (*read)(void *session, void *buffer, int count);
  int (*write)(void *session, const void *bytes, int count);
  int (*get_error)(const void *session, int result);
  const void *(*get_cipher)(const void *session);
  const char *(*get_name)(const void *cipher);
} library;

static void *context;

static void find(void *handle, void **function, const char *name) {
  *function = dlsym(handle, name);
  if (*function == NULL) fail("libssl.so.3 has no %s", name);
}

void tls_begin(void) {
  void *handle = dlopen("libssl.so.3", RTLD_NOW);
  if (handle == NULL) fail("--tls needs OpenSSL 3: %s", dlerror());
  find(handle, (void **)&library.client_method, "TLS_client_method");
  find(handle, (void **)&library.new_context, "SSL_CTX_new");
  find(handle, (void **)&library.control_context, "SSL_CTX_ctrl");
  find(handle, (void **)&library.new_session, "SSL_new");
  find(handle, (void **)&library.set_fd, "SSL_set_fd");
  find(handle, (void **)&library.connect, "SSL_connect");
  find(handle, (void **)&library.read, "SSL_read");
  find(handle, (void **)&library.write, "SSL_write");
  find(handle, (void **)&library.get_error, "SSL_get_error");
  find(handle, (void **)&library.get_cipher, "SSL_get_current_cipher");
  find(handle, (void **)&library.get_name, "SSL_CIPHER_get_name");
  context = library.new_context(library.client_method());
  if (context == NULL) fail("OpenSSL gives no context");
  library.control_context(context, CTRL_MODE, PARTIAL_WRITE | MOVING_WRITE_BUFFER, NULL);
  library.control_context(context, CTRL_SET_READ_AHEAD, 1, NULL);
}

void *tls_connect(int fd) {
  void *session = library.new_session(context);
  if (session == NULL || library.set_fd(session, fd) != 1) fail("OpenSSL gives no session");
  int result = library.connect(session);
  if (result != 1) fail("the TLS handshake failed (%d)", library.get_error(session, result));
  return session;
}

/// What recv(2) and send(2) return, and `errno`.
static ssize_t outcome(const void *session, int result) {
  if (result > 0) return result;
  switch (library.get_error(session, result)) {
    case WANT_READ:
    case WANT_WRITE: errno = EAGAIN; return -1;
    case ZERO_RETURN: return 0;
    default: if (errno == 0 || errno == EAGAIN) errno = EPROTO; return -1;
  }
}

ssize_t tls_read(void *session, void *buffer, size_t count) {
  errno = 0;
  return outcome(session, library.read(session, buffer, (int)count));
}

ssize_t tls_write(void *session, const void *bytes, size_t count) {
  errno = 0;
  return outcome(session, library.write(session, bytes, (int)count));
}

const char *tls_cipher(const void *session) { return library.get_name(library.get_cipher(session)); }
