import Results
import Simulation

/// The JSON form of `lab list`.
struct LabListDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "lab"
  var version = Version.number
  /// In the order of the catalogue.
  var networks: [Entry]
  /// The network that is up.
  @ExplicitNull var up: String? = nil

  /// One network in short; `lab show` shows it whole.
  struct Entry: Codable, Hashable, Sendable {
    var name: String
    var summary: String
    var targets: [LabTargetDocument]
  }

  init(_ catalog: LabCatalog, up: String?) {
    networks = catalog.entries.map(\.topology).map { topology in
      Entry(
        name: topology.name, summary: topology.summary, targets: topology.targets.map { LabTargetDocument($0) })
    }
    self.up = up
  }
}

/// A name that is worth a trace in a network of the lab.
struct LabTargetDocument: Codable, Hashable, Sendable {
  var name: String
  /// What to look for.
  var lesson: String

  init(_ target: Topology.Target) {
    name = target.name
    lesson = target.lesson
  }
}
