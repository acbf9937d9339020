import Lexing

/// A network of the lab that this process serves to others, behind a TUN device: what `--serve-lab` asks for.
///
/// It is not in `--help`: it is one half of what a person wants, the other being a network namespace with addresses and
/// routes, which a script makes round it (`scripts/soak.d/lab-namespace.sh`).
package struct LabService: Hashable, Sendable {
  /// The name of a network that ships, or the path of a network file.
  package var network: String
  /// The name of the TUN device.
  package var device: String
  /// Decides jitter, losses and failures.
  package var seed: UInt64
  /// Whether to write at the end, on standard error, what was carried and how late it was.
  package var reports: Bool

  package init(network: String, device: String = "tun0", seed: UInt64 = 1, reports: Bool = false) {
    self.network = network
    self.device = device
    self.seed = seed
    self.reports = reports
  }
}

extension LabService {
  static let flag = "--serve-lab"
  private static let usage = "ftrsh --serve-lab NAME|FILE [--tun DEVICE] [--seed N] [--report]"

  /// Reads what follows `--serve-lab`.
  ///
  /// - Parameter wrong: makes the diagnostic about the argument at an index.
  init(
    reading arguments: [String], after index: Int, wrong: (String, Int, String) -> Diagnostic
  ) throws(Diagnostic) {
    guard arguments.count > index + 1 else { throw wrong("\(Self.flag) needs a network", index, Self.usage) }
    self.init(network: arguments[index + 1])
    var position = index + 2
    while position < arguments.count {
      let option = arguments[position]
      if option == "--report" {
        reports = true
        position += 1
        continue
      }
      guard ["--tun", "--seed"].contains(option) else {
        throw wrong("'\(option)' is no option of \(Self.flag)", position, Self.usage)
      }
      guard arguments.count > position + 1 else { throw wrong("\(option) needs a value", position, Self.usage) }
      let value = arguments[position + 1]
      if option == "--tun" {
        device = value
      } else if let number = UInt64(value) {
        seed = number
      } else {
        throw wrong("'\(value)' is not a seed", position + 1, "a whole number, 0 or more")
      }
      position += 2
    }
  }
}
