// SPDX-License-Identifier: MIT

// lwIP for a server with 64 KB of RAM: IPv4, DHCP, echo, TCP through the raw API, about 16 KB of RAM in all.
// Each size has its reason beside it; what is not named here has lwIP's default.

#pragma once

// MARK: What there is

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_TIMERS 0  // lwip_serve_timers takes less
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_SINGLE_NETIF 1

#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define IP_REASSEMBLY 0
#define IP_FRAG 0
#define IP_OPTIONS_ALLOWED 0
#define LWIP_ICMP 1
#define LWIP_RAW 0
#define LWIP_UDP 1  // for DHCP
#define LWIP_DHCP 1
#define DHCP_DOES_ARP_CHECK 0  // an address that another has taken is the DHCP server's matter
#define LWIP_TCP 1
#define TCP_QUEUE_OOSEQ 0  // a lost segment costs a retransmission, never memory
#define TCP_CALCULATE_EFF_SEND_MSS 0  // every link takes our segments
#ifdef WITHOUT_MQTT
#define LWIP_DNS 0
#else
#define LWIP_DNS 1  // a broker may be given by its name
#endif

// RFC 6528: the first sequence number is not to be guessed.
#define LWIP_HOOK_TCP_ISN(local_ip, local_port, remote_ip, remote_port) lwip_random()

// MARK: Segments and windows

// What every IPv4 host must take (RFC 1122, 4.2.2.6): a small buffer is a small buffer for everyone.
#define TCP_MSS 536
// What a client may send before the application has taken it, and so what LwIPTransport may have to keep for
// each. The window opens again as soon as it is taken; only uploads, of which there are none, would want
// more.
#define TCP_WND TCP_MSS
// One kilobyte that is not acknowledged: what is handed over cannot be replaced by newer state.
#define TCP_SND_BUF (2 * TCP_MSS)
// Buffers of one connection's output; LwIPTransport hands over nothing while more than half of them are in
// use.
#define TCP_SND_QUEUELEN 16
#define TCP_OVERSIZE 0  // a message of 100 bytes takes 100, not a segment

// MARK: Connections

// LwIPTransport's 16 rows and six handshakes under way. Connections in TIME-WAIT, LAST-ACK and CLOSING give
// way to new ones, and the oldest handshake to the next (lwip_make_room_for_handshake).
#ifdef WITHOUT_MQTT
#define MEMP_NUM_TCP_PCB 22
#else
#define MEMP_NUM_TCP_PCB 23  // and the one to the broker
#endif
#define MEMP_NUM_TCP_PCB_LISTEN 1
#define TCP_LISTEN_BACKLOG 1
#define TCP_DEFAULT_LISTEN_BACKLOG 8
#define TCP_MSL 5000UL  // TIME-WAIT is 10 s: a home network forgets its segments sooner
#define MEMP_NUM_UDP_PCB (1 + LWIP_DNS)

// MARK: Names

#define DNS_TABLE_SIZE 1  // one broker is looked for at a time
#define DNS_MAX_NAME_LENGTH 64  // broker_settings has room for no more

// MARK: Memory

#define MEM_ALIGNMENT 4
// What is to be sent: segments of copied bytes, and the headers of those in flash.
#define MEM_SIZE 8192
#define MEMP_NUM_TCP_SEG 40
// Pieces in flash that are being sent.
#define MEMP_NUM_PBUF 24
// Received frames: each is used up before the next is read, and the longest takes three.
#define PBUF_POOL_SIZE 4
#define PBUF_POOL_BUFSIZE 592  // Ethernet, IP and TCP headers and a segment
#define ARP_TABLE_SIZE 10

// MARK: Checks and counters

#define LWIP_NOASSERT
#define LWIP_STATS 1
#define MEM_STATS 1
#define MEMP_STATS 1
#define LINK_STATS 0
#define ETHARP_STATS 0
#define IP_STATS 0
#define IPFRAG_STATS 0
#define ICMP_STATS 0
#define UDP_STATS 0
#define TCP_STATS 0
#define SYS_STATS 0
