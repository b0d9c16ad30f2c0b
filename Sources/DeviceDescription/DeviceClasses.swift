// SPDX-License-Identifier: MIT

// The device classes of Home Assistant, for `did you mean`: of binary sensors (our contacts) and of sensors, from its
// documentation for developers.

enum DeviceClasses {
  static let contacts = [
    "door", "window", "garage_door", "opening", "motion", "occupancy", "presence", "moisture", "smoke", "gas",
    "carbon_monoxide", "battery", "battery_charging", "cold", "connectivity", "heat", "light", "lock", "moving", "plug",
    "power", "problem", "running", "safety", "sound", "tamper", "update", "vibration",
  ]
  static let sensors = [
    "temperature", "humidity", "pressure", "atmospheric_pressure", "illuminance", "voltage", "current", "power",
    "energy", "apparent_power", "aqi", "area", "battery", "carbon_dioxide", "carbon_monoxide", "conductivity",
    "data_rate", "data_size", "distance", "duration", "energy_storage", "frequency", "gas", "irradiance", "moisture",
    "nitrogen_dioxide", "nitrogen_monoxide", "nitrous_oxide", "ozone", "ph", "pm1", "pm25", "pm10", "power_factor",
    "precipitation", "precipitation_intensity", "reactive_power", "signal_strength", "sound_pressure", "speed",
    "sulphur_dioxide", "volatile_organic_compounds", "volume", "volume_flow_rate", "volume_storage", "water", "weight",
    "wind_direction", "wind_speed",
  ]
}
