// SPDX-License-Identifier: MIT

// What lwIP needs from a system without an operating system: the time, random numbers, and limits that its
// options lack.

#include "CLwIP.h"
#include "board.h"
#include "lwip/memp.h"
#include "lwip/priv/tcp_priv.h"

// Read by debuggers only: the linker would leave it out.
__attribute__((used, retain)) struct transport_statistics transport_statistics;

uint32_t sys_now(void) { return (uint32_t)board_milliseconds(); }

// MARK: Random numbers

// Transaction and sequence numbers that a stranger on another network cannot guess: the counter of cycles at
// each frame's arrival goes in, and a mixed copy comes out (the finalizer of MurmurHash3). They are not keys.
static uint32_t pool;

void lwip_stir(uint32_t value) {
  pool = ((pool << 7 | pool >> 25) ^ value ^ board_cycles()) * 0x9E3779B1u + 1;
}

uint32_t lwip_random(void) {
  lwip_stir(0);
  uint32_t mixed = pool;
  mixed = (mixed ^ mixed >> 16) * 0x85EBCA6Bu;
  mixed = (mixed ^ mixed >> 13) * 0xC2B2AE35u;
  return mixed ^ mixed >> 16;
}

// MARK: Timers

// lwIP's own timers are a list in memory from a pool. Ours is one: TCP's, of which the others are multiples.
uint32_t lwip_serve_timers(void) {
  static uint32_t due, ticks;
  uint32_t now = sys_now();
  if ((int32_t)(now - due) >= 0) {
    due += TCP_TMR_INTERVAL;
    if ((int32_t)(now - due) >= 0) due = now + TCP_TMR_INTERVAL;  // too late to make up for it
    ticks += 1;
    tcp_tmr();
    if (ticks % (DHCP_FINE_TIMER_MSECS / TCP_TMR_INTERVAL) == 0) dhcp_fine_tmr();
    if (ticks % (ARP_TMR_INTERVAL / TCP_TMR_INTERVAL) == 0) etharp_tmr();
    if (ticks % (DHCP_COARSE_TIMER_MSECS / TCP_TMR_INTERVAL) == 0) dhcp_coarse_tmr();
#if LWIP_DNS
    if (ticks % (DNS_TMR_INTERVAL / TCP_TMR_INTERVAL) == 0) dns_tmr();
#endif
  }
  return due - now;
}

// MARK: Handshakes

void lwip_make_room_for_handshake(void) {
  struct tcp_pcb *oldest = NULL;
  size_t handshakes = 0, all = 0;
  for (struct tcp_pcb *pcb = tcp_active_pcbs; pcb != NULL; pcb = pcb->next) {
    all += 1;
    if (pcb->state != SYN_RCVD) continue;
    handshakes += 1;
    oldest = pcb;  // the list begins with the newest
  }
  if (oldest == NULL) return;
  if (handshakes >= TCP_DEFAULT_LISTEN_BACKLOG || all >= MEMP_NUM_TCP_PCB) tcp_abandon(oldest, 0);
}

// MARK: Counters

static uint32_t length(const struct tcp_pcb *list) {
  uint32_t count = 0;
  for (; list != NULL; list = list->next) count += 1;
  return count;
}

void lwip_update_statistics(void) {
  const struct stats_mem *frames = lwip_stats.memp[MEMP_PBUF_POOL], *segments = lwip_stats.memp[MEMP_TCP_SEG];
  transport_statistics.active = length(tcp_active_pcbs);
  transport_statistics.time_wait = length(tcp_tw_pcbs);
  transport_statistics.heap_used = lwip_stats.mem.used;
  transport_statistics.heap_peak = lwip_stats.mem.max;
  transport_statistics.frame_buffers_used = frames->used;
  transport_statistics.frame_buffers_peak = frames->max;
  transport_statistics.segments_used = segments->used;
  transport_statistics.segments_peak = segments->max;
}
