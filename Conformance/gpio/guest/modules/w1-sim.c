// SPDX-License-Identifier: GPL-2.0 OR MIT

// A 1-Wire bus with one thermometer on it, a DS18B20 with the number 28-0000075b1c2d, as the kernel's own driver of
// such thermometers (w1_therm) sees it: byte by byte. How warm it is, in thousandths of °C, is the module's parameter
// `temperature`. Rule: it knows the one request that counts, to read the scratchpad; all else is taken in silence.
// Source: Maxim, DS18B20, "Memory" and "ROM Commands"; Linux, include/linux/w1.h.

#include <linux/module.h>
#include <linux/w1.h>

enum { skip_rom = 0xCC, read_scratchpad = 0xBE, address_size = 8, scratchpad_size = 9 };

static int temperature = 21437;
module_param(temperature, int, 0644);

static u64 number;

// What has come since the last reset of the bus: which device is meant, by its number or not at all, and the request.
static struct {
  u8 selection, request;
  int address_bytes, position;
  u8 scratchpad[scratchpad_size];
} bus;

static void measure(void) {
  int sixteenths = temperature * 16 / 1000;
  u8 values[scratchpad_size] = {sixteenths & 0xFF, (sixteenths >> 8) & 0xFF, 0x4B, 0x46, 0x7F, 0xFF, 0x0C, 0x10};
  values[scratchpad_size - 1] = w1_calc_crc8(values, scratchpad_size - 1);
  memcpy(bus.scratchpad, values, sizeof values);
  bus.position = 0;
}

static u8 reset_bus(void *data) {
  memset(&bus, 0, sizeof bus);
  return 0;  // somebody is there
}

static void write_byte(void *data, u8 byte) {
  if (bus.selection == 0) {
    bus.selection = byte;
    bus.address_bytes = byte == skip_rom ? address_size : 0;
  } else if (bus.address_bytes < address_size) {
    bus.address_bytes += 1;
  } else if (bus.request == 0) {
    bus.request = byte;
    if (byte == read_scratchpad) measure();
  }
}

static u8 read_byte(void *data) {
  return bus.request == read_scratchpad ? bus.scratchpad[bus.position++ % scratchpad_size] : 0xFF;
}

static void write_block(void *data, const u8 *bytes, int count) {
  for (int index = 0; index < count; index++) write_byte(data, bytes[index]);
}

static u8 read_block(void *data, u8 *bytes, int count) {
  for (int index = 0; index < count; index++) bytes[index] = read_byte(data);
  return count;
}

static u8 touch_bit(void *data, u8 bit) { return 1; }

static void search(void *data, struct w1_master *master, u8 type, w1_slave_found_callback found) {
  found(master, number);
}

static struct w1_bus_master master = {
    .reset_bus = reset_bus, .write_byte = write_byte, .read_byte = read_byte, .write_block = write_block,
    .read_block = read_block, .touch_bit = touch_bit, .search = search};

static int __init plug_in(void) {
  u8 rom[address_size] = {0x28, 0x2D, 0x1C, 0x5B, 0x07};
  rom[address_size - 1] = w1_calc_crc8(rom, address_size - 1);
  memcpy(&number, rom, sizeof number);
  return w1_add_master_device(&master);
}

static void __exit unplug(void) { w1_remove_master_device(&master); }

module_init(plug_in);
module_exit(unplug);
MODULE_DESCRIPTION("A 1-Wire bus with one thermometer");
MODULE_LICENSE("Dual MIT/GPL");
