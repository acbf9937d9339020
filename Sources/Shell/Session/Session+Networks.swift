import Lexing
import Probing

/// What tells one network of a session from another: changing the lab's clock or seed makes another network.
struct NetworkKey: Hashable {
  var choice: NetworkChoice
  var clock: Settings.LabClock
  var seed: Int
}

extension Session {
  /// The network of that name as the settings want it, made on first use.
  func network(_ choice: NetworkChoice) async throws(NetworkFailure) -> any Network {
    let key = NetworkKey(choice: choice, clock: settings.labClock, seed: settings.labSeed)
    if let network = networks[key] { return network }
    let network = try await services.networks.make(choice, clock: settings.labClock, seed: settings.labSeed)
    networks[key] = network
    return network
  }

  /// Waits in the time of the network in use: for nothing in a lab whose clock is virtual. Ends early when interrupted.
  func sleep(for duration: Duration) async throws(ShellError) {
    var network: (any Network)?
    switch networkChoice {
    case .live: break
    case .lab:
      do {
        network = try await self.network(networkChoice)
      } catch {
        throw .failed(Diagnostic(error))
      }
    }
    let wait = Task { [network] in
      if let network { return await network.sleep(for: duration) }
      // A cancelled sleep ends early, which is all that is asked of it.
      do { try await Task.sleep(for: duration) } catch {}
    }
    await waiting(stop: { wait.cancel() }) { await wait.value }
    if isInterrupted { throw .interrupted }
  }

  /// Ends every network of the session; to be called once, at its end.
  package func shutDown() async {
    for network in networks.values { await network.shutDown() }
    networks = [:]
  }
}

extension Diagnostic {
  /// A network's refusal in the words of every message.
  init(_ failure: NetworkFailure) {
    self.init(failure.problem, why: failure.reason, try: failure.advice)
  }
}
