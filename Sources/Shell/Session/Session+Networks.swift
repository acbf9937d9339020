import Approaches
import Enrichment
import Lexing
import Packets
import Probing
import Results
import Simulation

/// What tells one network of a session from another: a change of the lab's clock or seed, or of the engine, makes another network.
struct NetworkKey: Hashable {
  var choice: NetworkChoice
  var clock: Settings.LabClock
  var seed: Int
  /// nil: probes are waited for as the network itself does.
  var engine: EngineUse?
}

/// An engine and what its look-ups ask for.
struct EngineUse: Hashable, Sendable {
  var settings: EngineSettings
  /// Whose answers replies wait for, or threads; nothing when neither does.
  var request: EnrichmentRequest
}

extension Session {
  /// The network of that name as the settings want it, made on first use.
  func network(_ choice: NetworkChoice) async throws(NetworkFailure) -> SessionNetwork {
    try await network(choice, under: settings)
  }

  /// The network of that name as other settings want it, for instance a command's.
  func network(_ choice: NetworkChoice, under settings: Settings) async throws(NetworkFailure) -> SessionNetwork {
    let engine = settings.engineUse(in: choice)
    let key = NetworkKey(choice: choice, clock: settings.labClock, seed: settings.labSeed, engine: engine)
    if let network = networks[key] { return network }
    let network: SessionNetwork
    if let engine {
      network = try await self.network(choice, under: settings, drivenBy: engine)
    } else {
      network = try await make(choice, settings)
      await network.configure(settings.lookUps)
    }
    await network.network.keepIdentities(for: settings.lateKeep)
    networks[key] = network
    return network
  }

  /// The network with another way of waiting for replies before it.
  private func network(
    _ choice: NetworkChoice, under settings: Settings, drivenBy use: EngineUse
  ) async throws(NetworkFailure) -> SessionNetwork {
    let base = try await network(choice, under: settings.withUsualEngine)
    guard !base.network.isVirtual, case .timed(let annotator) = base.annotations else {
      throw NetworkFailure(
        problem: "engine '\(use.settings.name)' cannot run in the lab's virtual time",
        reason: "it waits on threads and sockets of this machine, which take real time",
        advice: "'set lab.clock real', or 'set engine reactor'")
    }
    let lookUps = use.request.asksAboutAddresses ? AnnotatorLookUps(annotator, use.request) : nil
    return base.behind(
      ApproachNetwork(
        base.network, sockets: try sockets(of: choice, settings), engine: use.settings, on: services.networks.loop,
        lookUps: lookUps))
  }

  /// The sockets of a network, for engines.
  private func sockets(
    of choice: NetworkChoice, _ settings: Settings
  ) throws(NetworkFailure) -> any ProbeSocketSource {
    switch choice {
    case .live: return services.networks.probeSockets()
    case .replay:
      throw NetworkFailure(
        problem: "a recording has no sockets", reason: "its packets came when it was made", advice: "'use live'")
    case .lab(let name):
      do throws(Diagnostic) {
        return LabSockets(try labs.network(named: name).topology, seed: UInt64(settings.labSeed))
      } catch {
        throw NetworkFailure(problem: error.summary, reason: "the lab has no such network", advice: error.remedy)
      }
    }
  }

  private func make(
    _ choice: NetworkChoice, _ settings: Settings
  ) async throws(NetworkFailure) -> SessionNetwork {
    switch choice {
    case .live: return try await services.networks.live()
    case .replay:
      guard let replay else { preconditionFailure("A recording is read when it is chosen.") }
      return try await network(.live, under: settings.withUsualEngine).behind(replay)
    case .lab(let name):
      let entry: LabCatalog.Entry
      do throws(Diagnostic) {
        entry = try labs.network(named: name)
      } catch {
        throw NetworkFailure(problem: error.summary, reason: "the lab has no such network", advice: error.remedy)
      }
      return try await services.networks.lab(
        entry, of: labs, clock: settings.labClock, seed: UInt64(settings.labSeed))
    }
  }

  /// The network in which a target is looked for: the one in use, but for names under `.test`, which always belong to
  /// the lab. In a recording every target is looked for there.
  func networkChoice(for target: String) -> NetworkChoice {
    if case .replay = networkChoice { return networkChoice }
    guard IPAddress(target) == nil, LabCatalog.answers(for: target) else { return networkChoice }
    if case .lab(let name) = networkChoice, labs.owner(ofName: target, in: name) { return networkChoice }
    if let owner = labs.owner(ofName: target) { return .lab(owner.topology.name) }
    if case .lab = networkChoice { return networkChoice }
    // No network has the name: any will say so, and which name was probably meant.
    return labs.names.first.map(NetworkChoice.lab) ?? networkChoice
  }

  /// Waits in the time of the network in use: for nothing in a lab whose clock is virtual. Ends early when interrupted.
  func sleep(for duration: Duration) async throws(ShellError) {
    let network: SessionNetwork?
    switch networkChoice {
    case .live, .replay: network = nil
    case .lab:
      do {
        network = try await self.network(networkChoice)
      } catch {
        throw .failed(Diagnostic(error))
      }
    }
    try await sleep(for: duration, in: network)
  }

  /// - Parameter network: nil waits in the machine's time.
  func sleep(for duration: Duration, in network: SessionNetwork?) async throws(ShellError) {
    if let network, network.network.isVirtual {
      await elapse(duration, in: network, lookUpsToo: true)
      if isInterrupted { throw .interrupted }
      return
    }
    let wait = Task {
      if let network { return await network.sleep(for: duration) }
      // A cancelled sleep ends early, which is all that is asked of it.
      do { try await Task.sleep(for: duration) } catch {}
    }
    let outer = beginWaiting(stop: { wait.cancel() })
    await wait.value
    endWaiting(outer)
    if isInterrupted { throw .interrupted }
  }

  /// Forgets a lab network that has been changed, so that it is made anew.
  func forgetLab(_ name: String) async {
    for (key, network) in networks where key.choice == .lab(name) {
      networks[key] = nil
      await network.shutDown()
    }
  }

  /// Ends every network of the session; to be called once, at its end.
  package func shutDown() async {
    for network in networks.values { await network.shutDown() }
    networks = [:]
  }
}

extension Settings {
  /// The engine that is wanted in a network; nil for the network's own.
  fileprivate func engineUse(in choice: NetworkChoice) -> EngineUse? {
    let engine = engineSettings
    guard !engine.isUsualReactor else { return nil }
    if case .replay = choice { return nil }
    let asks = engine.awaitsNames || engine.sharesPool
    let isLab = if case .lab = choice { true } else { false }
    return EngineUse(settings: engine, request: asks ? enrichmentRequest(inLab: isLab) : .nothing)
  }

  /// The same, with probes waited for as the network itself does.
  var withUsualEngine: Settings {
    var settings = self
    settings.engine = .reactor
    settings.engineThreads = nil
    settings.engineLimit = nil
    settings.engineStamps = nil
    settings.engineSharedPool = nil
    settings.engineAwaitNames = nil
    return settings
  }
}

extension LabCatalog {
  /// Whether one network has a name.
  fileprivate func owner(ofName name: String, in network: String) -> Bool {
    entries.contains { $0.topology.name == network && !$0.zone.addresses(of: name).isEmpty }
  }
}

extension Diagnostic {
  /// A network's refusal in the words of every message.
  init(_ failure: NetworkFailure) {
    self.init(failure.problem, why: failure.reason, try: failure.advice)
  }
}
