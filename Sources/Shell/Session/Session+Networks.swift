import Lexing
import Packets
import Probing
import Simulation

/// What tells one network of a session from another: a change of the lab's clock or seed makes another network.
struct NetworkKey: Hashable {
  var choice: NetworkChoice
  var clock: Settings.LabClock
  var seed: Int
}

extension Session {
  /// The network of that name as the settings want it, made on first use.
  func network(_ choice: NetworkChoice) async throws(NetworkFailure) -> SessionNetwork {
    let key = NetworkKey(choice: choice, clock: settings.labClock, seed: settings.labSeed)
    if let network = networks[key] { return network }
    let network = try await make(choice)
    await network.network.keepIdentities(for: settings.lateKeep)
    await network.configure(settings.lookUps)
    networks[key] = network
    return network
  }

  private func make(_ choice: NetworkChoice) async throws(NetworkFailure) -> SessionNetwork {
    switch choice {
    case .live: return try await services.networks.live()
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
  /// the lab.
  func networkChoice(for target: String) -> NetworkChoice {
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
    case .live: network = nil
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
