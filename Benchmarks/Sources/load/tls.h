// SPDX-License-Identifier: MIT
//
// TLS for the load generator's connections, by OpenSSL 3, which is looked for when a run needs it: whoever measures
// without TLS needs neither the library nor its headers. The functions end the program if something fails.

#include <stddef.h>
#include <sys/types.h>

/// Finds the library.
void tls_begin(void);

/// Shakes hands on a connected socket that blocks, with whatever certificate the server has; returns the session.
void *tls_connect(int fd);

/// As recv(2) without blocking, for a socket that does not block: 0 at the end, -1 and EAGAIN if there is nothing.
ssize_t tls_read(void *session, void *buffer, size_t count);

/// As send(2) without blocking. After EAGAIN the same bytes are to be written again, more may follow them.
ssize_t tls_write(void *session, const void *bytes, size_t count);

/// What the connection is encrypted with, such as TLS_AES_128_GCM_SHA256.
const char *tls_cipher(const void *session);
