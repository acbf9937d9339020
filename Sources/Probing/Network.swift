import Packets
import Time
import Tracing

/// Names one trace within a `Network`.
package struct TraceID: Hashable, Sendable {
  package let value: UInt64
  package init(_ value: UInt64) { self.value = value }
}

/// A trace under way.
package struct TraceRun: Sendable {
  package let id: TraceID
  /// Events in order, one batch for each turn of the event loop. Goes on behind `finished`, for replies that are read
  /// later (`revised`, `late`), and ends when the identities of its probes are no longer kept.
  ///
  /// Do not cancel the task that reads it to stop the trace (that drops what came): ask `Network.cancel`.
  package let events: AsyncStream<[TraceEvent]>

  package init(id: TraceID, events: AsyncStream<[TraceEvent]>) {
    self.id = id
    self.events = events
  }
}

/// Which address family a target's name is looked up in.
package enum FamilyPreference: String, Hashable, Sendable, CaseIterable {
  case auto
  case ipv4 = "4"
  case ipv6 = "6"

  /// Whether an address of `family` satisfies it.
  package func allows(_ family: AddressFamily) -> Bool {
    switch self {
    case .auto: true
    case .ipv4: family == .ipv4
    case .ipv6: family == .ipv6
    }
  }
}

/// Why a network could not do what was asked, in the three parts of every message.
package struct NetworkFailure: Error, Hashable, Sendable {
  /// What happened: "cannot find 'exmaple.test'".
  package let problem: String
  /// Why; names the system call and errno where one refused.
  package let reason: String
  /// What to do.
  package let advice: String?

  package init(problem: String, reason: String, advice: String? = nil) {
    self.problem = problem
    self.reason = reason
    self.advice = advice
  }
}

/// One way of probing, and whether this process may use it here: a line of `show network`.
package struct MethodReport: Hashable, Sendable {
  package let method: ProbeMethod
  package let isUsable: Bool
  /// Why it can or cannot be used: "net.ipv4.ping_group_range is 1 0, which does not hold this group".
  package let reason: String
  /// What this way sees that the ones behind it do not.
  package let adds: String

  package init(method: ProbeMethod, isUsable: Bool, reason: String, adds: String) {
    self.method = method
    self.isUsable = isUsable
    self.reason = reason
    self.adds = adds
  }
}

/// A network that can be traced: the live one, or a lab.
package protocol Network: AnyObject, Sendable {
  /// As the prompt and results show it: "live", "lab demo".
  var name: String { get }

  /// Whether its clock is virtual: a trace is over at once, and `sleep` costs no time.
  var isVirtual: Bool { get }

  /// Finds the addresses of a name or of an address literal, best first, never none. Cancelling the task abandons the look-up.
  func addresses(of target: String, family: FamilyPreference) async throws(NetworkFailure) -> [IPAddress]

  /// Chooses how to probe `target`, best first where nil leaves it open.
  func method(
    for target: IPAddress, protocolName: ProbeProtocolName?, socket: SocketName?
  ) throws(NetworkFailure) -> ProbeMethod

  /// The address that packets to `target` leave from; nil when there is no way there.
  func localAddress(toward target: IPAddress) -> IPAddress?

  /// Every way of probing, best first, for `show network` and `trace -v`.
  func methods() -> [MethodReport]

  /// Begins traces that run together; one run a request, in order.
  func begin(_ requests: [TraceRequest]) async -> [TraceRun]

  /// Stops a trace politely: it ends with `cancelled`, and keeps what came.
  func cancel(_ run: TraceID) async

  /// Waits in this network's time; returns early when the task is cancelled.
  ///
  /// On a virtual clock each stream of events that is still open then has an empty batch, behind what came in that time.
  func sleep(for duration: Duration) async

  /// Sets how long the identity of a probe is kept after the probe ended (`late.keep`).
  func keepIdentities(for duration: Duration) async

  /// Ends every trace and releases every descriptor and thread.
  func shutDown() async
}

extension Network {
  /// The address of a name or of an address literal that a trace to it goes to.
  package func resolve(_ target: String, family: FamilyPreference) async throws(NetworkFailure) -> IPAddress {
    guard let best = try await addresses(of: target, family: family).first else {
      preconditionFailure("A network finds an address or throws.")
    }
    return best
  }
}
