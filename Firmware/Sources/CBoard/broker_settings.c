// SPDX-License-Identifier: MIT

// No broker, at a symbol that survives link-time optimization and whose value no optimizer sees.

#include "broker.h"

#ifndef WITHOUT_MQTT
const struct broker_settings broker_settings = {.port = 1883};
#endif
