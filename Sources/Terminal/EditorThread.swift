import CLineEditor
import Glibc
import Synchronization

/// A thread that runs one actor's jobs and may block in them: libedit waits for keys inside a C call.
///
/// Jobs wait in a queue behind a lock; an eventfd wakes the thread. The thread lives as long as the process, or until `stop()`.
final class EditorThread: SerialExecutor {
  private struct Queue {
    var jobs: [UnownedJob] = []
    var isStopped = false
  }

  private let queue = Mutex(Queue())
  private let wakeup: Int32

  /// Starts the thread. Throws the errno when no descriptor or thread is to be had.
  init() throws(EditlineError) {
    wakeup = cle_wakeup_open()
    guard wakeup >= 0 else { throw .cannotStart(call: "eventfd", errno: -wakeup) }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(self)
    let result = pthread_create(&thread, nil, runEditorThread, box.toOpaque())
    guard result == 0 else {
      box.release()
      throw .cannotStart(call: "pthread_create", errno: result)
    }
    pthread_detach(thread)
  }

  deinit { if wakeup >= 0 { close(wakeup) } }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.withLock { $0.jobs.append(job) }
    _ = cle_wake(wakeup)
  }

  /// Ends the thread after the jobs that already wait.
  func stop() {
    queue.withLock { $0.isStopped = true }
    _ = cle_wake(wakeup)
  }

  /// Takes jobs and runs them until stopped.
  fileprivate func run() {
    while true {
      let (jobs, isStopped) = queue.withLock { queue in
        defer { queue.jobs.removeAll() }
        return (queue.jobs, queue.isStopped)
      }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
      if !jobs.isEmpty { continue }
      if isStopped { return }
      var wait = pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)
      // An interrupted wait only means another look at the queue.
      _ = poll(&wait, 1, -1)
      _ = cle_clear(wakeup)
    }
  }
}

/// The thread's body. A plain function: a closure that C calls must not carry anyone's isolation.
private func runEditorThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  Unmanaged<EditorThread>.fromOpaque(context).takeRetainedValue().run()
  return nil
}
