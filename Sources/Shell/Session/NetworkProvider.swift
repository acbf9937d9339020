import Enrichment
import Probing
import Simulation
import SystemIO

/// Which network commands use.
package enum NetworkChoice: Hashable, Sendable {
  case live
  /// A network of the lab, by name.
  case lab(String)
  /// A recording, by its file.
  case replay(String)

  /// As it is typed after `use` and shown in the prompt.
  package var text: String {
    switch self {
    case .live: "live"
    case .lab(let name): "lab \(name)"
    case .replay(let path): "replay \(path)"
    }
  }
}

/// A network of a session, and what looks up what is known of its addresses.
package struct SessionNetwork: Sendable {
  package let network: any Network
  package let annotations: Annotations

  /// Who annotates.
  package enum Annotations: Sendable {
    /// In real time, on a thread of its own.
    case timed(LazyAnnotator)
    /// In the virtual time of the lab.
    case rehearsed(RehearsedAnnotator)
  }

  /// Takes how names of targets are looked up, where that is not the annotator's business.
  private let configureNames: (@Sendable (LookupSettings) async -> Void)?

  package init(
    _ network: any Network, annotations: Annotations,
    configureNames: (@Sendable (LookupSettings) async -> Void)? = nil
  ) {
    self.network = network
    self.annotations = annotations
    self.configureNames = configureNames
  }

  /// Says how questions are looked up from now on.
  func configure(_ settings: LookupSettings) async {
    await configureNames?(settings)
    switch annotations {
    case .timed(let annotator): annotator.configure(settings)
    case .rehearsed(let annotator): annotator.use { $0.configure(settings) }
    }
  }

  /// Waits in this network's time, for probes and look-ups alike.
  func sleep(for duration: Duration) async {
    await network.sleep(for: duration)
    switch annotations {
    case .timed: break
    case .rehearsed(let annotator): annotator.use { $0.elapse(duration) }
    }
  }

  /// What the enrichment says of itself.
  func report() async throws(SystemError) -> EnrichmentReport {
    switch annotations {
    case .timed(let annotator): try await annotator.annotator().report()
    case .rehearsed(let annotator): annotator.report()
    }
  }

  /// Forgets every answer.
  func clearAnswers() async throws(SystemError) {
    switch annotations {
    case .timed(let annotator): try await annotator.annotator().clear()
    case .rehearsed(let annotator): annotator.use { $0.clear() }
    }
  }

  /// The same with another network in front, which ends with it.
  func behind(_ network: any Network) -> SessionNetwork {
    SessionNetwork(network, annotations: annotations, configureNames: configureNames)
  }

  func shutDown() async {
    await network.shutDown()
    switch annotations {
    case .timed(let annotator): await annotator.shutDown()
    case .rehearsed: break
    }
  }
}

/// Makes the networks that a session uses; the composition root knows how. The session keeps each and shuts it down.
package protocol NetworkProvider: Sendable {
  /// The network that this machine is on.
  func live() async throws(NetworkFailure) -> SessionNetwork

  /// A network of the lab.
  ///
  /// - Parameter catalog: all networks of the session, `entry` among them.
  func lab(
    _ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: Settings.LabClock, seed: UInt64
  ) async throws(NetworkFailure) -> SessionNetwork

  /// The machine's sockets, for engines.
  func probeSockets() -> any ProbeSocketSource

  /// On which probes are waited for.
  var loop: EventLoop { get }

  /// On which look-ups are waited for.
  func lookUpLoop() throws(SystemError) -> EventLoop

  /// Live look-ups that know nothing yet and keep nothing for later sessions: what a program has that has just been started.
  func forgetfulAnnotator(_ settings: LookupSettings) async -> LazyAnnotator
}
