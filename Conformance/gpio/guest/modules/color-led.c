// SPDX-License-Identifier: GPL-2.0 OR MIT

// An LED of three colors, rgb:status, that lights nothing: what each would show is the module's parameter `shown`.
// Source: Linux, Documentation/leds/leds-class-multicolor.rst.

#include <linux/led-class-multicolor.h>
#include <linux/module.h>
#include <linux/platform_device.h>

static unsigned int shown[3];
static int count = ARRAY_SIZE(shown);
module_param_array(shown, uint, &count, 0444);

static struct mc_subled colors[] = {{.color_index = LED_COLOR_ID_RED}, {.color_index = LED_COLOR_ID_GREEN},
                                    {.color_index = LED_COLOR_ID_BLUE}};

static int show(struct led_classdev *led, enum led_brightness brightness) {
  led_mc_calc_color_components(lcdev_to_mccdev(led), brightness);
  for (int index = 0; index < ARRAY_SIZE(shown); index++) shown[index] = colors[index].brightness;
  return 0;
}

static struct platform_device *device;
static struct led_classdev_mc led = {
    .led_cdev = {.name = "rgb:status", .max_brightness = 255, .brightness_set_blocking = show},
    .num_colors = ARRAY_SIZE(colors),
    .subled_info = colors};

static int __init plug_in(void) {
  device = platform_device_register_simple("color-led", -1, NULL, 0);
  if (IS_ERR(device)) return PTR_ERR(device);
  int error = led_classdev_multicolor_register(&device->dev, &led);
  if (error != 0) platform_device_unregister(device);
  return error;
}

static void __exit unplug(void) {
  led_classdev_multicolor_unregister(&led);
  platform_device_unregister(device);
}

module_init(plug_in);
module_exit(unplug);
MODULE_DESCRIPTION("An LED of three colors");
MODULE_LICENSE("Dual MIT/GPL");
