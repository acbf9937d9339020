import Packets

/// A simulated network for Graphviz (`lab show --dot`).
extension LabDrawing {
  /// The network as an undirected graph: a line of text each.
  ///
  /// What has failed is dashed. Labels hold what the statements allow, which is no control character.
  package static func dot(_ topology: Topology) -> [String] {
    let failures = topology.failures
    var lines = ["graph \(quoted(topology.name)) {", "  label=\(quoted(topology.summary));", "  rankdir=LR;"]
    lines.append("  node [shape=box, fontname=\"sans-serif\"];")
    for (index, node) in topology.nodes.enumerated() {
      let text = [node.name] + node.addresses.map(\.description) + node.behaviors.map(\.description)
      var attributes = ["label=\(quoted(text))"]
      if index == Topology.vantage { attributes.append("shape=house") }
      if failures.nodes.contains(index) { attributes.append("style=dashed") }
      lines.append("  \(quoted(node.name)) [\(attributes.joined(separator: ", "))];")
    }
    for (index, link) in topology.links.enumerated() {
      var attributes: [String] = []
      if !link.behaviors.isEmpty { attributes.append("label=\(quoted(link.behaviors.map(\.description)))") }
      if failures.links.contains(index) { attributes.append("style=dashed") }
      let ends = "\(quoted(topology.nodes[link.ends.0].name)) -- \(quoted(topology.nodes[link.ends.1].name))"
      lines.append("  \(ends)\(attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]");")
    }
    return lines + ["}"]
  }

  private static func quoted(_ text: String) -> String { quoted([text]) }

  /// Lines of a label in double quotes, in which only the quote and the backslash mean anything.
  private static func quoted(_ lines: [String]) -> String {
    let escaped = lines.map { line in
      line.reduce(into: "") { text, character in
        if character == "\"" || character == "\\" { text.append("\\") }
        text.append(character)
      }
    }
    return "\"\(escaped.joined(separator: "\\n"))\""
  }
}
