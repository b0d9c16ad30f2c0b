// SPDX-License-Identifier: MIT

// The C library of the system, under one name: importing SystemCalls imports it.

#if canImport(Darwin)
  @_exported public import Darwin
#elseif canImport(Musl)
  @_exported public import Musl
#else
  @_exported public import Glibc
#endif
