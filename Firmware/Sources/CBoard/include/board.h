// SPDX-License-Identifier: MIT

// What a board gives to the program. A board implements these functions in its own folder (in Swift, with `@c`), and its
// linker script gives the symbols at the end; the linker joins the two. No function here may be called from an interrupt
// handler, and none allocates.

#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// MARK: Serial port

/// Sends `count` bytes, and returns when the last is in the transmitter's queue: it blocks for as long as the line needs.
void board_serial_write(const uint8_t *_Nonnull bytes, size_t count);

// MARK: Time

/// Milliseconds since reset; never runs backwards, never wraps.
uint64_t board_milliseconds(void);

/// Sleeps until `until` (in the terms of `board_milliseconds`), or until an interrupt other than the clock's.
///
/// Returns at once if there was one since the last return, so that none between a look and a sleep is lost. May return
/// early; the caller looks at everything and sleeps again.
void board_sleep(uint64_t until);

/// A counter that advances with the processor's clock and wraps. Only a source of entropy: it may skip or repeat values.
uint32_t board_cycles(void);

// MARK: Watchdog and reset

/// Tells the watchdog that the loop runs. Without a call for about two seconds the board resets.
void board_feed_watchdog(void);

/// Resets the whole board.
void board_reset(void) __attribute__((noreturn));

// MARK: Ethernet

/// The station's address, in the order of transmission.
void board_hardware_address(uint8_t address[_Nonnull 6]);

/// The length of the oldest received frame, from its destination address to the end of its data (no check sequence);
/// 0 if none waits. The same frame is meant until `board_end_read`.
size_t board_frame_length(void);

/// Copies the next `count` bytes of the frame that `board_frame_length` announced; never more than are left of it.
void board_read_frame(uint8_t *_Nonnull to, size_t count);

/// Drops what is left of that frame; the next one may be asked for.
void board_end_read(void);

/// Begins a frame of `length` bytes (destination address to the end of the data; a short one is padded).
///
/// False if the controller still sends the last one or a frame cannot be so long: try again later, or drop it.
bool board_begin_frame(size_t length);

/// Adds the next `count` bytes, from any address. All calls together give exactly the `length` of the beginning.
void board_write_frame(const uint8_t *_Nonnull bytes, size_t count);

/// Sends the frame.
void board_end_frame(void);

// MARK: Memory, as the linker script laid it out

extern uint8_t flash_start[], flash_end[], volume_start[], volume_end[];
extern uint8_t stack_bottom[], stack_top[], heap_start[], heap_end[];
extern uint8_t data_image[], data_start[], data_end[], bss_start[], bss_end[];

/// The part of flash that the image occupies.
static inline const uint8_t *_Nonnull board_flash_start(void) { return flash_start; }
static inline const uint8_t *_Nonnull board_flash_end(void) { return flash_end; }

/// The data volume, 8-byte aligned.
static inline const uint8_t *_Nonnull board_volume_start(void) { return volume_start; }
static inline const uint8_t *_Nonnull board_volume_end(void) { return volume_end; }

/// The stack grows from its top down to its bottom.
static inline uint8_t *_Nonnull board_stack_bottom(void) { return stack_bottom; }
static inline uint8_t *_Nonnull board_stack_top(void) { return stack_top; }

/// What the heap may use.
static inline uint8_t *_Nonnull board_heap_start(void) { return heap_start; }
static inline uint8_t *_Nonnull board_heap_end(void) { return heap_end; }

/// Initialized data, and the image in flash that it starts from.
static inline const uint8_t *_Nonnull board_data_image(void) { return data_image; }
static inline uint8_t *_Nonnull board_data_start(void) { return data_start; }
static inline uint8_t *_Nonnull board_data_end(void) { return data_end; }

/// Data that starts as zero.
static inline uint8_t *_Nonnull board_bss_start(void) { return bss_start; }
static inline uint8_t *_Nonnull board_bss_end(void) { return bss_end; }

// MARK: Heap counters

/// What the heap counts, in bytes with the blocks' own headers. A debugger finds it by its symbol.
struct heap_statistics {
  uint32_t used;         ///< bytes in use now
  uint32_t peak;         ///< the most that ever were in use
  uint32_t capacity;     ///< all there is
  uint32_t allocations;  ///< blocks in use now
};

extern struct heap_statistics heap_statistics;

static inline void set_heap_statistics(struct heap_statistics counters) { heap_statistics = counters; }
static inline struct heap_statistics get_heap_statistics(void) { return heap_statistics; }

/// The bytes of the largest block that the heap could give now.
size_t heap_largest_free(void);
