// SPDX-License-Identifier: MIT
//
// zlib's two initializers are macros, which Swift does not see: here they are functions, for raw DEFLATE streams.

#ifndef HELIOGRAPH_ZLIB_SHIM_H
#define HELIOGRAPH_ZLIB_SHIM_H

#include <zlib.h>

/// Prepares to compress with a window of 2^bits bytes.
static inline int raw_deflate_init(z_streamp stream, int bits, int memory_level) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -bits, memory_level, Z_DEFAULT_STRATEGY);
}

/// Prepares to decompress what was compressed with a window of at most 2^bits bytes.
static inline int raw_inflate_init(z_streamp stream, int bits) { return inflateInit2(stream, -bits); }

#endif
