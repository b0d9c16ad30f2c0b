// SPDX-License-Identifier: MIT

// Reads sensors on threads of its own, so that one that takes its time keeps nothing waiting: a thread for each kind of
// source, since the sensors of a 1-Wire bus wait for each other anyway, and a file on a network must not hold up the
// thermometer on the board. When to read what is decided elsewhere, by a time that is passed in.

#if os(Linux)
  import Bytes
  import SystemCalls

  /// The threads that read sensors, and what they have read.
  final class SensorThreads: Sendable {
    /// What came of a reading.
    struct Measurement: Sendable {
      let input: Int
      let value: Result<Decimal, BoardError>
    }

    private struct State {
      var results: [Measurement] = []
      var onNews: (@Sendable () -> Void)?
      var lanes: [(kind: Int, lane: Lane)] = []
    }

    private let system: SystemFolder
    private let state = Locked(State())

    init(_ system: SystemFolder) { self.system = system }

    deinit { finish() }

    /// Calls `body`, on some thread, each time when there are results to take.
    func onNews(_ body: (@Sendable () -> Void)?) { state.withLock { $0.onNews = body } }

    /// Requests a reading of an input's sensor, after earlier requests for its kind.
    func read(_ source: SensorSource, of input: Int) {
      state.withLock { state in
        if let found = state.lanes.first(where: { $0.kind == source.kind }) {
          return found.lane.add(source, input)
        }
        let lane = Lane(system) { [weak self] result in self?.take(result) }
        state.lanes.append((source.kind, lane))
        lane.add(source, input)
      }
    }

    /// Takes what was read since the last call, oldest first.
    func takeResults() -> [Measurement] {
      state.withLock { state in
        defer { state.results = [] }
        return state.results
      }
    }

    /// Ends the threads, when they have read what they are reading.
    func finish() {
      state.withLock { state in
        for (_, lane) in state.lanes { lane.finish() }
        state.lanes = []
        state.onNews = nil
      }
    }

    private func take(_ result: Measurement) {
      let onNews = state.withLock { state in
        state.results.append(result)
        return state.onNews
      }
      onNews?()
    }
  }

  extension SensorSource {
    /// Sensors of the same kind are read one after the other.
    fileprivate var kind: Int {
      switch self {
      case .iio, .hwmon, .thermal: 0
      case .w1: 1
      case .file: 2
      }
    }
  }

  /// A thread, and what it is to read.
  private final class Lane: Sendable {
    private struct Queue {
      var jobs: [(source: SensorSource, input: Int)] = []
      var isOver = false
    }

    private let system: SystemFolder
    private let report: @Sendable (SensorThreads.Measurement) -> Void
    private let queue = Locked(Queue())
    /// Counts what is in the queue, and its end.
    private nonisolated(unsafe) let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

    init(_ system: SystemFolder, report: @escaping @Sendable (SensorThreads.Measurement) -> Void) {
      self.system = system
      self.report = report
      sem_init(semaphore, 0, 0)
      start()
    }

    deinit {
      sem_destroy(semaphore)
      semaphore.deallocate()
    }

    func add(_ source: SensorSource, _ input: Int) {
      queue.withLock { $0.jobs.append((source, input)) }
      sem_post(semaphore)
    }

    func finish() {
      queue.withLock { queue in
        queue.jobs = []
        queue.isOver = true
      }
      sem_post(semaphore)
    }

    private func start() {
      var thread = pthread_t()
      let lane = Unmanaged.passRetained(self).toOpaque()
      let code = pthread_create(&thread, nil, { lane in
        guard let lane else { return nil }
        Unmanaged<Lane>.fromOpaque(lane).takeRetainedValue().run()
        return nil
      }, lane)
      if code == 0 {
        pthread_detach(thread)
      } else {
        Unmanaged<Lane>.fromOpaque(lane).release()  // nothing is read, and the sensors do not answer
      }
    }

    private func run() {
      while true {
        while sem_wait(semaphore) != 0 {}  // a signal came
        let (job, isOver) = queue.withLock { queue in
          (queue.jobs.isEmpty ? nil : queue.jobs.removeFirst(), queue.isOver)
        }
        if isOver { return }
        guard let job else { continue }
        do throws(BoardError) {
          report(SensorThreads.Measurement(input: job.input, value: .success(try job.source.read(in: system))))
        } catch {
          report(SensorThreads.Measurement(input: job.input, value: .failure(error)))
        }
      }
    }
  }
#endif
