import FoundationEssentials
import Testing

/// As much of a trace's JSON form as the tests of enrichment look at.
struct EnrichedTrace: Decodable {
  struct Origin: Decodable, Equatable {
    var asn: UInt32
    var prefix: String?
    var country_code: String?
    var registry: String?
    var name: String?
    var source: String
  }

  struct Provider: Decodable, Equatable {
    var asn: UInt32?
    var name: String?
    var hostname: String?
  }

  struct Hop: Decodable {
    struct Probe: Decodable { let state: String }
    let segment: String?
    let address: String?
    let hostname: String?
    let asn_info: Origin?
    let probes: [Probe]
  }

  struct Evidence: Decodable {
    let lookups_open: Int
  }

  let public_ip: String?
  let isp: Provider?
  let destination_asn: Origin?
  let reached: Bool
  let elapsed_ms: Double
  let evidence: Evidence
  let hops: [Hop]

  /// The document of a line that is one.
  init(_ line: some StringProtocol) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
  }

  /// Whether every hop of that path answered, and nothing else did.
  func isWhole(_ path: [String]) -> Bool {
    reached && hops.map(\.address) == path && hops.flatMap(\.probes).allSatisfy { $0.state == "replied" }
  }
}

/// As much of `show enrich --json` as they look at.
struct EnrichmentAccount: Decodable {
  struct Topic: Decodable {
    let name: String
    let wanted: Int
    let hits: Int
    let asked: Int
    let known: Int
    let absent: Int
    let failures: [String: Int]
  }

  struct Source: Decodable {
    let name: String
    let state: String
  }

  let open: Int
  let lookups: [Topic]
  let sources: [Source]

  init(_ line: some StringProtocol) throws {
    self = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
  }

  func topic(_ name: String) throws -> Topic { try #require(lookups.first { $0.name == name }) }
  func source(_ name: String) throws -> String { try #require(sources.first { $0.name == name }).state }
}
