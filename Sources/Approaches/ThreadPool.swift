import DequeModule
import Probing
import SystemIO
import Tracing

/// Threads for jobs, made on demand and kept while there is something to do; a runtime's pool of blocking threads is
/// one.
final class ThreadPool: Sendable {
  /// A function that is a value of a generic container is wrapped anew each time it is read; a member of one is not.
  struct Job: Sendable {
    let body: @Sendable () -> Void
  }

  private struct State: Sendable {
    var jobs: Deque<Job> = []
    var threads: [Int: Thread] = [:]
    /// Has ended, or is about to, and is to be joined: each that ends joins the one before.
    var ended: Thread?
    /// Threads that wait for a job, or have been started for one and not come to it.
    var idle = 0
    var next = 0
    /// Idle threads end.
    var isResting = true
    var isShutDown = false
  }

  private let name: StaticString
  private let most: Int
  private let gauge: EngineGauge
  private let state = Monitor(State())

  /// - Parameters:
  ///   - most: of its threads.
  ///   - name: of each, at most 15 bytes.
  init(_ name: StaticString, most: Int, _ gauge: EngineGauge) {
    self.name = name
    self.most = most
    self.gauge = gauge
  }

  /// Queues a job: an idle thread takes it, or a new one while there are fewer than `most`; else it waits.
  ///
  /// - Throws: when it cannot be run, since there is no thread and none can be made.
  func submit(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
    try state.withLock { state throws(SystemError) in
      guard !state.isShutDown else { return }
      state.jobs.append(Job(body: body))
      guard state.idle < state.jobs.count, state.threads.count < most else { return }
      do throws(SystemError) {
        try start(&state)
      } catch {
        // Busy threads will come to it, if there are any.
        guard state.threads.isEmpty else { return }
        state.jobs.removeLast()
        throw error
      }
    }
    state.signal()
  }

  /// Keeps idle threads, for the jobs to come, until `rest`.
  func work() { state.withLock { $0.isResting = false } }

  /// Lets idle threads end, and the others when they have nothing to do.
  func rest() {
    state.withLock { $0.isResting = true }
    state.broadcast()
  }

  /// Drops the jobs that wait, and waits until every thread has ended; the jobs that run must be made to end. Not from
  /// a job.
  func shutDown() {
    state.withLock { state in
      state.isShutDown = true
      state.jobs.removeAll()
    }
    state.broadcast()
    let last: Thread? = state.wait { state in
      guard state.threads.isEmpty else { return nil }
      defer { state.ended = nil }
      return .some(state.ended)
    }
    last?.join()
  }

  private func start(_ state: inout State) throws(SystemError) {
    let number = state.next
    gauge.threadStarted()
    do throws(SystemError) {
      state.threads[number] = try Thread(name) { [self] in run(number) }
    } catch {
      gauge.threadEnded()
      throw error
    }
    state.next += 1
    state.idle += 1
  }

  private func run(_ number: Int) {
    while let job = next(number) {
      job.body()
      state.withLock { $0.idle += 1 }
    }
  }

  /// Waits for a job; nil when the thread is to end, and then it is off the list.
  private func next(_ number: Int) -> Job? {
    let (job, previous) = state.wait { state -> (Job?, Thread?)? in
      if let job = state.jobs.popFirst() {
        state.idle -= 1
        return (job, nil)
      }
      guard state.isResting || state.isShutDown else { return nil }
      state.idle -= 1
      let previous = state.ended
      state.ended = state.threads.removeValue(forKey: number)
      gauge.threadEnded()
      return (nil, previous)
    }
    if job == nil {
      previous?.join()
      state.broadcast()
    }
    return job
  }
}
