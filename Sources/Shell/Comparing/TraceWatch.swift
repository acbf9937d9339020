import Probing
import SystemIO
import Time
import Tracing

/// One trace of a comparison under way: its events until it is over, and what is read late behind its end.
///
/// From any thread it can be stopped: the trace is cancelled, and nothing is waited for any longer.
final class TraceWatch: Sendable {
  private enum Item: Sendable {
    case events([TraceEvent])
    case over
  }

  private struct State: Sendable {
    var running: (network: any Network, id: TraceID)?
    var entrance: AsyncStream<Item>.Continuation?
    var isStopped = false
  }

  private let state = Locked(State())

  /// Whether `stop` was called.
  var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Ends the trace that is watched, and every later one at once.
  func stop() async {
    let (running, entrance) = state.withLock { state in
      state.isStopped = true
      return (state.running, state.entrance)
    }
    if let running { await running.network.cancel(running.id) }
    entrance?.yield(.over)
  }

  /// Traces, and waits for the end.
  ///
  /// - Parameters:
  ///   - lateWait: how long behind its end replies are waited for that may still come; only when probes are silent.
  ///   - show: told of each event, in order.
  func trace(
    _ request: TraceRequest, in network: any Network, lateWait: Duration, _ show: (TraceEvent) -> Void = { _ in }
  ) async -> Trace {
    var trace = Trace(request: request, began: .zero)
    guard !isStopped, let run = await network.begin([request]).first else { return trace }
    let (items, entrance) = AsyncStream.makeStream(of: Item.self)
    let wasStopped = state.withLock { state in
      state.running = (network, run.id)
      state.entrance = entrance
      return state.isStopped
    }
    if wasStopped { await network.cancel(run.id) }
    let reader = Task {
      for await events in run.events { entrance.yield(.events(events)) }
      entrance.finish()
    }
    var wait: Task<Void, Never>?
    watching: for await item in items {
      switch item {
      case .over: break watching
      case .events(let events):
        for event in events {
          trace.apply(event)
          show(event)
        }
        guard trace.end != nil, wait == nil else { continue }
        guard lateWait > .zero, !isStopped, trace.mayHearMore else { break watching }
        wait = Task {
          // Cancelled: then nobody waits any more.
          do { try await Task.sleep(for: lateWait) } catch { return }
          entrance.yield(.over)
        }
      }
    }
    wait?.cancel()
    reader.cancel()
    state.withLock { state in
      state.running = nil
      state.entrance = nil
    }
    return trace
  }
}

extension Trace {
  /// Whether a probe has come to nothing so far, so that a reply may still come.
  var mayHearMore: Bool {
    path.contains { hop in hop.probes.contains { $0.outcome.isSilent } }
  }
}
