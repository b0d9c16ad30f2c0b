// SPDX-License-Identifier: MIT

// How lines are shared out among requests, against a slow reading of the kernel's rules for one request.

#if os(Linux)
  import CLinuxGPIO
  import ConformanceSupport
  import Testing

  @testable import LinuxBoard

  @Suite struct LineSettingTests {
    static let edges: LineFlags = [.input, .risingEdge, .fallingEdge]

    func output(_ offset: UInt32, high: Bool = false) -> LineSetting {
      LineSetting(offset: offset, flags: .output, isHigh: high)
    }

    func input(_ offset: UInt32, _ bias: Bias = .pullUp, debounce: UInt32 = 0) -> LineSetting {
      LineSetting(offset: offset, flags: Self.edges.union(bias.flags), debouncePeriod: debounce)
    }

    /// What the kernel makes of a configuration for each of the lines (gpio_v2_line_config_flags and the others in
    /// drivers/gpio/gpiolib-cdev.c): the first attribute whose mask has the line's bit.
    func kernelsReading(
      _ config: gpio_v2_line_config, lines: Int
    ) -> [(flags: UInt64, isHigh: Bool, debounce: UInt32)] {
      var config = config
      let attributes = withUnsafeBytes(of: &config.attrs) {
        Array($0.bindMemory(to: gpio_v2_line_config_attribute.self).prefix(Int(config.num_attrs)))
      }
      return (0..<lines).map { line in
        func first(_ id: gpio_v2_line_attr_id) -> gpio_v2_line_attribute? {
          attributes.first { $0.attr.id == id.rawValue && $0.mask & 1 << UInt64(line) != 0 }?.attr
        }
        let values = first(GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES)?.values ?? 0
        return (
          first(GPIO_V2_LINE_ATTR_ID_FLAGS)?.flags ?? config.flags, values & 1 << UInt64(line) != 0,
          first(GPIO_V2_LINE_ATTR_ID_DEBOUNCE)?.debounce_period_us ?? 0
        )
      }
    }

    @Test func theKernelReadsWhatWasMeant() {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      for _ in 0..<300 {
        let settings = (0..<UInt32.random(in: 0...200, using: &generator)).map { offset in
          if Bool.random(using: &generator) { return output(offset, high: .random(using: &generator)) }
          let bias: Bias = [.pullUp, .pullDown, .disabled, .asIs].randomElement(using: &generator) ?? .asIs
          return input(offset, bias, debounce: .random(in: 0...12, using: &generator) * 1000)
        }
        let requests = settings.requests()
        #expect(requests.flatMap { $0 }.sorted() == Array(settings.indices), "each line is in one request")
        for indices in requests {
          let chosen = indices.map { settings[$0] }
          #expect(chosen.count <= Int(GPIO_V2_LINES_MAX))
          #expect(chosen.config.num_attrs <= GPIO_V2_LINE_NUM_ATTRS_MAX)
          for (setting, read) in zip(chosen, kernelsReading(chosen.config, lines: chosen.count)) {
            #expect(read.flags == setting.flags.rawValue)
            #expect(read.isHigh == setting.isHigh)
            #expect(read.debounce == setting.debouncePeriod)
          }
        }
      }
    }

    @Test func whatFitsOneRequestIsOne() {
      #expect([LineSetting]().requests().isEmpty)
      let alike = (0..<64).map { $0 < 32 ? output($0) : input($0) }
      #expect(alike.requests() == [Array(0..<64)], "in the order of the wiring, by which held lines are known")
      // Five kinds of flags (one of them the request's own), the levels, and five times for debouncing.
      let mixed =
        [output(0)] + [.pullUp, .pullDown, .disabled, .asIs].map { input(1, $0) }
        + (1...5).map { input(9, debounce: $0) }
      #expect(mixed.requests().count == 1)
      #expect((mixed + [input(20, debounce: 6)]).requests().count == 2)
    }

    @Test func manyLinesTakeNoMoreRequestsThanTheyMust() {
      #expect((0..<65).map { output($0) }.requests().count == 2)
      #expect((0..<640).map { output($0) }.requests().count == 10)
      // Ten times for debouncing fit a request of inputs alone.
      #expect((0..<20).map { input($0, debounce: 1 + $0 % 20) }.requests().count == 2)
      #expect((0..<60).map { input($0, debounce: 1 + $0 % 10) }.requests().count == 1)
    }

    @Test func linesAreStoredUnderANameThatSystemdTakes() {
      #expect(StoredLines.name(of: "gpiochip0", [26, 22]) == "gpiochip0-26-22")
      let many = StoredLines.name(of: "gpiochip0", Array(100..<164))
      #expect(many.utf8.count < 64)
      #expect(many != StoredLines.name(of: "gpiochip0", Array(101..<165)))
      #expect(many != StoredLines.name(of: "gpiochip1", Array(100..<164)))
    }
  }
#endif
