import Lexing

/// A network of the lab that this process serves to others, behind a TUN device: what `--serve-lab` asks for.
///
/// It is not in `--help`: `lab up` starts it (`HostedLab`), with a network namespace of its own; without one it is for
/// scripts that make namespaces themselves (`scripts/soak.d/lab-namespace.sh`).
package struct LabService: Hashable, Sendable {
  /// The name of a network that ships, the path of a network file, or `fromInput`.
  package var network: String
  /// Whether to make a network namespace first, with addresses, routes and name servers.
  package var ownsNamespace: Bool
  /// The name of the TUN device.
  package var device: String
  /// Decides jitter, losses and failures.
  package var seed: UInt64
  /// Whether to write at the end, on standard error, what was carried and how late it was.
  package var reports: Bool

  package init(network: String, device: String = "tun0", seed: UInt64 = 1, reports: Bool = false) {
    self.network = network
    ownsNamespace = false
    self.device = device
    self.seed = seed
    self.reports = reports
  }
}

extension LabService {
  static let flag = "--serve-lab"
  private static let usage = "ftrsh --serve-lab NAME|FILE|- [--own-namespace] [--tun DEVICE] [--seed N] [--report]"

  /// Stands for a network whose statements come on standard input, with `end` behind them.
  package static let fromInput = "-"
  /// Ends them.
  package static let end = "\nend\n"

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
      if ["--report", "--own-namespace"].contains(option) {
        if option == "--report" { reports = true } else { ownsNamespace = true }
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

/// A command that this process becomes, in the namespaces of another process: what `--visit-lab` asks for, by which
/// `lab run` starts commands (`HostedLab`).
package struct LabVisit: Hashable, Sendable {
  /// The process that serves a network.
  package var host: Int32
  /// The command and its arguments, at least one word.
  package var words: [String]
}

extension LabVisit {
  static let flag = "--visit-lab"

  /// Reads what follows `--visit-lab`.
  init(
    reading arguments: [String], after index: Int, wrong: (String, Int, String) -> Diagnostic
  ) throws(Diagnostic) {
    guard arguments.count > index + 2, let host = Int32(arguments[index + 1]), host > 0 else {
      throw wrong("\(Self.flag) needs a process and a command", index, "ftrsh \(Self.flag) PROCESS COMMAND [WORD…]")
    }
    self.init(host: host, words: Array(arguments[(index + 2)...]))
  }
}
