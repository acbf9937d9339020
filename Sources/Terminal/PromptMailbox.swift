import CLineEditor
import Results
import SystemIO

/// What others have to say to an editor that waits for keys.
///
/// While a prompt is up only the editor's thread writes to the terminal, or text and prompt would mix. Others leave their lines
/// here and wake it. The lock also covers the console's own writes: a prompt cannot come up in the middle of one.
package final class PromptMailbox: Sendable {
  /// Why a read ends without a key.
  enum Request {
    case interrupt
    case endOfInput
  }

  fileprivate struct State {
    var promptIsUp = false
    var lines: [StyledLine] = []
    var request: Request?
    /// An interrupt has come since the last prompt: what had been typed before it is not for the next one.
    var dropsKeys = false
    /// The editor's eventfd, -1 while there is no editor.
    var wakeup: Int32 = -1
  }

  /// More lines than this, left by a command gone wild, drop the oldest.
  private static let limit = 1_000

  private let state = Locked(State())

  package init() {}

  /// Leaves a line for the editor to print above its prompt.
  ///
  /// - Parameter otherwise: writes the line when no prompt is up; runs under the lock.
  package func print(_ line: StyledLine, otherwise write: () -> Void) {
    state.withLock { state in
      guard state.promptIsUp else { return write() }
      if state.lines.count >= Self.limit { state.lines.removeFirst() }
      state.lines.append(line)
      if state.wakeup >= 0 { _ = cle_wake(state.wakeup) }
    }
  }

  func setWakeup(_ descriptor: Int32) { state.withLock { $0.wakeup = descriptor } }

  /// From now on only the editor's thread writes to the terminal, and an interrupt is the editor's.
  ///
  /// - Returns: whether an interrupt has come since the last prompt.
  func raisePrompt() -> Bool {
    state.withLock { state in
      defer { state.dropsKeys = false }
      state.promptIsUp = true
      return state.dropsKeys
    }
  }

  /// The prompt has gone. Returns the lines that came too late to be printed above it, and whether an interrupt came
  /// too late to end the read.
  func lowerPrompt() -> (lines: [StyledLine], isInterrupted: Bool) {
    state.withLock { state in
      defer { state.lines = [] }
      state.promptIsUp = false
      return (state.lines, state.takeInterrupt())
    }
  }

  /// A request stays until the next read has taken it.
  func request(_ request: Request) {
    state.withLock { $0.post(request) }
  }

  /// Ends the read with an interrupt if a prompt is up.
  ///
  /// - Returns: false when none is, and the interrupt is about what runs.
  func interruptRead() -> Bool {
    state.withLock { state in
      if state.promptIsUp { state.post(.interrupt) } else { state.dropsKeys = true }
      return state.promptIsUp
    }
  }

  /// Takes back an interrupt that no read has noticed.
  func takeInterrupt() -> Bool { state.withLock { $0.takeInterrupt() } }

  /// Wakes the editor to look at the terminal's size.
  func wake() { state.withLock { if $0.wakeup >= 0 { _ = cle_wake($0.wakeup) } } }

  func takeRequest() -> Request? {
    state.withLock { state in
      defer { state.request = nil }
      return state.request
    }
  }

  func takeLines() -> [StyledLine] {
    state.withLock { state in
      defer { state.lines = [] }
      return state.lines
    }
  }
}

extension PromptMailbox.State {
  /// The end of input is not taken back by an interrupt.
  fileprivate mutating func post(_ request: PromptMailbox.Request) {
    if self.request != .endOfInput { self.request = request }
    if wakeup >= 0 { _ = cle_wake(wakeup) }
  }

  fileprivate mutating func takeInterrupt() -> Bool {
    guard request == .interrupt else { return false }
    request = nil
    return true
  }
}
