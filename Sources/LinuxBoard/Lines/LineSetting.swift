// SPDX-License-Identifier: MIT

// How lines are to be used, and how many fit one request: the kernel takes 64 lines, and ten attributes that each hold
// for any number of them. Lines with the same setting share an attribute. Source: Linux uAPI, linux/gpio.h,
// GPIO_V2_LINES_MAX, GPIO_V2_LINE_NUM_ATTRS_MAX, struct gpio_v2_line_config.

#if os(Linux)
  import CLinuxGPIO

  /// How a line is to be used.
  struct LineSetting: Equatable {
    let offset: UInt32
    var flags: LineFlags
    /// What an output is driven to from the start.
    var isHigh = false
    /// Whether an output that was held for this program stays as it is, whatever `isHigh` says.
    var keepsLevel = false
    /// How long the kernel waits for an input to be at rest, in microseconds; 0 for not at all.
    var debouncePeriod: UInt32 = 0

    /// The same without the kernel's debounce.
    var withoutDebounce: LineSetting {
      var setting = self
      setting.debouncePeriod = 0
      return setting
    }
  }

  /// What the lines of a request want, each want once.
  private struct Attributes {
    private(set) var flags: [LineFlags] = []
    private(set) var periods: [UInt32] = []
    private(set) var hasOutputs = false

    mutating func add(_ setting: LineSetting) {
      if !flags.contains(setting.flags) { flags.append(setting.flags) }
      if setting.debouncePeriod > 0, !periods.contains(setting.debouncePeriod) {
        periods.append(setting.debouncePeriod)
      }
      if setting.flags.contains(.output) { hasOutputs = true }
    }

    /// How many attributes that takes; the first flags are the request's own.
    var count: Int { max(0, flags.count - 1) + periods.count + (hasOutputs ? 1 : 0) }
  }

  extension [LineSetting] {
    /// The settings in as few requests as they fit: their places in this array.
    func requests() -> [[Int]] {
      if fits(Array<Int>(indices)) { return isEmpty ? [] : [Array<Int>(indices)] }
      // Those with the same debounce together, for of these there may be any number.
      let order = indices.sorted {
        (self[$0].debouncePeriod, self[$0].flags.rawValue, $0) < (self[$1].debouncePeriod, self[$1].flags.rawValue, $1)
      }
      var requests: [[Int]] = []
      for index in order {
        if let last = requests.last, fits(last + [index]) {
          requests[requests.count - 1].append(index)
        } else {
          requests.append([index])
        }
      }
      return requests
    }

    private func fits(_ indices: [Int]) -> Bool {
      var attributes = Attributes()
      for index in indices { attributes.add(self[index]) }
      return indices.count <= Int(GPIO_V2_LINES_MAX) && attributes.count <= Int(GPIO_V2_LINE_NUM_ATTRS_MAX)
    }

    /// The kernel's configuration for settings that fit one request: a bit of a mask for each line.
    var config: gpio_v2_line_config {
      var attributes = Attributes()
      for setting in self { attributes.add(setting) }
      var entries: [gpio_v2_line_config_attribute] = []
      func add(_ id: gpio_v2_line_attr_id, mask: UInt64, _ set: (inout gpio_v2_line_attribute) -> Void) {
        var entry = gpio_v2_line_config_attribute()
        entry.attr.id = id.rawValue
        entry.mask = mask
        set(&entry.attr)
        entries.append(entry)
      }
      for flags in attributes.flags.dropFirst() {
        add(GPIO_V2_LINE_ATTR_ID_FLAGS, mask: mask { $0.flags == flags }) { $0.flags = flags.rawValue }
      }
      for period in attributes.periods {
        add(GPIO_V2_LINE_ATTR_ID_DEBOUNCE, mask: mask { $0.debouncePeriod == period }) {
          $0.debounce_period_us = period
        }
      }
      let outputs = mask { $0.flags.contains(.output) }
      if outputs != 0 {
        add(GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, mask: outputs) { $0.values = mask(\.isHigh) & outputs }
      }
      var config = gpio_v2_line_config()
      config.flags = attributes.flags.first?.rawValue ?? 0
      config.num_attrs = UInt32(entries.count)
      Swift.withUnsafeMutableBytes(of: &config.attrs) { raw in
        entries.withUnsafeBytes { raw.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0.prefix(raw.count))) }
      }
      return config
    }

    /// A bit for each of the first 64 for which `isIn` holds.
    func mask(_ isIn: (LineSetting) -> Bool) -> UInt64 {
      var mask: UInt64 = 0
      for (index, setting) in prefix(64).enumerated() where isIn(setting) { mask |= 1 << UInt64(index) }
      return mask
    }
  }
#endif
