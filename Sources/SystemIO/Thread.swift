import CSystemIO
import Glibc

/// A thread of the program's own, outside Swift's pool: for calls that block, and for the event loop.
package struct Thread: Sendable {
  private let handle: pthread_t

  /// Starts a thread that runs `body` once.
  ///
  /// It inherits the signal mask, so signals that a `SignalSource` takes must be blocked before.
  /// - Parameter name: at most 15 bytes, shown by `ps -L` and debuggers.
  /// - Throws: `SystemError` of `pthread_create`, EAGAIN when there are too many.
  package init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) throws(SystemError) {
    precondition(name.utf8CodeUnitCount < 16, "The kernel keeps 15 bytes of a thread's name.")
    let box = Unmanaged.passRetained(Body(name, body))
    var handle = pthread_t()
    let failure = pthread_create(
      &handle, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, box.toOpaque())
    guard failure == 0 else {
      box.release()
      throw SystemError(call: "pthread_create", errno: failure)
    }
    self.handle = handle
  }

  /// A number of the calling thread, different from that of every other running thread.
  package static var current: UInt {
    UInt(pthread_self())
  }

  /// Whether the caller runs on this thread.
  package var isCurrent: Bool {
    pthread_equal(handle, pthread_self()) != 0
  }

  /// Asks the kernel to give the calling thread the processor in short turns, and so sooner when it wakes, on a machine
  /// that is busy: for one that works little, and in time. Needs no privilege.
  ///
  /// - Returns: false when the kernel refuses.
  @discardableResult
  package static func takeShortTurns() -> Bool {
    csio_take_short_turns(shortTurnNanoseconds) == 0
  }

  /// The shortest that the kernel gives.
  private static let shortTurnNanoseconds: UInt64 = 100_000

  /// Waits until the thread has ended; once, and not from itself.
  package func join() {
    pthread_join(handle, nil)
  }

  /// Lets the thread end on its own; it cannot be joined afterwards.
  package func detach() {
    pthread_detach(handle)
  }

  private final class Body: Sendable {
    private let name: StaticString
    private let body: @Sendable () -> Void

    init(_ name: StaticString, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }

    func run() {
      csio_name_thread(name.utf8Start)
      body()
    }
  }
}
