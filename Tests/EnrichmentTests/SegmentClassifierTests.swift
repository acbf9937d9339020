import Enrichment
import Packets
import Testing

/// AS numbers of the tests: the ISP's, the target's, and of two that are neither.
private let isp: UInt32 = 64500
private let goal: UInt32 = 64510
private let other: UInt32 = 64520
private let another: UInt32 = 64521

/// Reads a path: one entry a word, `*` or `ADDRESS` or `ADDRESS=ASN,ASN`.
private func path(_ text: String) throws -> [SegmentClassifier.Entry] {
  try text.split(separator: " ").map { word in
    if word == "*" { return .init(address: nil) }
    let parts = word.split(separator: "=")
    let asns = try parts.dropFirst().flatMap { $0.split(separator: ",") }.map { try #require(UInt32($0)) }
    let address: IPAddress = try #require(IPAddress(parts[0]))
    return .init(address: address, origin: asns.isEmpty ? nil : Origin(asns: asns))
  }
}

/// Segments by their first letters: `LITDU`.
private func letters(_ segments: [Segment]) -> String {
  String(segments.map { $0.rawValue.first ?? "?" })
}

@Suite("The segment of a hop")
struct SegmentOfHopTests {
  private struct Case: CustomTestStringConvertible {
    let hop: [UInt32]
    let ispASNs: [UInt32]
    let destinationASNs: [UInt32]
    let isBehindISP: Bool
    let segment: Segment
    var testDescription: String {
      "hop \(hop), ISP \(ispASNs), target \(destinationASNs)\(isBehindISP ? ", behind the ISP" : ""): \(segment)"
    }

    init(
      _ hop: [UInt32], isp: [UInt32], target: [UInt32], behindISP: Bool = false, _ segment: Segment
    ) {
      (self.hop, ispASNs, destinationASNs, isBehindISP, self.segment) = (hop, isp, target, behindISP, segment)
    }
  }

  /// Every row of the table, each with all that its "any" stands for.
  private static let table: [Case] = [
    // Known, the ISP's equal.
    .init([isp], isp: [isp], target: [], .isp),
    .init([isp], isp: [isp], target: [other], .isp),
    .init([isp], isp: [isp], target: [isp], .isp),
    // Known, the ISP's different.
    .init([goal], isp: [isp], target: [goal], .destination),
    .init([goal], isp: [isp], target: [goal], behindISP: true, .destination),
    .init([other], isp: [isp], target: [goal], .transit),
    .init([other], isp: [isp], target: [], .transit),
    .init([other], isp: [isp], target: [goal], behindISP: true, .transit),
    // Known, the ISP's unknown.
    .init([goal], isp: [], target: [goal], .destination),
    .init([goal], isp: [], target: [goal], behindISP: true, .destination),
    .init([other], isp: [], target: [goal], .unknown),
    .init([other], isp: [], target: [goal], behindISP: true, .transit),
    .init([other], isp: [], target: [], .unknown),
    .init([other], isp: [], target: [], behindISP: true, .transit),
    // Unknown.
    .init([], isp: [isp], target: [goal], .transit),
    .init([], isp: [isp], target: [], .transit),
    .init([], isp: [], target: [goal], .transit),
    .init([], isp: [], target: [], .transit),
    .init([], isp: [], target: [], behindISP: true, .transit),
    // Several origins: any of them.
    .init([other, isp], isp: [isp], target: [other], .isp),
    .init([other], isp: [isp, other], target: [], .isp),
    .init([other, goal], isp: [isp], target: [another, goal], .destination),
    .init([other, another], isp: [isp, goal], target: [goal], .transit),
  ]

  @Test("follows the decision table", arguments: table)
  private func decision(_ row: Case) {
    let classifier = SegmentClassifier(
      target: nil, ispASNs: row.ispASNs, destinationASNs: row.destinationASNs, policy: .label)
    let hop = SegmentClassifier.Entry(
      address: IPAddress(9, 9, 9, 9), origin: row.hop.isEmpty ? nil : Origin(asns: row.hop))
    // A hop in a carrier-grade NAT is the ISP's, whatever else is known.
    let before = row.isBehindISP ? [SegmentClassifier.Entry(address: IPAddress(100, 64, 0, 1))] : []
    #expect(classifier.segments(of: before + [hop]).last == row.segment)
  }

  @Test(
    "is LAN for private, loopback and link-local addresses, even with the ISP's AS",
    arguments: [
      "10.1.2.3", "172.16.0.1", "192.168.1.1", "127.0.0.1", "169.254.1.1", "::1", "fe80::1", "fd00::1",
      "::ffff:192.168.1.1", "64:ff9b::10.0.0.1",
    ])
  func lan(text: String) throws {
    let classifier = SegmentClassifier(target: IPAddress(text), ispASNs: [isp], destinationASNs: [isp], policy: .lookup)
    #expect(letters(classifier.segments(of: try path("\(text)=\(isp)"))) == "L")
  }

  @Test("is ISP in a carrier-grade NAT, with nothing known, and what follows is behind the ISP")
  func carrierGradeNAT() throws {
    let classifier = SegmentClassifier(target: nil, policy: .label)
    #expect(letters(classifier.segments(of: try path("9.9.9.9=\(other) 100.64.0.1 9.9.9.9=\(other)"))) == "UIT")
  }

  @Test("is LAN for an IPv6 address with the same first 64 bits as the own")
  func onLink() throws {
    var classifier = SegmentClassifier(
      target: nil, ispASNs: [isp], localIPv6: IPAddress("2a00:1:2:3::9"), policy: .label)
    let hops = try path("2a00:1:2:3::1=\(isp) 2a00:1:2:3:ffff::=\(isp) 2a00:1:2:4::1=\(isp)")
    #expect(letters(classifier.segments(of: hops)) == "LLI")
    classifier.localIPv6 = nil
    #expect(letters(classifier.segments(of: hops)) == "III")
    // The other family has no such rule, and a mapped address belongs to it.
    classifier.localIPv6 = IPAddress("::1")
    #expect(letters(classifier.segments(of: try path("0.0.0.9 ::ffff:9.9.9.9=\(isp)"))) == "TI")
  }

  @Test("of another special-purpose address is that of a network which is none of the known")
  func special() throws {
    let hop = "192.0.2.1=\(goal)"
    func segments(_ text: String, isp ispASNs: [UInt32], _ policy: SpecialPolicy) throws -> String {
      let classifier = SegmentClassifier(target: nil, ispASNs: ispASNs, destinationASNs: [goal], policy: policy)
      return letters(classifier.segments(of: try path(text)))
    }
    #expect(try segments(hop, isp: [], .label) == "U")
    #expect(try segments("100.64.0.1 \(hop)", isp: [], .label) == "IT")
    #expect(try segments(hop, isp: [isp], .label) == "T")
    #expect(try segments(hop, isp: [isp], .lookup) == "D")
    #expect(try segments("192.0.2.1 224.0.0.1=\(goal)", isp: [], .lookup) == "TU")
  }

  @Test("is DESTINATION at the target, when nothing says LAN or ISP")
  func target() throws {
    func segments(_ text: String, to target: String, isp ispASNs: [UInt32], policy: SpecialPolicy = .label) throws
      -> String
    {
      let classifier = SegmentClassifier(target: IPAddress(target), ispASNs: ispASNs, policy: policy)
      return letters(classifier.segments(of: try path(text)))
    }
    #expect(try segments("8.8.4.4 9.9.9.9", to: "9.9.9.9", isp: []) == "TD")
    #expect(try segments("8.8.4.4=\(other) 9.9.9.9=\(other)", to: "9.9.9.9", isp: []) == "UD")
    #expect(try segments("9.9.9.9=\(other)", to: "9.9.9.9", isp: [isp]) == "D")
    #expect(try segments("9.9.9.9=\(isp)", to: "9.9.9.9", isp: [isp]) == "I")
    #expect(try segments("100.64.0.9", to: "100.64.0.9", isp: []) == "I")
    #expect(try segments("192.168.0.9", to: "192.168.0.9", isp: []) == "L")
    #expect(try segments("192.0.2.9", to: "192.0.2.9", isp: []) == "D")
    // A NAT64 translates the target too.
    #expect(try segments("64:ff9b::9.9.9.9", to: "64:ff9b::9.9.9.9", isp: []) == "D")
    #expect(try segments("64:ff9b::9.9.9.8", to: "64:ff9b::9.9.9.9", isp: []) == "T")
  }
}

@Suite("The segments of a path")
struct SegmentsOfPathTests {
  private func segments(_ text: String) throws -> String {
    let classifier = SegmentClassifier(target: nil, ispASNs: [isp], destinationASNs: [goal], policy: .label)
    return letters(classifier.segments(of: try path(text)))
  }

  private static let ispHop = "9.0.0.1=\(isp)"
  private static let goalHop = "9.0.1.1=\(goal)"
  private static let transitHop = "9.0.2.1=\(other)"
  private static let unannouncedHop = "9.0.3.1"
  private static let lanHop = "10.0.0.1"

  @Test("from here to there")
  func whole() throws {
    let path = [
      Self.lanHop, "100.64.0.1", Self.ispHop, Self.transitHop, "*", Self.unannouncedHop, Self.goalHop, Self.goalHop,
    ]
    #expect(try segments(path.joined(separator: " ")) == "LIITUTDD")
  }

  @Test(
    "between two of the ISP are the ISP's, and between two of the target's network that network's",
    arguments: [
      (ispHop, transitHop, ispHop, "III"), (ispHop, unannouncedHop, ispHop, "III"),
      (goalHop, transitHop, goalHop, "DDD"), (goalHop, unannouncedHop, goalHop, "DDD"),
      // Not a sandwich.
      (ispHop, transitHop, goalHop, "ITD"), (goalHop, transitHop, ispHop, "DTI"), (ispHop, ispHop, transitHop, "IIT"),
      (transitHop, ispHop, ispHop, "TII"), (transitHop, transitHop, transitHop, "TTT"),
      // Never changed.
      (ispHop, lanHop, ispHop, "ILI"), (ispHop, "*", ispHop, "IUI"), (goalHop, "*", goalHop, "DUD"),
      (ispHop, goalHop, ispHop, "IDI"), (goalHop, ispHop, goalHop, "DID"),
    ])
  func sandwich(first: String, middle: String, last: String, expected: String) throws {
    #expect(try segments("\(first) \(middle) \(last)") == expected)
    // The slices may be far away.
    let far = try segments("\(first) * * \(Self.lanHop) \(middle) * \(last)")
    let letters = Array(expected)
    #expect(far == "\(letters[0])UUL\(letters[1])U\(letters[2])")
  }

  @Test("become the ISP's where both slices would do")
  func ispWins() throws {
    let path = [Self.goalHop, Self.ispHop, Self.transitHop, Self.ispHop, Self.goalHop].joined(separator: " ")
    #expect(try segments(path) == "DIIID")
    // Between the target's alone stays between the target's.
    let wide = [
      Self.goalHop, Self.transitHop, Self.ispHop, Self.transitHop, Self.ispHop, Self.transitHop, Self.goalHop,
    ]
    #expect(try segments(wide.joined(separator: " ")) == "DDIIIDD")
  }

  @Test("of which several lie between two slices all change, the changed ones too being context")
  func several() throws {
    let path = [Self.ispHop, Self.transitHop, "*", Self.unannouncedHop, Self.lanHop, Self.transitHop, Self.ispHop]
    #expect(try segments(path.joined(separator: " ")) == "IIUILII")
  }

  @Test("with nobody known become the carrier's between two hops of its NAT")
  func unknownBetween() throws {
    let classifier = SegmentClassifier(target: nil, policy: .label)
    #expect(letters(classifier.segments(of: try path("100.64.0.1 9.0.2.1=\(other) 100.64.0.2"))) == "III")
  }

  @Test("of one hop, two hops or none need no neighbours")
  func short() throws {
    #expect(try segments("") == "")
    #expect(try segments("*") == "U")
    #expect(try segments(Self.ispHop) == "I")
    #expect(try segments("\(Self.ispHop) \(Self.transitHop)") == "IT")
  }
}
