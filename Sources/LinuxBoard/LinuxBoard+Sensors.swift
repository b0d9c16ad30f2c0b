// SPDX-License-Identifier: MIT

// When sensors are read, and what becomes of the results. The reading itself happens on threads of its own: here a
// reading is requested when a sensor's period is over, and its result is reported when it arrives.

#if os(Linux)
  import Bytes
  import Parts
  import Timebase

  /// A sensor, and when it is read.
  struct SensorState {
    let input: Int
    let source: SensorSource
    let every: Milliseconds
    /// When it is to be read.
    var due = MonotonicTime.zero
    /// Since when it is being read; nil if it is not.
    var askedAt: MonotonicTime?
  }

  extension LinuxBoard {
    /// How many seconds a sensor may take: those of a bus wait for each other.
    private static var patience: UInt32 { 30 }

    /// Makes each sensor a unit, to be read at once.
    func addSensors() {
      for (input, wired) in wiring.inputs.enumerated() {
        guard case .sensor(let source) = wired.address else { continue }
        _ = addUnit(source.description, .sensor, outputs: [], inputs: [input])
        sensors.append(SensorState(input: input, source: source, every: wired.every))
      }
    }

    /// Has the sensors read that are due; returns when the next one is.
    func askSensors(now: MonotonicTime) -> MonotonicTime {
      var deadline = MonotonicTime.distantFuture
      for index in sensors.indices {
        if let askedAt = sensors[index].askedAt {
          let end = askedAt + .seconds(Self.patience)
          if end > now {
            deadline = min(deadline, end)
          } else {
            noteFailure(of: sensors[index], .noAnswer(name: sensors[index].source.description, seconds: Self.patience))
          }
        } else {
          if sensors[index].due <= now { ask(index, now: now) }
          deadline = min(deadline, sensors[index].askedAt.map { $0 + .seconds(Self.patience) } ?? sensors[index].due)
        }
      }
      return deadline
    }

    private func ask(_ index: Int, now: MonotonicTime) {
      sensors[index].askedAt = now
      // At its period; what was missed is not made up for.
      let next = sensors[index].due + sensors[index].every
      sensors[index].due = next > now ? next : now + sensors[index].every
      reader.read(sensors[index].source, of: sensors[index].input)
    }

    /// Tells the device what sensors have answered.
    func takeResults(of device: inout some Listener, now: MonotonicTime) {
      for result in reader.takeResults() {
        guard let index = sensors.firstIndex(where: { $0.input == result.input }) else { continue }
        sensors[index].askedAt = nil
        switch result.value {
        case .success(let value):
          let unit = unitOfInput[result.input]
          if units[unit].loss != nil {
            noteFound(unit)
            noteFaults(to: &device)  // before its value
          }
          device.sense(result.input, .value(value), at: now)
        case .failure(let error): noteFailure(of: sensors[index], error)
        }
      }
    }

    private func noteFailure(of sensor: SensorState, _ error: BoardError) {
      let unit = unitOfInput[sensor.input]
      if units[unit].loss == nil { lose(unit, error) } else { noteStillLost(unit, error) }
    }
  }
#endif
