import Packets
import Probing
import SystemIO
import Time
import Tracing

/// The network that this machine is on.
///
/// Its prober and sockets are made when the first trace begins; until then it opens nothing.
package final class LiveNetwork: Network {
  private struct State: Sendable {
    var prober: Prober?
    /// As set last; nil leaves the prober's own default.
    var keep: Duration?
  }

  private let state = Locked(State())
  private let names: any AddressResolver
  private let loop: EventLoop
  /// Made before anything else, so that the kernel begins to stamp while a target is looked up.
  private let stampKeeper: StampKeeper?

  /// - Parameters:
  ///   - loop: the session's; the prober's executor.
  ///   - names: asked for the addresses of names, never for a literal.
  package init(on loop: EventLoop, names: any AddressResolver) {
    self.loop = loop
    self.names = names
    do throws(SystemError) {
      stampKeeper = try StampKeeper()
    } catch {
      // The transport tries again, and does without in the end.
      stampKeeper = nil
    }
  }

  package var name: String { "live" }
  package var isVirtual: Bool { false }

  package func addresses(
    of target: String, family: FamilyPreference
  ) async throws(NetworkFailure) -> [IPAddress] {
    if let address = IPAddress(target) {
      guard family.allows(address.family) else {
        throw NetworkFailure(
          problem: "cannot trace '\(target)'",
          reason: "it is an \(address.family) address, and 'family' is \(family.rawValue)",
          advice: "'set family auto'")
      }
      return [address]
    }
    return try await names.addresses(of: target, family: family)
  }

  package func method(
    for target: IPAddress, protocolName: ProbeProtocolName?, socket: SocketName?
  ) throws(NetworkFailure) -> ProbeMethod {
    let wanted = SocketSurvey.methods(target.family).filter { method in
      (protocolName ?? method.protocolName) == method.protocolName && (socket ?? method.socket) == method.socket
    }
    var firstRefusal: (ProbeMethod, SystemError)?
    for method in wanted {
      guard let refusal = SocketSurvey.refusal(of: method) else { return method }
      if firstRefusal == nil { firstRefusal = (method, refusal) }
    }
    guard let (method, refusal) = firstRefusal else {
      throw NetworkFailure(
        problem:
          "cannot probe with protocol \(protocolName?.rawValue ?? "auto") and socket \(socket?.rawValue ?? "auto")",
        reason: "raw and ping sockets carry icmp, errqueue carries udp", advice: "'set socket auto'")
    }
    throw NetworkFailure(
      problem: "cannot open \(method.socket.phrase)", reason: SocketSurvey.why(refusal, method),
      advice: SendFailure(opening: method, refusal).advice)
  }

  package func localAddress(toward target: IPAddress) -> IPAddress? {
    do throws(SystemError) {
      return try SourceAddress.toward(target)
    } catch {
      // No route: the probes will say so.
      return nil
    }
  }

  package func methods() -> [MethodReport] {
    AddressFamily.allCases.flatMap { SocketSurvey.methods($0) }.map { SocketSurvey.report($0) }
  }

  package func begin(_ requests: [TraceRequest]) async -> [TraceRun] {
    let prober = prober()
    if let keep = state.withLock({ $0.keep }) { await prober.keepIdentities(for: keep) }
    return await prober.begin(requests)
  }

  package func cancel(_ run: TraceID) async {
    await state.withLock { $0.prober }?.cancel(run)
  }

  package func sleep(for duration: Duration) async {
    do {
      try await Task.sleep(for: duration)
    } catch {
      // Cancelled: to return early is what was asked for.
      return
    }
  }

  package func keepIdentities(for duration: Duration) async {
    let prober = state.withLock { state in
      state.keep = duration
      return state.prober
    }
    await prober?.keepIdentities(for: duration)
  }

  package func shutDown() async {
    let prober = state.withLock { state in
      let prober = state.prober
      state.prober = nil
      return prober
    }
    await prober?.shutDown()
  }

  /// The prober, made now if there is none.
  private func prober() -> Prober {
    state.withLock { state in
      if let prober = state.prober { return prober }
      let prober = Prober(
        SocketTransport(on: loop, stampKeeper: stampKeeper), on: loop, firstSequence: .random(in: 0...UInt16.max))
      state.prober = prober
      return prober
    }
  }
}

extension SocketName {
  /// With its article, for a message.
  fileprivate var phrase: String {
    switch self {
    case .raw: "a raw socket"
    case .ping: "a ping socket"
    case .errqueue: "a UDP socket"
    case .lab: "a socket of the lab"
    case .capture: "a capture"
    }
  }
}
