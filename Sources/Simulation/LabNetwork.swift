import Packets
import Probing
import SystemIO
import Time
import Tracing

/// Which clock a lab runs on (`lab.clock`).
package enum LabClock: Sendable {
  /// The machine's: a trace takes as long as on a real network. The prober runs on this event loop.
  case real(EventLoop)
  /// One that jumps to the next thing that is due: a trace is over at once, and exactly the same each time.
  case virtual
}

/// A simulated network that can be traced like the live one.
package final class LabNetwork: Network {
  package let name: String
  package let isVirtual: Bool
  /// As it is now.
  var entry: LabCatalog.Entry { current.withLock { $0 } }
  let seed: UInt64
  private let catalog: LabCatalog
  private let engine: Engine
  private let current: Locked<LabCatalog.Entry>
  private let mailbox: TopologyMailbox

  private enum Engine {
    case real(Prober)
    case virtual(VirtualProber)
  }

  /// - Parameters:
  ///   - entry: the network, of `catalog`.
  ///   - catalog: all networks, for advice about names of other ones.
  ///   - seed: decides jitter and losses. With the virtual clock it decides the whole run.
  package init(_ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: LabClock, seed: UInt64) {
    name = "lab \(entry.topology.name)"
    current = Locked(entry)
    self.seed = seed
    self.catalog = catalog
    let firstSequence = UInt16(truncatingIfNeeded: seed)
    let network = SimulatedNetwork(entry.topology, seed: seed)
    mailbox = network.mailbox
    switch clock {
    case .real(let loop):
      isVirtual = false
      engine = .real(Prober(network, on: loop, firstSequence: firstSequence))
    case .virtual:
      isVirtual = true
      engine = .virtual(VirtualProber(network, firstSequence: firstSequence))
    }
  }

  /// Goes on with another form of the same network, from the next probe on: with nodes and links added, behaviours stated
  /// anew, failures. Traces and datagrams that are under way stay so, and the network's clock goes on.
  ///
  /// Who annotates keeps the names that there were when it was made.
  package func apply(_ topology: Topology) {
    current.withLock { $0 = LabCatalog.Entry(topology) }
    mailbox.leave(topology)
  }

  /// Finds a name in the network's zone, IPv4 before IPv6 unless told. An address is taken as it is, whether or not a
  /// node has it: the trace will show how far the way to it leads.
  package func addresses(
    of target: String, family: FamilyPreference
  ) async throws(NetworkFailure) -> [IPAddress] {
    if let address = IPAddress(target) {
      guard family.allows(address.family) else {
        throw NetworkFailure(
          problem: "cannot trace '\(target)' over IPv\(family.rawValue)", reason: "it is an \(address.family) address")
      }
      return [address]
    }
    let addresses = entry.zone.addresses(of: target)
    guard !addresses.isEmpty else { throw unknown(target) }
    let allowed = addresses.filter { family.allows($0.family) }.sorted()
    guard !allowed.isEmpty else {
      throw NetworkFailure(
        problem: "cannot find an IPv\(family.rawValue) address of '\(target)'",
        reason:
          "in network '\(entry.topology.name)' it has \(addresses.map(\.description).joined(separator: ", ")) only")
    }
    return allowed
  }

  private func unknown(_ target: String) -> NetworkFailure {
    let advice: String?
    if let owner = catalog.owner(ofName: target) {
      advice = "'use lab \(owner.topology.name)', the network that it belongs to"
    } else if let meant = entry.zone.nearestName(to: target) ?? catalog.nearestName(to: target) {
      advice = "'\(meant)'"
    } else {
      advice = LabCatalog.answers(for: target) ? "'lab list' for the networks and their targets" : "'use live'"
    }
    return NetworkFailure(
      problem: "cannot find '\(target)'", reason: "network '\(entry.topology.name)' of the lab has no such name",
      advice: advice)
  }

  package func method(
    for target: IPAddress, protocolName: ProbeProtocolName?, socket: SocketName?
  ) throws(NetworkFailure) -> ProbeMethod {
    guard socket == nil || socket == .lab else {
      throw NetworkFailure(
        problem: "cannot use a '\(socket?.rawValue ?? "")' socket here",
        reason: "packets of the lab never leave the program, so it has no sockets", advice: "'set socket auto'")
    }
    return ProbeMethod(protocolName: protocolName ?? .icmp, socket: .lab, family: target.family)
  }

  package func localAddress(toward target: IPAddress) -> IPAddress? {
    entry.topology.nodes[Topology.vantage].address(target.family)
  }

  package func methods() -> [MethodReport] {
    ProbeProtocolName.allCases.flatMap { protocolName in
      AddressFamily.allCases.map { family in report(protocolName, family) }
    }
  }

  private func report(_ protocolName: ProbeProtocolName, _ family: AddressFamily) -> MethodReport {
    let own = entry.topology.nodes.first?.address(family)
    let adds =
      switch protocolName {
      case .icmp: "an echo reply, which only the target itself sends"
      case .udp: "a port unreachable from the target, whatever it listens on"
      case .tcp: preconditionFailure("TCP probes come out of captures, and are not sent.")
      }
    return MethodReport(
      method: ProbeMethod(protocolName: protocolName, socket: .lab, family: family), isUsable: own != nil,
      reason: own.map { "the lab's host has the address \($0)" } ?? "the lab's host has no \(family) address",
      adds: adds)
  }

  package func begin(_ requests: [TraceRequest]) async -> [TraceRun] {
    switch engine {
    case .real(let prober): await prober.begin(requests)
    case .virtual(let prober): await prober.begin(requests)
    }
  }

  package func cancel(_ run: TraceID) async {
    switch engine {
    case .real(let prober): await prober.cancel(run)
    case .virtual(let prober): await prober.cancel(run)
    }
  }

  package func sleep(for duration: Duration) async {
    switch engine {
    case .real:
      do {
        try await Task.sleep(for: duration)
      } catch {
        // The only error is that the task was cancelled: then the wait is over.
        return
      }
    case .virtual(let prober): await prober.advance(by: duration)
    }
  }

  package func keepIdentities(for duration: Duration) async {
    switch engine {
    case .real(let prober): await prober.keepIdentities(for: duration)
    case .virtual(let prober): await prober.keepIdentities(for: duration)
    }
  }

  package func shutDown() async {
    switch engine {
    case .real(let prober): await prober.shutDown()
    case .virtual(let prober): await prober.shutDown()
    }
  }
}
