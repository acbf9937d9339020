import Probing
import Simulation

/// Which network commands use.
package enum NetworkChoice: Hashable, Sendable {
  case live
  /// A network of the lab, by name.
  case lab(String)

  /// As it is typed after `use` and shown in the prompt.
  package var text: String {
    switch self {
    case .live: "live"
    case .lab(let name): "lab \(name)"
    }
  }
}

/// Makes the networks that a session uses; the composition root knows how. The session keeps each and shuts it down.
package protocol NetworkProvider: Sendable {
  /// The network that this machine is on.
  func live() async throws(NetworkFailure) -> any Network

  /// A network of the lab.
  ///
  /// - Parameter catalog: all networks of the session, `entry` among them.
  func lab(
    _ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: Settings.LabClock, seed: UInt64
  ) async throws(NetworkFailure) -> any Network
}
