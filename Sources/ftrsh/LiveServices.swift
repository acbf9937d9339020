import Lexing
import Probing
import Shell
import Simulation
import Sockets
import SystemIO

/// Makes the networks that a session uses, all on one event loop.
struct LiveServices: NetworkProvider {
  let loop: EventLoop

  func live() async throws(NetworkFailure) -> any Network { LiveNetwork(on: loop) }

  func lab(
    _ entry: LabCatalog.Entry, of catalog: LabCatalog, clock: Settings.LabClock, seed: UInt64
  ) async throws(NetworkFailure) -> any Network {
    let labClock: LabClock =
      switch clock {
      case .real: .real(loop)
      case .virtual: .virtual
      }
    return LabNetwork(entry, of: catalog, clock: labClock, seed: seed)
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
