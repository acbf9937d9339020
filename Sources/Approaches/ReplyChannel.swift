import DequeModule
import Probing
import SystemIO

/// What the thread that owns the sockets tells the one that counts, in order and bounded.
final class ReplyChannel: Sendable {
  enum Message: Sendable {
    /// What became of a probe.
    case settled(DepartureBatch.Record)
    case reply(EngineReply)
    /// So many probes no longer take room.
    case freed(Int)
  }

  private struct State: Sendable {
    var messages: Deque<Message> = []
    var isClosed = false
  }

  private let state = Monitor(State())

  /// As the original's: a channel of 1,024, far more than the replies of a trace.
  private static let mostMessages = 1024

  /// Sends; waits while the channel is full.
  func send(_ message: Message) {
    state.wait { state -> Void? in
      guard state.messages.count < Self.mostMessages else { return nil }
      state.messages.append(message)
      return ()
    }
    state.broadcast()
  }

  /// Receives; waits while the channel is empty. nil when it is closed, and everything has been received.
  func receive() -> Message? {
    let message = state.wait { state -> Message?? in
      if let first = state.messages.popFirst() { return .some(first) }
      return state.isClosed ? .some(nil) : nil
    }
    state.broadcast()
    return message
  }

  func close() {
    state.withLock { $0.isClosed = true }
    state.broadcast()
  }
}
