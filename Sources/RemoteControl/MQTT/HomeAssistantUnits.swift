// SPDX-License-Identifier: MIT

// What Home Assistant calls what a sensor measures. It refuses a sensor whose unit is not one of its device class,
// letter for letter, and warns of a kind of statistics that the class does not have. So a unit is written as it writes
// it (a temperature in C or º is in °C, a flow in l/min in L/min); and where the unit is none of the class, the class
// is left out, and the sensor is a number with its unit. Source: `DEVICE_CLASS_UNITS` and `DEVICE_CLASS_STATE_CLASSES`
// of its sensors, as version 2026.11.0 answers.

import Bytes

/// What Home Assistant is told of what a sensor measures.
struct HomeAssistantUnit {
  /// The unit as it writes it; empty for none.
  var unit: [UInt8]
  /// Whether the device class is one that it has, and has this unit.
  var fitsClass = false
  /// What statistics it makes.
  var stateClass: StaticString = "measurement"

  init(_ unit: [UInt8], deviceClass: [UInt8]) {
    self.unit = Self.usual(unit)
    for (name, units) in Self.classes where deviceClass.span.equals(name) {
      if let found = Self.find(self.unit.span, in: units.span) {
        fitsClass = true
        self.unit = found
      }
      for name in ["energy", "gas", "reactive_energy", "volume", "water"] as [StaticString]
      where fitsClass && deviceClass.span.equals(name) { stateClass = "total" }
      if fitsClass, deviceClass.span.equals("wind_direction") { stateClass = "measurement_angle" }
    }
  }

  /// With the degree sign that is one (U+00B0, for U+00BA, U+2103 and U+2109), and the letter that Home Assistant has
  /// for a millionth (U+03BC, for U+00B5).
  static func usual(_ unit: [UInt8]) -> [UInt8] {
    var usual: [UInt8] = []
    var index = 0
    while index < unit.count {
      let rest = unit.span.extracting(droppingFirst: index)
      if rest.starts(with: "\u{BA}") {
        usual.append("\u{B0}")
        index += 2
      } else if rest.starts(with: "\u{B5}") {
        usual.append("\u{3BC}")
        index += 2
      } else if rest.starts(with: "\u{2103}") || rest.starts(with: "\u{2109}") {
        usual.append(rest[2] == 0x83 ? "\u{B0}C" : "\u{B0}F")
        index += 3
      } else {
        usual.append(rest[0])
        index += 1
      }
    }
    return usual
  }

  /// The one of `units` that this is: letter for letter, or the only one that differs in nothing but the case, or in a
  /// degree sign. `-` stands for no unit.
  private static func find(_ unit: Span<UInt8>, in units: Span<UInt8>) -> [UInt8]? {
    var similar: [UInt8]?
    var isAmbiguous = false
    var start = 0
    while start < units.count {
      let end = units.firstIndex(of: UInt8(ascii: "|"), from: start) ?? units.count
      let candidate = units.extracting(start..<end)
      start = end + 1
      if candidate.equals("-") {
        if unit.count == 0 { return [] }
        continue
      }
      if unit.equals(candidate) { return [UInt8](candidate) }
      let bare = candidate.starts(with: "\u{B0}") ? candidate.extracting(droppingFirst: 2) : candidate
      guard unit.count > 0, unit.equalsIgnoringCase(candidate) || unit.equalsIgnoringCase(bare) else { continue }
      isAmbiguous = similar != nil
      similar = [UInt8](candidate)
    }
    return isAmbiguous ? nil : similar
  }

  /// Each class with its units.
  private static var classes: [(StaticString, StaticString)] {
    [
      ("temperature", "°C|°F|K"), ("temperature_delta", "°C|°F|K"), ("humidity", "%"), ("moisture", "%"),
      ("absolute_humidity", "g/m³|mg/m³"), ("battery", "%"), ("power_factor", "%|-"), ("aqi", "-"), ("ph", "-"),
      ("pressure", "Pa|hPa|kPa|mPa|bar|mbar|cbar|atm|mmHg|inHg|inH₂O|psi"),
      ("atmospheric_pressure", "Pa|hPa|kPa|mPa|bar|mbar|cbar|atm|mmHg|inHg|inH₂O|psi"),
      ("illuminance", "lx"), ("irradiance", "W/m²|BTU/(h⋅ft²)"), ("voltage", "V|mV|μV|kV|MV"), ("current", "A|mA|μA"),
      ("power", "W|mW|kW|MW|GW|TW"), ("apparent_power", "VA|mVA|kVA"), ("reactive_power", "var|mvar|kvar"),
      ("reactive_energy", "varh|kvarh"), ("energy", "Wh|mWh|kWh|MWh|GWh|TWh|J|kJ|MJ|GJ|cal|kcal|Mcal|Gcal|thm"),
      ("energy_storage", "Wh|mWh|kWh|MWh|GWh|TWh|J|kJ|MJ|GJ|cal|kcal|Mcal|Gcal|thm"),
      ("energy_distance", "Wh/km|kWh/100km|km/kWh|mi/kWh"), ("frequency", "Hz|mHz|kHz|MHz|GHz"),
      ("area", "m²|mm²|cm²|km²|ha|ac|in²|ft²|yd²|mi²"), ("distance", "m|mm|cm|km|in|ft|yd|mi|nmi"),
      ("duration", "s|μs|ms|min|h|d"), ("weight", "kg|g|mg|μg|oz|lb|st"),
      ("speed", "m/s|mm/s|m/min|km/h|mm/h|mm/d|ft/s|in/s|in/h|in/d|mph|kn|Beaufort"),
      ("wind_speed", "m/s|mm/s|m/min|km/h|ft/s|in/s|mph|kn|Beaufort"), ("wind_direction", "°"),
      ("volume", "L|mL|m³|ft³|CCF|MCF|gal|fl. oz."), ("volume_storage", "L|mL|m³|ft³|CCF|MCF|gal|fl. oz."),
      ("water", "L|m³|ft³|CCF|MCF|gal"), ("gas", "L|m³|ft³|CCF|MCF"),
      ("volume_flow_rate", "L/min|L/s|L/h|mL/s|m³/h|m³/min|m³/s|ft³/min|gal/min|gal/h|gal/d"),
      ("precipitation", "mm|cm|in"), ("precipitation_intensity", "mm/h|mm/d|in/h|in/d"),
      ("carbon_dioxide", "ppm"), ("carbon_monoxide", "ppm|ppb|mg/m³|μg/m³"),
      ("nitrogen_dioxide", "ppm|ppb|μg/m³"), ("nitrogen_monoxide", "ppb|μg/m³"), ("nitrous_oxide", "μg/m³"),
      ("ozone", "ppm|ppb|μg/m³"), ("sulphur_dioxide", "ppb|μg/m³"), ("pm1", "μg/m³"), ("pm25", "μg/m³"),
      ("pm4", "μg/m³"), ("pm10", "μg/m³"), ("volatile_organic_compounds", "mg/m³|μg/m³"),
      ("volatile_organic_compounds_parts", "ppm|ppb"), ("radon", "Bq/m³|pCi/L"),
      ("blood_glucose_concentration", "mg/dL|mmol/L"), ("conductivity", "S/cm|mS/cm|μS/cm"),
      ("sound_pressure", "dB|dBA"), ("signal_strength", "dB|dBm"),
      ("data_rate", "bit/s|kbit/s|Mbit/s|Gbit/s|B/s|kB/s|MB/s|GB/s|KiB/s|MiB/s|GiB/s"),
      ("data_size", "bit|kbit|Mbit|Gbit|B|kB|MB|GB|TB|PB|EB|ZB|YB|KiB|MiB|GiB|TiB|PiB|EiB|ZiB|YiB"),
    ]
  }
}
