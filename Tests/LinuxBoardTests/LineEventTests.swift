// SPDX-License-Identifier: MIT

// The records of the kernel's `struct gpio_v2_line_event`, laid out by the C compiler from the kernel's own header.

#if os(Linux)
  import CLinuxGPIO
  import ConformanceSupport
  import Testing

  @testable import LinuxBoard

  @Suite struct LineEventTests {
    @Test func aRecordIsWhatTheKernelsHeaderSays() throws {
      #expect(LineEvent.size == MemoryLayout<gpio_v2_line_event>.size)
      for (id, isRising) in [(GPIO_V2_LINE_EVENT_RISING_EDGE, true), (GPIO_V2_LINE_EVENT_FALLING_EDGE, false)] {
        var raw = gpio_v2_line_event()
        raw.timestamp_ns = 0x0102_0304_0506_0708
        raw.id = id.rawValue
        raw.offset = 26
        raw.seqno = 9
        raw.line_seqno = 7
        let bytes = withUnsafeBytes(of: &raw) { Array($0) }
        let expected = LineEvent(timestamp: 0x0102_0304_0506_0708, isRising: isRising, offset: 26, number: 7)
        #expect(LineEvent(bytes.span) == expected)
        #expect(LineEvent((bytes + [1, 2, 3]).span) == expected, "what follows is the next record's")
      }
    }

    @Test func aPartOfARecordIsNone() {
      for count in 0..<LineEvent.size { #expect(LineEvent([UInt8](repeating: 1, count: count).span) == nil) }
    }

    @Test func anotherKindOfRecordIsNone() {
      var raw = gpio_v2_line_event()
      for id: UInt32 in [0, 3, .max] {
        raw.id = id
        #expect(withUnsafeBytes(of: &raw) { LineEvent(Array($0).span) } == nil)
      }
    }

    @Test func anyBytesAreARecordOrNone() {
      var generator = SeededGenerator(seed: SeededGenerator.freshSeed())
      for _ in 0..<1000 {
        let bytes = (0..<Int.random(in: 0...100, using: &generator)).map { _ in UInt8.random(in: 0...3, using: &generator) }
        _ = LineEvent(bytes.span)
      }
    }

    @Test func flagsAreTheKernels() {
      let flags: [(LineFlags, gpio_v2_line_flag)] = [
        (.used, GPIO_V2_LINE_FLAG_USED), (.activeLow, GPIO_V2_LINE_FLAG_ACTIVE_LOW),
        (.input, GPIO_V2_LINE_FLAG_INPUT), (.output, GPIO_V2_LINE_FLAG_OUTPUT),
        (.risingEdge, GPIO_V2_LINE_FLAG_EDGE_RISING), (.fallingEdge, GPIO_V2_LINE_FLAG_EDGE_FALLING),
        (.openDrain, GPIO_V2_LINE_FLAG_OPEN_DRAIN), (.openSource, GPIO_V2_LINE_FLAG_OPEN_SOURCE),
        (.pullUp, GPIO_V2_LINE_FLAG_BIAS_PULL_UP), (.pullDown, GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN),
        (.biasDisabled, GPIO_V2_LINE_FLAG_BIAS_DISABLED),
      ]
      for (ours, kernels) in flags { #expect(ours.rawValue == UInt64(kernels.rawValue)) }
    }
  }
#endif
