import Enrichment
import Packets
import Results

/// The JSON form of `lookup` and of `publicip`.
struct LookupDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command: String
  var version = Version.number
  /// As typed; nil for `publicip`.
  @ExplicitNull var query: String? = nil
  /// "live", or "lab" and its name.
  var network: String
  var addresses: [Entry]
  /// The AS that was asked for by its number.
  @ExplicitNull var system: System? = nil
  /// Why something is not known, one sentence each.
  var failures: [String]

  /// What is known of one address.
  struct Entry: Codable, Hashable, Sendable {
    var address: String
    var family: String
    @ExplicitNull var hostname: String? = nil
    @ExplicitNull var asnInfo: OriginDocument? = nil
    @ExplicitNull var geo: PlaceDocument? = nil

    enum CodingKeys: String, CodingKey {
      case address, family, hostname, geo
      case asnInfo = "asn_info"
    }
  }

  struct System: Codable, Hashable, Sendable {
    var asn: UInt32
    @ExplicitNull var name: String? = nil
  }

  init(command: String, network: String, query: String?, addresses: [IPAddress], _ record: EnrichmentRecord) {
    self.command = command
    self.network = network
    self.addresses = addresses.map { address in
      let annotation = record.annotations[address]
      var entry = Entry(address: address.description, family: address.family.word)
      entry.hostname = annotation?.name.value
      entry.asnInfo = OriginDocument(annotation?.origin)
      entry.geo = PlaceDocument(annotation?.place)
      return entry
    }
    failures = Self.failures(record)
    self.query = query
    system = record.systems.first.map { System(asn: $0.key, name: $0.value.value) }
  }

  private static func failures(_ record: EnrichmentRecord) -> [String] {
    var found: [String] = []
    for (address, annotation) in record.annotations.sorted(by: { $0.key < $1.key }) {
      if case .failed(let failure) = annotation.name { found.append("name of \(address): \(failure.reason)") }
      if case .failed(let failure) = annotation.origin { found.append("AS of \(address): \(failure.reason)") }
      if case .failed(let failure) = annotation.place { found.append("place of \(address): \(failure.reason)") }
    }
    for (family, fact) in record.publicAddresses.sorted(by: { $0.key.word < $1.key.word }) {
      if case .failed(let failure) = fact { found.append("public \(family) address: \(failure.reason)") }
    }
    for (asn, fact) in record.systems {
      if case .failed(let failure) = fact { found.append("name of AS\(asn): \(failure.reason)") }
    }
    return found
  }
}
