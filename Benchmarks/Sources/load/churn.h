// SPDX-License-Identifier: MIT
//
// Connections that come and go. A visit is a whole connection, as a page that is opened and closed again makes it:
// connect, upgrade with the fields of a browser, a first message from the server, Close, its answer, and the server's
// end, after which this side closes. Whatever else the server says or does, a refusal for one, ends the program.

#include <stdint.h>

/// Prepares so many visits at a time to this port of the machine itself; `offers_deflate`: with a browser's offer to
/// compress.
void churn_begin(long port, long parallel, int offers_deflate);

/// Lets visits follow each other until `end` on CLOCK_MONOTONIC, or until `count` have ended; returns how many have
/// ended since the begin. Those under way go on in the next call.
uint64_t churn_until(double end, uint64_t count);

/// Bytes of the payload of the last first message.
long churn_greeting(void);
