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
  /// Made when something is looked up for the first time.
  private let lookUps = LookUpLoop()

  /// Of the file that keeps answers from one session to the next; nil keeps none.
  private let cachePath: String?

  init(loop: EventLoop, stateDirectory: String?) {
    self.loop = loop
    cachePath = stateDirectory.map { $0 + "/cache.db" }
  }

  func live() async throws(NetworkFailure) -> SessionNetwork {
    let annotator = LazyAnnotator { [lookUps, cachePath] () throws(SystemError) in
      let loop = try lookUps.loop()
      return try Annotator(LookupSource(Resolver(on: loop), cachePath: cachePath, on: loop), on: loop)
    }
    return SessionNetwork(LiveNetwork(on: loop), annotations: .timed(annotator))
  }

  func lab(
    _ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: Settings.LabClock, seed: UInt64
  ) async throws(NetworkFailure) -> SessionNetwork {
    switch clock {
    case .real:
      let network = LabNetwork(entry, of: catalog, clock: .real(loop), seed: seed)
      let annotator = LazyAnnotator { [lookUps] () throws(SystemError) in
        try network.makeAnnotator(on: try lookUps.loop())
      }
      return SessionNetwork(network, annotations: .timed(annotator))
    case .virtual:
      let network = LabNetwork(entry, of: catalog, clock: .virtual, seed: seed)
      return SessionNetwork(network, annotations: .rehearsed(network.makeRehearsedAnnotator()))
    }
  }

  /// The networks that the program brings along.
  static func shippedLabs() -> LabCatalog {
    do throws(Diagnostic) {
      return try LabCatalog.shipped()
    } catch {
      preconditionFailure("The shipped networks are right, or their tests fail: \(error.text)")
    }
  }
}

/// The event loop of everything that is looked up, made on first use.
private final class LookUpLoop: Sendable {
  private let made = Locked<EventLoop?>(nil)

  /// - Throws: `SystemError` when threads or descriptors are used up.
  func loop() throws(SystemError) -> EventLoop {
    try made.withLock { made throws(SystemError) in
      if let made { return made }
      let loop = try EventLoop(name: "ftrsh look-ups")
      made = loop
      return loop
    }
  }
}
