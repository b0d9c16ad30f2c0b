// SPDX-License-Identifier: MIT

// lwIP's view of the compiler: clang's own headers and no C library. Nothing prints; an assertion that fails
// stops the processor, whose fault handler says where.

#pragma once

#include <stdint.h>

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_CTYPE_H 1

#define BYTE_ORDER LITTLE_ENDIAN
#define lwip_htons(x) __builtin_bswap16(x)
#define lwip_htonl(x) __builtin_bswap32(x)

#define LWIP_PLATFORM_DIAG(message) ((void)0)
#define LWIP_PLATFORM_ASSERT(message) __builtin_trap()

// Protocol structures are packed, as lwIP has it by default for clang: frames lie at any address.

uint32_t lwip_random(void);
#define LWIP_RAND() lwip_random()
