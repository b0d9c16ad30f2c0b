// SPDX-License-Identifier: MIT

// lwIP's raw API for Swift, and what lwIP needs from the board. C globals and macros have functions here.

#pragma once

#include <stdbool.h>

#include "lwip/dhcp.h"
#include "lwip/dns.h"
#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/stats.h"
#include "lwip/tcp.h"
#include "netif/ethernet.h"

/// Network counters; a debugger finds them by the symbol `transport_statistics`.
struct transport_statistics {
  uint32_t connections;         ///< rows of LwIPTransport in use
  uint32_t active;              ///< lwIP's connections with handshakes and closing ones, without TIME-WAIT
  uint32_t time_wait;           ///< lwIP's connections in TIME-WAIT
  uint32_t heap_used;           ///< bytes of lwIP's heap (`MEM_SIZE`) in use
  uint32_t heap_peak;           ///< the most that ever were in use
  uint32_t frame_buffers_used;  ///< of `PBUF_POOL_SIZE`
  uint32_t frame_buffers_peak;
  uint32_t segments_used;  ///< of `MEMP_NUM_TCP_SEG`
  uint32_t segments_peak;
  uint32_t refusals;         ///< how often lwIP had no memory for output that it was given; tried again later
  uint32_t frames_received;  ///< since the start, dropped ones included
  uint32_t frames_dropped;   ///< too long, or no buffer was free
  uint32_t frames_deferred;  ///< the controller was busy; what matters is sent again
};

extern struct transport_statistics transport_statistics;

/// The counters, to be counted up.
static inline struct transport_statistics *_Nonnull lwip_transport_statistics(void) {
  return &transport_statistics;
}

/// Looks up lwIP's own counters.
void lwip_update_statistics(void);

/// Bytes of lwIP's heap that are free, in any number of pieces.
static inline size_t lwip_free_heap(void) { return lwip_stats.mem.avail - lwip_stats.mem.used; }

/// Free descriptors of segments.
static inline size_t lwip_free_segments(void) {
  return lwip_stats.memp[MEMP_TCP_SEG]->avail - lwip_stats.memp[MEMP_TCP_SEG]->used;
}

/// Adds what is not to be foreseen, the time of a frame's arrival for one, to what `LWIP_RAND` draws from.
void lwip_stir(uint32_t value);

/// Does what lwIP does at intervals, if it is time, and returns in how many milliseconds it will be time again.
uint32_t lwip_serve_timers(void);

/// Forgets the oldest handshake if there is no room for another: a peer that sends only SYNs keeps no other out.
void lwip_make_room_for_handshake(void);

/// Turns a bound connection into a listener, nil if there is no memory for it.
static inline struct tcp_pcb *_Nullable lwip_listen(struct tcp_pcb *_Nonnull pcb) { return tcp_listen(pcb); }

/// Any local address.
static inline const ip_addr_t *_Nonnull lwip_any_address(void) { return IP4_ADDR_ANY; }

/// Whether DHCP has given the interface an address.
static inline bool lwip_has_address(const struct netif *_Nonnull interface) {
  return dhcp_supplied_address(interface) != 0;
}

/// An address in the host's byte order.
static inline uint32_t lwip_address(ip4_addr_t address) { return lwip_ntohl(address.addr); }
