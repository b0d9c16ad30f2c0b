// SPDX-License-Identifier: MIT
//
// The second version of the kernel's interface to GPIO lines (Linux 5.10), from the header that every C library on Linux
// comes with. Its request numbers are macros, which Swift does not see, and ioctl takes any arguments, which Swift does
// not call: here each request is a function. Each returns -1 and sets errno where the kernel refuses.

#ifndef HELIOGRAPH_LINUX_GPIO_SHIM_H
#define HELIOGRAPH_LINUX_GPIO_SHIM_H

#ifdef __linux__

#include <linux/gpio.h>
#include <sys/ioctl.h>

/// Who a chip is, and how many lines it has.
static inline int gpio_get_chip_info(int chip, struct gpiochip_info *info) {
  return ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, info);
}

/// What the line at `info->offset` is called, who uses it, and as what.
static inline int gpio_get_line_info(int chip, struct gpio_v2_line_info *info) {
  return ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, info);
}

/// Takes lines: `request->fd` is the descriptor that holds them.
static inline int gpio_get_lines(int chip, struct gpio_v2_line_request *request) {
  return ioctl(chip, GPIO_V2_GET_LINE_IOCTL, request);
}

/// Configures the lines of a request anew.
static inline int gpio_configure_lines(int lines, struct gpio_v2_line_config *config) {
  return ioctl(lines, GPIO_V2_LINE_SET_CONFIG_IOCTL, config);
}

/// Reads the lines in `values->mask`, a bit for each line of the request.
static inline int gpio_get_values(int lines, struct gpio_v2_line_values *values) {
  return ioctl(lines, GPIO_V2_LINE_GET_VALUES_IOCTL, values);
}

/// Drives the lines in `values->mask`, which are outputs.
static inline int gpio_set_values(int lines, struct gpio_v2_line_values *values) {
  return ioctl(lines, GPIO_V2_LINE_SET_VALUES_IOCTL, values);
}

#endif
#endif
