import CSystemIO
import Glibc

/// The signals that the program takes as events instead of being interrupted by them.
package enum Signal: Int32, CaseIterable, Hashable, Sendable {
  /// Ctrl-C.
  case interrupt = 2
  /// Ctrl-\.
  case quit = 3
  /// The terminal is gone.
  case hangUp = 1
  /// A polite request to end.
  case terminate = 15
  /// Ctrl-Z.
  case stop = 20
  /// `fg` or `bg` after a stop.
  case resume = 18
  /// The terminal has another size.
  case windowChange = 28
}

/// Signals as events of an `EventLoop`; ends when it is let go (the signals stay blocked).
package final class SignalSource: Sendable {
  private let reader: Reader
  private let registration: EventLoop.Registration

  /// Blocks the signals in the calling thread and in every thread that it starts from now on.
  ///
  /// To be called first in a synchronous main: a thread of Swift's pool that started before would still be interrupted.
  /// - Throws: `SystemError` of `pthread_sigmask`.
  package static func block(_ signals: Set<Signal>) throws(SystemError) {
    var set = signalSet(signals)
    let failure = pthread_sigmask(SIG_BLOCK, &set, nil)
    guard failure == 0 else { throw SystemError(call: "pthread_sigmask", errno: failure) }
  }

  /// Ignores SIGPIPE, so that writing to a closed pipe fails with EPIPE instead of ending the program.
  ///
  /// `Subprocess` gives its children the default back.
  package static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Gives the signals that this program changes their default actions back, and lets all of them through: for a process
  /// that is about to become another program.
  package static func restoreDefaults() throws(SystemError) {
    for number in Signal.allCases.map(\.rawValue) + [SIGPIPE] { signal(number, SIG_DFL) }
    var none = signalSet([])
    let failure = pthread_sigmask(SIG_SETMASK, &none, nil)
    guard failure == 0 else { throw SystemError(call: "pthread_sigmask", errno: failure) }
  }

  /// Calls `body` on the loop's thread for each of the signals, which must be blocked.
  ///
  /// Signals that arrive twice before they are read count once, as always. `body` is never run twice at a time, and
  /// must not call `takePending`.
  /// - Throws: `SystemError` of `signalfd` or `epoll_ctl`.
  package init(
    _ signals: Set<Signal>, on loop: EventLoop, _ body: @escaping @Sendable (Signal) -> Void
  ) throws(SystemError) {
    var set = Self.signalSet(signals)
    let source = SharedDescriptor(owning: try checked(csio_signalfd(&set), "signalfd"))
    let reader = Reader(source: source, body: body)
    self.reader = reader
    registration = try loop.register(source.raw) { _ in reader.take() }
  }

  /// Takes the signals that have come by now, on the calling thread. When it returns, `body` is done with all of them,
  /// also with those that the loop's thread was just taking.
  package func takePending() { reader.take() }

  private final class Reader: Sendable {
    private let source: SharedDescriptor
    private let body: @Sendable (Signal) -> Void
    /// Held from the read to the end of `body`: a signal is either still to be read, or done with.
    private let turn = Locked(())

    init(source: SharedDescriptor, body: @escaping @Sendable (Signal) -> Void) {
      self.source = source
      self.body = body
    }

    func take() {
      turn.withLock { _ in
        while true {
          let number = csio_signalfd_read(source.raw)
          guard number > 0 else { return }
          if let signal = Signal(rawValue: number) { body(signal) }
        }
      }
    }
  }

  deinit {
    registration.cancel()
  }

  private static func signalSet(_ signals: Set<Signal>) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal.rawValue) }
    return set
  }
}
