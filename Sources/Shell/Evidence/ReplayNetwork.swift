import Packets
import Probing
import Results
import SystemIO
import Time
import Tracing

/// A recording as a network: a trace of a target that is in it comes out as it went then, and nothing is sent.
///
/// Of several traces to one target each comes in its turn, and after the last the first again. The settings of now count for
/// nothing: the rules are the recorded ones (`whatif` is for others).
final class ReplayNetwork: Network {
  let name: String
  private let path: String
  private let traces: [TraceResult]
  private let state = Locked(State())

  private struct State: Sendable {
    /// By target, how many of its traces have been given out.
    var turns: [IPAddress: Int] = [:]
    /// Given out by `next`, and not yet begun.
    var waiting: [IPAddress: [TraceResult]] = [:]
    var lastID: UInt64 = 0
  }

  /// Targets that a message names.
  private static let mostNamed = 8

  /// - Parameters:
  ///   - path: of the file, for messages.
  ///   - recording: with one trace at least.
  init(_ recording: Recording, path: String) {
    self.path = path
    name = "replay \(path.split(separator: "/").last ?? "")"
    traces = recording.traces
  }

  var isVirtual: Bool { true }

  /// The trace to a target whose turn it is, for the next `begin`; nil when the recording has none.
  func next(to target: IPAddress) -> TraceResult? {
    let all = traces.filter { $0.address == target }
    guard !all.isEmpty else { return nil }
    return state.withLock { state in
      let turn = state.turns[target] ?? 0
      state.turns[target] = turn + 1
      let result = all[turn % all.count]
      state.waiting[target, default: []].append(result)
      return result
    }
  }

  func addresses(of target: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress] {
    let named = traces.filter { $0.target == target || IPAddress(target) == $0.address }.map(\.address)
    let allowed = named.filter { family.allows($0.family) }
    guard let first = allowed.first else {
      let targets = Set(traces.map(\.target)).sorted()
      let more = targets.count > Self.mostNamed ? " and \(targets.count - Self.mostNamed) more" : ""
      throw NetworkFailure(
        problem: "cannot find '\(target)'",
        reason: "recording '\(path)' has traces to \(targets.prefix(Self.mostNamed).joined(separator: ", "))\(more)",
        advice: "one of these, or 'use live'")
    }
    return [first]
  }

  func method(
    for target: IPAddress, protocolName: ProbeProtocolName?, socket: SocketName?
  ) throws(NetworkFailure) -> ProbeMethod {
    guard let result = traces.first(where: { $0.address == target }) else {
      throw NetworkFailure(problem: "cannot trace '\(target)'", reason: "recording '\(path)' has no trace to it")
    }
    return result.method
  }

  func localAddress(toward target: IPAddress) -> IPAddress? { traces.first { $0.address == target }?.localAddress }

  func methods() -> [MethodReport] { [] }

  func begin(_ requests: [TraceRequest]) async -> [TraceRun] {
    requests.map { request in
      let (result, id) = state.withLock { state in
        state.lastID += 1
        let waiting = state.waiting[request.target] ?? []
        state.waiting[request.target] = Array(waiting.dropFirst())
        return (waiting.first, TraceID(state.lastID))
      }
      let (events, continuation) = AsyncStream.makeStream(of: [TraceEvent].self)
      continuation.yield(Self.events(of: result ?? next(to: request.target), request))
      continuation.finish()
      return TraceRun(id: id, events: events)
    }
  }

  private static func events(of result: TraceResult?, _ request: TraceRequest) -> [TraceEvent] {
    guard let result, let run = RecordedRun(result.packets, of: result.trace.request, from: result.trace.began) else {
      let failure = SendFailure(call: "replay", errno: 0, reason: "the recording has no such trace")
      return [.began(request, at: .zero), .finished(.failed(failure), at: .zero)]
    }
    return run.stream(result.trace.evidence)
  }

  func cancel(_ run: TraceID) async {}
  func sleep(for duration: Duration) async {}
  func keepIdentities(for duration: Duration) async {}
  func shutDown() async {}
}
