// SPDX-License-Identifier: MIT

// The broker that an image is for. Firmware/set-broker writes it into the image when that is built, so that one build
// serves many devices and no password is ever part of a command.

#pragma once

#include <stdint.h>

/// Texts end with a zero byte.
struct broker_settings {
  char host[64];        ///< its name or its IPv4 address; empty: no broker
  char identifier[65];  ///< what the device is called there
  char prefix[65];      ///< the first level of its topics
  char user[65];        ///< who connects; empty: nobody in particular
  char password[65];
  uint16_t port;
};

extern const struct broker_settings broker_settings;

static inline uint16_t broker_port(void) { return broker_settings.port; }
static inline const char *_Nonnull broker_host(void) { return broker_settings.host; }
static inline const char *_Nonnull broker_identifier(void) { return broker_settings.identifier; }
static inline const char *_Nonnull broker_prefix(void) { return broker_settings.prefix; }
static inline const char *_Nonnull broker_user(void) { return broker_settings.user; }
static inline const char *_Nonnull broker_password(void) { return broker_settings.password; }
