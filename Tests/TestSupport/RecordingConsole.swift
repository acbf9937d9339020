import Results
import Synchronization

/// A console that shows nothing and remembers everything, as text without styles.
package final class RecordingConsole: Console {
  private struct State {
    var size: ConsoleSize?
    var output: [String] = []
    var errors: [String] = []
    var frames: [[String]] = []
    var closedBlocks = 0
  }

  private let state: Mutex<State>

  /// - Parameter size: of the terminal; nil for a pipe.
  package init(size: ConsoleSize? = nil) { state = Mutex(State(size: size)) }

  package var size: ConsoleSize? { state.withLock { $0.size } }
  package var outputIsGone: Bool { false }

  package func print(_ line: StyledLine) { state.withLock { $0.output.append(line.text) } }
  package func diagnose(_ line: StyledLine) { state.withLock { $0.errors.append(line.text) } }
  package func showLive(_ rows: [StyledLine]) { state.withLock { $0.frames.append(rows.map(\.text)) } }
  package func endLive() {
    state.withLock { state in
      state.closedBlocks += 1
      state.output += state.frames.last ?? []
    }
  }

  /// What standard output shows in the end: printed lines, and the last rows of each live block where it was closed.
  package var output: [String] { state.withLock { $0.output } }
  package var errors: [String] { state.withLock { $0.errors } }
  /// The rows of each `showLive`, in order.
  package var frames: [[String]] { state.withLock { $0.frames } }
  package var closedBlocks: Int { state.withLock { $0.closedBlocks } }
}
