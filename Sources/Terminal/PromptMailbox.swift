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

  private struct State {
    var promptIsUp = false
    var lines: [StyledLine] = []
    var request: Request?
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

  /// From now on only the editor's thread writes to the terminal.
  func raisePrompt() { state.withLock { $0.promptIsUp = true } }

  /// The prompt has gone. Returns the lines that came too late to be printed above it.
  func lowerPrompt() -> [StyledLine] {
    state.withLock { state in
      defer { state.lines = [] }
      state.promptIsUp = false
      return state.lines
    }
  }

  /// A request stays until the next read has taken it.
  func request(_ request: Request) {
    state.withLock { state in
      state.request = request
      if state.wakeup >= 0 { _ = cle_wake(state.wakeup) }
    }
  }

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
