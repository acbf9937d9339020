import Lexing

/// The simulated networks at hand, and the names in them.
package struct LabCatalog: Sendable {
  /// One network of the catalogue.
  package struct Entry: Sendable {
    package let topology: Topology
    /// The names of `topology`.
    package let zone: LabZone

    init(_ topology: Topology) {
      self.topology = topology
      zone = LabZone(topology)
    }
  }

  /// In the order in which `lab list` shows them.
  package private(set) var entries: [Entry]
  /// Of networks that are being made, why they are none yet.
  private var unfinished: [String: Diagnostic] = [:]

  /// The files of `Networks/`, which the package embeds. A new network is a file there and a line here.
  private static let shippedFiles: [(name: String, text: [UInt8])] = [
    ("demo.ftr", PackageResources.demo_ftr),
    ("campus.ftr", PackageResources.campus_ftr),
    ("long.ftr", PackageResources.long_ftr),
    ("ratelimit.ftr", PackageResources.ratelimit_ftr),
    ("asymmetric.ftr", PackageResources.asymmetric_ftr),
    ("balanced.ftr", PackageResources.balanced_ftr),
    ("mpls.ftr", PackageResources.mpls_ftr),
    ("nat.ftr", PackageResources.nat_ftr),
    ("mtu.ftr", PackageResources.mtu_ftr),
    ("loop.ftr", PackageResources.loop_ftr),
    ("filtered.ftr", PackageResources.filtered_ftr),
    ("slowdns.ftr", PackageResources.slowdns_ftr),
    ("lossy.ftr", PackageResources.lossy_ftr),
    ("flap.ftr", PackageResources.flap_ftr),
    ("odd.ftr", PackageResources.odd_ftr),
  ]

  /// A catalogue of these networks.
  ///
  /// - Precondition: no two have the same name.
  package init(_ topologies: [Topology]) {
    precondition(Set(topologies.map(\.name)).count == topologies.count, "networks of a catalogue have different names")
    entries = topologies.map { Entry($0) }
  }

  /// The networks that ship with the program. Reads them, which takes about a millisecond.
  ///
  /// - Throws: a mistake in one of the files, which the tests would have found.
  package static func shipped() throws(Diagnostic) -> LabCatalog {
    var topologies: [Topology] = []
    for file in shippedFiles {
      topologies.append(try LabScript.topology(of: file.text, name: file.name))
    }
    return LabCatalog(topologies)
  }

  /// Puts a network in, in the place of the one with its name.
  package mutating func put(_ topology: Topology) {
    unfinished[topology.name] = nil
    if let index = entries.firstIndex(where: { $0.topology.name == topology.name }) {
      entries[index] = Entry(topology)
    } else {
      entries.append(Entry(topology))
    }
  }

  /// Says of a network what it lacks; one of its name that is here stays as it was when it was whole.
  package mutating func note(_ name: String, lacks reason: Diagnostic) { unfinished[name] = reason }

  /// The names of the networks.
  package var names: [String] { entries.map(\.topology.name) }

  /// The names worth a trace in all networks, for completion.
  package var targetNames: [String] { entries.flatMap { $0.topology.targets.map(\.name) } }

  /// The network of that name.
  ///
  /// - Throws: when there is none, with what it lacks or the one that was probably meant.
  package func network(named name: String) throws(Diagnostic) -> Entry {
    if let entry = entries.first(where: { $0.topology.name == name }) { return entry }
    if let reason = unfinished[name] {
      let why = [reason.summary, reason.why].compactMap { $0 }.joined(separator: ": ")
      throw Diagnostic("network '\(name)' is not whole yet", why: why, try: reason.remedy)
    }
    let meant = Spelling.nearest(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
    throw Diagnostic("there is no network '\(name)'\(meant)", try: "'lab list' names them")
  }

  /// The network that a DNS name belongs to; nil when none has it.
  package func owner(ofName name: String) -> Entry? {
    entries.first { !$0.zone.addresses(of: name).isEmpty }
  }

  /// The name in any network that was probably meant by one that none has.
  package func nearestName(to name: String) -> String? {
    Spelling.nearest(to: name, among: entries.flatMap(\.zone.names))
  }

  /// Whether a name is one that the lab answers for, in whatever network is used: it ends in `.test` (RFC 2606 section 2).
  package static func answers(for name: String) -> Bool {
    LabZone.canonical(name).hasSuffix(".test")
  }
}
