import Lexing
import Packets

/// A network as the text that makes it: what `lab save` writes.
extension LabScript {
  /// The statements of a network, one a line. Read again they give the same network.
  ///
  /// What has failed is written as it stands; what has failed and healed leaves no trace.
  package static func text(of topology: Topology) -> String {
    var lines = ["lab new \(topology.name) \(quoted(topology.summary))", ""]
    lines += parts(of: topology)
    lines += section(topology.names.map { "lab name \($0.name) \(list($0.addresses))" })
    lines += section(topology.systems.map { line(for: $0) })
    if !topology.publicAddresses.isEmpty { lines += section(["lab public \(list(topology.publicAddresses))"]) }
    if let server = topology.nameServer {
      lines += section([joined(["lab resolver \(list(server.addresses))"] + server.behaviors.map(\.description))])
    }
    lines += section(topology.targets.map { "lab target \($0.name) \(quoted($0.lesson))" })
    lines += section(changes(of: topology))
    return lines.joined(separator: "\n") + "\n"
  }

  /// Nodes and links, each link as soon as both its ends are there, so that all keep their order.
  private static func parts(of topology: Topology) -> [String] {
    var lines: [String] = []
    var links = topology.links[...]
    for (index, node) in topology.nodes.enumerated() {
      while let link = links.first, link.ends.0 < index, link.ends.1 < index {
        lines.append(line(for: link, in: topology))
        links.removeFirst()
      }
      var words = ["\(node.name) \(list(node.addresses))"]
      if let link = links.first, link.ends.1 == index, link.ends.0 < index {
        links.removeFirst()
        words.insert("lab hop", at: 0)
        if link.ends.0 != index - 1 { words.append("from \(topology.nodes[link.ends.0].name)") }
        words += link.behaviors.map(\.description)
      } else {
        words.insert("lab node", at: 0)
      }
      lines.append(joined(words + properties(of: node)))
    }
    return lines + links.map { line(for: $0, in: topology) }
  }

  private static func properties(of node: Node) -> [String] {
    var words = node.behaviors.map(\.description)
    if let name = node.dnsName { words.append("\(NodeProperty.name.rawValue) \(name)") }
    words += node.servedPrefixes.map { "\(NodeProperty.serves.rawValue) \($0)" }
    if node.isBorder { words.append(NodeProperty.border.rawValue) }
    return words
  }

  private static func line(for link: Topology.Link, in topology: Topology) -> String {
    let ends = "\(topology.nodes[link.ends.0].name) \(topology.nodes[link.ends.1].name)"
    return joined(["lab link", ends] + link.behaviors.map(\.description))
  }

  private static func line(for system: AutonomousSystem) -> String {
    let words = [
      "lab as \(system.number)", quotedIfNeeded(system.name), system.country ?? "-", system.registry ?? "-",
    ]
    return joined(words + system.prefixes.map(\.description))
  }

  private static func changes(of topology: Topology) -> [String] {
    let failures = topology.failures
    let standing =
      failures.nodes.sorted().map { NetworkChange.fail(.node($0)) }
      + failures.links.sorted().map { NetworkChange.fail(.link($0)) }
    return standing.map { "lab \(text(of: $0, in: topology))" }
      + topology.schedule.map {
        "lab at \(Literal.text(for: $0.time)) \(text(of: $0.change, in: topology))"
      }
  }

  /// "fail r3", "heal link r1 r2".
  static func text(of change: NetworkChange, in topology: Topology) -> String {
    func name(_ part: NetworkPart) -> String {
      switch part {
      case .node(let node): topology.nodes[node].name
      case .link(let link):
        "link \(topology.nodes[topology.links[link].ends.0].name) \(topology.nodes[topology.links[link].ends.1].name)"
      }
    }
    return switch change {
    case .fail(let part): "\(LabStatement.fail.rawValue) \(name(part))"
    case .heal(let part): "\(LabStatement.heal.rawValue) \(name(part))"
    case .healAll: LabStatement.heal.rawValue
    }
  }

  /// Statements behind an empty line, unless there is none.
  private static func section(_ lines: [String]) -> [String] { lines.isEmpty ? [] : [""] + lines }

  private static func list(_ addresses: [IPAddress]) -> String {
    addresses.map(\.description).joined(separator: " ")
  }

  private static func joined(_ words: [String]) -> String { words.joined(separator: " ") }

  /// A text in single quotes, which keep everything as it is but themselves.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }

  /// As it is where a line reads it so.
  private static func quotedIfNeeded(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    return isPlain ? text : quoted(text)
  }
}
