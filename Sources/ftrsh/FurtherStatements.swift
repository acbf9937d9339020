import Glibc
import Lexing
import Shell
import Simulation
import SystemIO

/// The network that a process serves, and the statements that change it: those on standard input, each text of them with
/// `LabService.end` behind it.
final class FurtherStatements {
  /// The network as it is.
  private(set) var topology: Topology
  private var builder = TopologyBuilder()
  /// The beginning of a text whose end has not come.
  private var rest: [UInt8] = []

  /// The most that is read of a text: over a hundred times what a network of 1,000 nodes has.
  private static let mostBytes = 16 << 20
  private static let beginning = Array("lab new ".utf8)
  private static let end = Array(LabService.end.utf8)

  /// Reads the network that a service names; one on standard input up to its end.
  ///
  /// - Throws: what is wrong with it.
  init(_ service: LabService) throws(Diagnostic) {
    let network = service.network
    if network == LabService.fromInput {
      try LabScript.apply(try Self.firstText(), name: "standard input", to: &builder)
      topology = try builder.finish()
    } else if network.contains("/") || network.hasSuffix(".ftr") {
      try LabScript.apply(try ScriptFile.bytes(of: network), name: network, to: &builder)
      topology = try builder.finish()
    } else {
      topology = try LabCatalog.shipped().network(named: network).topology
      try LabScript.apply(Array(LabScript.text(of: topology).utf8), name: network, to: &builder)
    }
  }

  /// Takes what came on standard input.
  ///
  /// - Returns: the network, when it has changed. What is no statement is left out: whoever wrote it has checked it.
  func hear(_ bytes: [UInt8]) -> Topology? {
    rest += bytes
    var hasChanged = false
    while let range = rest.firstRange(of: Self.end) {
      let text = Array(rest[..<range.lowerBound])
      rest.removeFirst(range.upperBound)
      do throws(Diagnostic) {
        // A whole network takes the place of the one that is.
        if text.starts(with: Self.beginning) { builder = TopologyBuilder() }
        try LabScript.apply(text, name: "standard input", to: &builder)
        // A node may come before its link: then the next text makes the network whole.
        topology = try builder.finish()
      } catch {
        continue
      }
      hasChanged = true
    }
    if rest.count > Self.mostBytes { rest = [] }
    return hasChanged ? topology : nil
  }

  /// Reads standard input up to the first end, and no further: more comes only when the network is served.
  private static func firstText() throws(Diagnostic) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while bytes.count < mostBytes {
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
      if bytes.suffix(end.count).elementsEqual(end) { return Array(bytes.dropLast(end.count)) }
    }
    throw Diagnostic("the network on standard input has no end", why: "a line 'end' is to follow its statements")
  }
}
