import Lexing
import Packets

/// The statements about what a network knows of itself, beside its nodes and links.
extension TopologyBuilder {
  /// The longest name of an AS in bytes: with number, country, registry and bars it fits one string of a TXT record,
  /// which holds 255 bytes (RFC 1035 section 3.3).
  private static let longestSystemName = 200

  /// The regional registries, as Team Cymru and the delegation files spell them.
  private static let registries = ["afrinic", "apnic", "arin", "lacnic", "ripencc"]

  /// What stands for a country or a registry that is not known.
  private static let unstated = "-"

  /// Reads `as NUMBER NAME COUNTRY REGISTRY PREFIX…`.
  func system(_ reader: inout WordReader) throws(Diagnostic) -> Addition {
    let word = reader.next
    // AS 0 announces nothing (RFC 7607), and the last number is reserved (RFC 7300).
    let number = UInt32(try reader.count(what: "an AS number", in: 1...Int(UInt32.max) - 1))
    if let word, systemNumbers.contains(number) {
      throw reader.wrong("AS\(number) is given already", at: word)
    }
    let name = try systemName(&reader)
    let country = try country(&reader)
    let registry = try registry(&reader)
    let prefixes = try prefixes(&reader)
    return .system(
      AutonomousSystem(number: number, name: name, country: country, registry: registry, prefixes: prefixes))
  }

  /// Reads `public ADDRESS [ADDRESS6]`.
  func publicAddresses(at verb: LabWord, _ reader: inout WordReader) throws(Diagnostic) -> Addition {
    guard topology?.publicAddresses.isEmpty == true else {
      throw reader.wrong("the public address is given already", at: verb)
    }
    let addresses = try reader.addresses(of: "the first node")
    for (address, word) in addresses where !address.isUsable {
      throw reader.wrong("\(address) cannot be a public address", at: word)
    }
    return .publicAddresses(addresses.map(\.address))
  }

  /// Reads `resolver ADDRESS [ADDRESS6] [PROPERTY…]`.
  func nameServer(at verb: LabWord, _ reader: inout WordReader) throws(Diagnostic) -> Addition {
    guard topology?.nameServer == nil else { throw reader.wrong("the resolver is given already", at: verb) }
    let addresses = try reader.addresses(of: "a resolver")
    let owner = addresses.first.flatMap { addressOwners[$0.address] }
    for (address, word) in addresses where owner == nil || addressOwners[address] != owner {
      guard let owner, let node = topology?.nodes[owner] else {
        throw reader.wrong("no node has the address \(address)", at: word, try: "'\(LabStatement.hop.usage)' first")
      }
      throw reader.wrong("\(address) is not an address of '\(node.name)'", at: word)
    }
    var behaviors: [any Behavior] = []
    while let word = reader.next {
      guard try take(.resolver, in: &reader, into: &behaviors) else { throw misplaced(word, reader, in: .resolver) }
    }
    return .nameServer(LabNameServer(addresses: addresses.map(\.address), behaviors: behaviors))
  }

  private func systemName(_ reader: inout WordReader) throws(Diagnostic) -> String {
    let name = try reader.word("the name of the AS")
    guard (1...Self.longestSystemName).contains(name.text.utf8.count), !name.text.contains("|") else {
      throw reader.wrong(
        "'\(name.text)' cannot be the name of an AS", at: name,
        why: "it has 1 to \(Self.longestSystemName) bytes and no '|', which divides the fields of its record")
    }
    return name.text
  }

  private func country(_ reader: inout WordReader) throws(Diagnostic) -> String? {
    let word = try reader.word("a country")
    if word.text == Self.unstated { return nil }
    let isCode =
      word.text.utf8.count == 2 && word.text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")) ~= $0 }
    guard isCode else {
      throw reader.wrong(
        "'\(word.text)' is not the code of a country", at: word, try: "two capital letters, or '\(Self.unstated)'")
    }
    return word.text
  }

  private func registry(_ reader: inout WordReader) throws(Diagnostic) -> String? {
    let word = try reader.word("a registry")
    if word.text == Self.unstated { return nil }
    guard Self.registries.contains(word.text) else {
      throw reader.unknown("registry", word, known: Self.registries + [Self.unstated])
    }
    return word.text
  }

  private func prefixes(_ reader: inout WordReader) throws(Diagnostic) -> [Prefix] {
    var prefixes: [Prefix] = []
    var known: Set<Prefix> = []
    repeat {
      let (prefix, word) = try reader.prefix()
      guard known.insert(prefix).inserted else { throw reader.wrong("\(prefix) is given twice", at: word) }
      guard prefixCount + prefixes.count < Topology.mostPrefixes else {
        throw reader.wrong("a network has at most \(Topology.mostPrefixes) prefixes", at: word)
      }
      prefixes.append(prefix)
    } while reader.next != nil
    return prefixes
  }
}

extension IPAddress {
  /// Whether a host can be seen with it.
  var isUsable: Bool { !isUnspecified && !isMulticast && !isLoopback }
}
