import Enrichment
import Lexing
import Lookups
import Probing
import Shell
import Simulation
import Sockets
import SystemIO

/// Makes the networks that a session uses: their probes all on one event loop, what is looked up on another.
struct LiveServices: NetworkProvider {
  let loop: EventLoop
  private let lookUps = LookUps()
  /// Of the file that keeps answers from one session to the next; nil keeps none.
  private let cachePath: String?

  init(loop: EventLoop, stateDirectory: String?) {
    self.loop = loop
    cachePath = stateDirectory.map { $0 + "/cache.db" }
  }

  func live() async throws(NetworkFailure) -> SessionNetwork {
    let annotator = LazyAnnotator { [lookUps, cachePath] () throws(SystemError) in
      let resolver = try lookUps.resolver()
      return try Annotator(LookupSource(resolver, cachePath: cachePath, on: resolver.loop), on: resolver.loop)
    }
    let network = LiveNetwork(on: loop, names: TargetNames(lookUps.resolver))
    return SessionNetwork(network, annotations: .timed(annotator), configureNames: lookUps.configure)
  }

  func lab(
    _ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: Settings.LabClock, seed: UInt64
  ) async throws(NetworkFailure) -> SessionNetwork {
    switch clock {
    case .real:
      let network = LabNetwork(entry, of: catalog, clock: .real(loop), seed: seed)
      let annotator = LazyAnnotator { [lookUps] () throws(SystemError) in
        try network.makeAnnotator(on: try lookUps.resolver().loop)
      }
      return SessionNetwork(network, annotations: .timed(annotator))
    case .virtual:
      let network = LabNetwork(entry, of: catalog, clock: .virtual, seed: seed)
      return SessionNetwork(network, annotations: .rehearsed(network.makeRehearsedAnnotator()))
    }
  }

  func probeSockets() -> any ProbeSocketSource { LiveProbeSockets() }

  func lookUpLoop() throws(SystemError) -> EventLoop { try lookUps.resolver().loop }

  func forgetfulAnnotator(_ settings: LookupSettings) async -> LazyAnnotator {
    let annotator = LazyAnnotator { [lookUps] () throws(SystemError) in
      // A resolver of its own: an annotator closes its source when it ends, and questions that are still open would be answered
      // to the next one.
      let resolver = Resolver(on: try lookUps.resolver().loop, ResolverConfiguration(settings))
      return try Annotator(LookupSource(resolver, cachePath: nil, on: resolver.loop), on: resolver.loop)
    }
    annotator.configure(settings)
    return annotator
  }

  /// The networks that the program brings along.
  static func shippedLabs() -> LabCatalog { shipped }

  /// Read once, by whoever asks first: a session and its completer, on another thread, both may.
  private static let shipped: LabCatalog = {
    do throws(Diagnostic) {
      return try LabCatalog.shipped()
    } catch {
      preconditionFailure("The shipped networks are right, or their tests fail: \(error.text)")
    }
  }()
}
