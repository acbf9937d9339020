import CLineEditor
import Glibc
import SystemIO

/// A thread that runs one actor's jobs and may block in them: libedit waits for keys inside a C call.
///
/// Jobs wait in a queue behind a lock; an eventfd wakes the thread. The thread lives as long as the process, or until `stop()`.
final class EditorThread: SerialExecutor {
  private struct Queue {
    var jobs: [UnownedJob] = []
    var isStopped = false
  }

  private let queue = Locked(Queue())
  private let wakeup: FileDescriptor

  /// Starts the thread.
  init() throws(SystemError) {
    wakeup = FileDescriptor(owning: try checked(cle_wakeup_open(), "eventfd"))
    try Thread("ftrsh-editor") { [self] in run() }.detach()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.withLock { $0.jobs.append(job) }
    _ = cle_wake(wakeup.raw)
  }

  /// Ends the thread after the jobs that already wait.
  func stop() {
    queue.withLock { $0.isStopped = true }
    _ = cle_wake(wakeup.raw)
  }

  /// Takes jobs and runs them until stopped.
  private func run() {
    while true {
      let (jobs, isStopped) = queue.withLock { queue in
        defer { queue.jobs.removeAll() }
        return (queue.jobs, queue.isStopped)
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if !jobs.isEmpty { continue }
      if isStopped { return }
      var wait = pollfd(fd: wakeup.raw, events: Int16(POLLIN), revents: 0)
      // An interrupted wait only means another look at the queue.
      _ = poll(&wait, 1, -1)
      _ = cle_clear(wakeup.raw)
    }
  }
}
