import CSystemIO
import Glibc

/// The program's first thread as the one that runs Swift's tasks, in place of the runtime's pool.
///
/// A session does one thing at a time, on one actor; packets and timers have their own thread, the event loop's, and so have
/// look-ups and the line editor, which block. A pool would bring nothing but the start of its threads (two, and a third
/// that watches them), a hand-over between two of them for every message, and their end. Without it `ftrsh echo hi` takes
/// 0.6 ms of processor time more than `ftrsh --version`, with it about 2.
///
/// A task that wakes up from `Task.sleep` still runs on a thread of the runtime's, which is made then.
package enum MainThread {
  private static let jobs = JobQueue()

  /// Takes the place of the pool: no task may have been started before, and `serve` must be called soon.
  package static func replacePool() {
    csio_take_jobs { job in MainThread.jobs.add(job) }
  }

  /// Runs tasks, one job after the other in order of their coming, until the program exits.
  package static func serve() -> Never {
    var batch: [JobQueue.Job] = []
    while true {
      jobs.take(&batch)
      for job in batch { csio_run_job(job.pointer) }
      batch.removeAll(keepingCapacity: true)
    }
  }
}

/// Jobs that wait for a thread, and the thread that waits for jobs.
private final class JobQueue: @unchecked Sendable {
  // Unchecked because of the pointers and the array, which are touched only under `mutex`.

  /// A job of the runtime; it is run once.
  struct Job {
    let pointer: UnsafeMutableRawPointer
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [Job] = []

  init() {
    mutex.initialize(to: pthread_mutex_t())
    condition.initialize(to: pthread_cond_t())
    let failure = pthread_mutex_init(mutex, nil) | pthread_cond_init(condition, nil)
    precondition(failure == 0, "An ordinary mutex and condition need no resource that could be missing.")
  }

  func add(_ job: UnsafeMutableRawPointer) {
    pthread_mutex_lock(mutex)
    let isFirst = waiting.isEmpty
    waiting.append(Job(pointer: job))
    pthread_mutex_unlock(mutex)
    if isFirst { pthread_cond_signal(condition) }
  }

  /// Waits until there are jobs, and takes them all in exchange for `batch`, which is empty.
  func take(_ batch: inout [Job]) {
    pthread_mutex_lock(mutex)
    while waiting.isEmpty { pthread_cond_wait(condition, mutex) }
    swap(&batch, &waiting)
    pthread_mutex_unlock(mutex)
  }
}
