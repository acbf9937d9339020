import Enrichment
import FoundationEssentials
import Lookups
import Packets
import TestSupport
import Testing

@Suite("A prefix table")
struct PrefixTableTests {
  private func table(_ lines: String...) throws -> PrefixTable {
    try PrefixTable(text: Array(lines.joined(separator: "\n").utf8))
  }

  @Test("of iptoasn gives number, country and name, IPv4 and IPv6 in one file")
  func iptoasn() throws {
    let table = try table(
      "1.0.0.0\t1.0.0.255\t13335\tUS\tCLOUDFLARENET", "1.0.1.0\t1.0.3.255\t0\tNone\tNot routed",
      "1.0.4.0\t1.0.7.255\t38803\tAU\tGTELECOM-AUSTRALIA Gtelecom Pty Ltd", "1.0.8.0\t1.0.8.255\t64500\tNone\t",
      "2001:200::\t2001:200:5ff:ffff:ffff:ffff:ffff:ffff\t2500\tJP\tWIDE-BB WIDE Project\r")
    #expect(table.count == 4)
    #expect(table.faultCount == 0)
    #expect(
      table.origin(of: try address("1.0.0.77"))
        == Origin(asns: [13335], prefix: Prefix("1.0.0.0/24"), country: "US", name: "CLOUDFLARENET"))
    #expect(
      table.origin(of: try address("1.0.7.255"))
        == Origin(
          asns: [38803], prefix: Prefix("1.0.4.0/22"), country: "AU", name: "GTELECOM-AUSTRALIA Gtelecom Pty Ltd"))
    #expect(table.origin(of: try address("1.0.8.1")) == Origin(asns: [64500], prefix: Prefix("1.0.8.0/24")))
    for unrouted in [
      "0.255.255.255", "1.0.1.0", "1.0.3.255", "1.0.9.0", "255.255.255.255", "2001:1ff::", "2001:200:600::",
    ] {
      #expect(table.origin(of: try address(unrouted)) == nil, "\(unrouted)")
    }
    #expect(
      table.origin(of: try address("2001:200:500::1"))
        == Origin(asns: [2500], prefix: Prefix("2001:200:400::/39"), country: "JP", name: "WIDE-BB WIDE Project"))
  }

  @Test(
    "of ranges that are no block shows the longest block inside the range",
    arguments: [
      ("192.0.2.0", "192.0.2.0/25"), ("192.0.2.127", "192.0.2.0/25"), ("192.0.2.128", "192.0.2.128/26"),
      ("192.0.2.191", "192.0.2.128/26"), ("192.0.2.192", "192.0.2.192/31"), ("192.0.2.194", "192.0.2.194/32"),
      ("191.255.255.255", "191.255.255.255/32"),
    ])
  func ranges(text: String, prefix: String) throws {
    let table = try table("191.255.255.255\t192.0.2.194\t64500\tZZ\tEXAMPLE")
    // 192.0.0.0/23 is inside, too, but does not hold these addresses.
    #expect(table.origin(of: try address(text))?.prefix == Prefix(prefix))
    #expect(table.origin(of: try address("192.0.1.1"))?.prefix == Prefix("192.0.0.0/23"))
  }

  @Test("of pfx2as gives the announced prefix, several origins and sets")
  func pfx2as() throws {
    let table = try table(
      "# prefix, length, AS", "10.0.0.0\t8\t64500", "10.1.0.0\t16\t64501_64502", "10.1.2.0\t24\t64503,64504_64503",
      "10.1.3.0\t24\t0", "", "2001:db8::\t32\t4294967295", "::\t0\t64506")
    #expect(table.count == 5)
    #expect(table.origin(of: try address("10.200.0.1")) == Origin(asns: [64500], prefix: Prefix("10.0.0.0/8")))
    #expect(table.origin(of: try address("10.1.255.1")) == Origin(asns: [64501, 64502], prefix: Prefix("10.1.0.0/16")))
    #expect(table.origin(of: try address("10.1.2.9")) == Origin(asns: [64503, 64504], prefix: Prefix("10.1.2.0/24")))
    #expect(
      table.origin(of: try address("10.1.3.9"))?.asns == [64501, 64502], "Not announced, so the outer one speaks.")
    #expect(table.origin(of: try address("11.0.0.0")) == nil)
    #expect(table.origin(of: try address("2001:db8::"))?.asns == [4_294_967_295])
    #expect(
      table.origin(of: try address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
        == Origin(asns: [64506], prefix: Prefix("::/0")))
  }

  @Test("in any order, with overlaps of any kind: what begins last speaks, of those the shortest")
  func overlaps() throws {
    func line(_ first: Int, _ last: Int) -> String { "10.0.0.\(first)\t10.0.0.\(last)\t\(first * 1000 + last)\tZZ\tX" }
    let table = try table(
      line(5, 15), line(0, 10), line(40, 50), line(12, 13), line(40, 60), line(45, 45), line(70, 255))
    func speaker(_ last: UInt8) -> UInt32? { table.origin(of: IPAddress(10, 0, 0, last))?.asns.first }
    let speakers = (UInt8(0)...71).map { speaker($0) }
    let expected: [UInt32?] =
      (0...71).map { address in
        switch address {
        case 0..<5: 10
        case 12...13: 12_013
        case 5...15: 5_015
        case 45: 45_045
        case 40...50: 40_050
        case 51...60: 40_060
        case 70...: 70_255
        case _: nil
        }
      }
    #expect(speakers == expected)
  }

  @Test("among random prefixes finds what a search of all lines finds", arguments: AddressFamily.allCases)
  func agreesWithSearch(family: AddressFamily) throws {
    for seed in SeededGenerator.seeds(for: "agreesWithSearch") {
      var random = SeededGenerator(seed: seed)
      func somewhere() -> IPAddress {
        let bits = UInt64.random(in: 0..<64, using: &random) << 18 | UInt64.random(in: 0..<4, using: &random)
        return switch family {
        case .ipv4: IPAddress(ipv4: UInt32.random(in: 0..<2, using: &random) << 31 | UInt32(bits))
        case .ipv6: IPAddress(high: 0x2001_0db8_0000_0000 | bits, low: UInt64.random(in: 0..<3, using: &random) << 62)
        }
      }
      var lines: [Prefix: UInt32] = [:]
      for asn in UInt32(1)...400 {
        let prefix = Prefix(somewhere(), length: Int.random(in: 0...family.addressBitCount, using: &random))
        lines[try #require(prefix)] = asn
      }
      let text = lines.map { "\($0.key.address)\t\($0.key.length)\t\($0.value)" }.joined(separator: "\n")
      let table = try PrefixTable(text: Array(text.utf8))
      for _ in 0..<2_000 {
        let address = somewhere()
        let expected = lines.filter { $0.key.contains(address) }.max { $0.key.length < $1.key.length }
        let origin = table.origin(of: address)
        #expect(origin?.prefix == expected?.key, "seed \(seed), \(address)")
        #expect(origin?.asns.first == expected?.value, "seed \(seed), \(address)")
      }
    }
  }

  @Test("reads addresses as strictly as everything else does", arguments: SeededGenerator.seeds(for: "addresses"))
  func addresses(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let samples = [
      "1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "2001:db8::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::",
      "::2:3:4:5:6:7:8", "::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1::1.2.3.4", "ABCD:ef01::", "1:2:3::7:8",
      "fe80::1%eth0",
      "1:2:3:4:5:6:7:1.2.3.4", "1.2.3", "1.2.3.256", "01.2.3.4", "1::2::3", ":::", ":1", "1:", "12345::", "",
    ]
    let alphabet = Array("0123456789abcdefABCDEF.:".utf8)
    var texts = samples
    for sample in samples {
      for _ in 0..<150 {
        var bytes = Array(sample.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let byte = try #require(alphabet.randomElement(using: &random))
          let place = Int.random(in: 0...bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes.insert(byte, at: place)
          case 1 where place < bytes.count: bytes[place] = byte
          case _ where place < bytes.count: bytes.remove(at: place)
          case _: break
          }
        }
        texts.append(String(decoding: bytes, as: UTF8.self))
      }
    }
    var accepted = 0
    for text in texts {
      let address = IPAddress(text)
      let length = address?.family.addressBitCount ?? 32
      // A good line beside it, since a table without one is refused.
      let table = try table("203.0.113.77\t32\t1", "\(text)\t\(length)\t64500")
      #expect(table.faultCount == (address == nil ? 1 : 0), "\(text)")
      guard let address else { continue }
      accepted += 1
      #expect(table.origin(of: address)?.asns == [64500], "\(text)")
      #expect(table.origin(of: address)?.prefix == Prefix(address, length: length), "\(text)")
    }
    #expect(accepted > 200)
  }
}

@Suite("A prefix table with faults")
struct PrefixTableFaultTests {
  private static let good = "192.0.2.0\t24\t64500"

  @Test(
    "says which line is wrong and how, and uses the others",
    arguments: [
      ("nonsense", .fields), ("192.0.2.0\t24", .fields), ("192.0.2.0\t192.0.2.255\t1", .fields),
      ("192.0.2.0\t192.0.2.255\t1\tZZ", .fields), ("192.0.2.256\t24\t1", .address), ("\t\t\t\t", .address),
      ("192.0.2.0\tx\t1\tZZ\tX", .address), ("192.0.2.0\t\t1\tZZ\tX", .address), ("192.0.2.0\t33\t1", .length),
      ("2001:db8::\t129\t1", .length), ("192.0.2.0\t2001:db8::\t1\tZZ\tX", .families),
      ("192.0.2.9\t192.0.2.8\t1\tZZ\tX", .order), ("2001:db8::1\t2001:db8::\t1\tZZ\tX", .order),
      ("192.0.2.0\t24\tAS1", .asNumber), ("192.0.2.0\t24\t", .asNumber), ("192.0.2.0\t24\t1_", .asNumber),
      ("192.0.2.0\t24\t4294967296", .asNumber), ("192.0.2.0\t24\t1\t2", .asNumber),
      ("192.0.2.0\t192.0.2.9\t-1\tZZ\tX", .asNumber),
    ] as [(String, LineFault)])
  func faults(line: String, reason: LineFault) throws {
    let table = try PrefixTable(text: Array("\(Self.good)\n\n\(line)\n198.51.100.0\t24\t64501".utf8))
    #expect(table.faults == [PrefixTable.Fault(line: 3, reason: reason)])
    #expect(table.faultCount == 1)
    #expect(table.origin(of: IPAddress(192, 0, 2, 1))?.asns == [64500])
    #expect(table.origin(of: IPAddress(198, 51, 100, 1))?.asns == [64501])
  }

  @Test("passes over a line that is too long, however long", arguments: [1_025, 3_000_000])
  func tooLong(count: Int) throws {
    let line = String(repeating: "1", count: count)
    let table = try PrefixTable(text: Array("\(Self.good)\n\(line)\n198.51.100.0\t24\t64501".utf8))
    #expect(table.faults == [PrefixTable.Fault(line: 2, reason: .tooLong)])
    #expect(table.origin(of: IPAddress(198, 51, 100, 1))?.asns == [64501])
  }

  @Test("counts all faults and keeps the first five")
  func manyFaults() throws {
    let table = try PrefixTable(text: Array((String(repeating: "x\n", count: 1_000) + Self.good).utf8))
    #expect(table.faultCount == 1_000)
    #expect(table.faults.map(\.line) == [1, 2, 3, 4, 5])
  }

  @Test("a line of 1,024 bytes is read, with either end of line")
  func longestLine() throws {
    let start = "192.0.2.0\t192.0.2.255\t64500\tZZ\t"
    let name = String(repeating: "n", count: 1_024 - start.utf8.count)
    for end in ["\n", "\r\n"] {
      let table = try PrefixTable(text: Array("\(start)\(name)\(end)\(Self.good)".utf8))
      #expect(table.faultCount == 0)
      #expect(table.count == 2)
    }
  }

  @Test("names of foreign bytes come as text all the same, countries only as two capital letters")
  func foreignBytes() throws {
    let table = try PrefixTable(
      text: Array("192.0.2.0\t192.0.2.255\t64500\tz\t".utf8) + [0xff, 0x1b, 0x5b] + Array("\tx".utf8))
    #expect(
      table.origin(of: IPAddress(192, 0, 2, 1))
        == Origin(asns: [64500], prefix: Prefix("192.0.2.0/24"), name: "\u{fffd}\u{1b}[\tx"))
  }

  @Test(
    "what holds no prefix is refused in words",
    arguments: [
      ("", "it holds no prefix"), ("# nothing\n", "it holds no prefix"),
      ("<html>\n", "it holds no prefix: line 1: not three or five fields with tabs between"),
    ])
  func refused(text: String, why: String) {
    #expect {
      try PrefixTable(text: Array(text.utf8))
    } throws: { error in
      (error as? SourceTrouble)?.why == why
        && (error as? SourceTrouble)?.remedy == "an uncompressed table of iptoasn.com (TSV) or a pfx2as file"
    }
  }

  @Test("a compressed file is told for what it is")
  func compressed() {
    #expect {
      try PrefixTable(text: [0x1f, 0x8b, 8, 0, 10, 20, 30])
    } throws: { error in
      (error as? SourceTrouble)?.why == "it is compressed"
    }
  }

  @Test("random bytes never do more than throw", arguments: SeededGenerator.seeds(for: "randomBytes"))
  func randomBytes(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("0123456789abcf.:\t\t\t\n\n_,# ".utf8) + [0xff]
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
      }
      do throws(SourceTrouble) {
        let table = try PrefixTable(text: text + Array("\n192.0.2.0\t24\t1".utf8))
        _ = table.origin(of: IPAddress(192, 0, 2, 1))
      } catch {
        Issue.record(error)
      }
    }
  }
}

@Suite("A prefix table in a file")
struct PrefixTableFileTests {
  @Test("is read in pieces without losing a line between them")
  func pieces() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/table.tsv"
    // Some MB, several times what is read at once; lines of different lengths, one of them far too long.
    var text = ""
    for number in 0..<20_000 {
      let block = "\(number >> 8).\(number & 0xff)"
      text += "\(block).0.0\t\(block).255.255\t\(number + 1)\tZZ\tNAME-\(String(repeating: "n", count: number % 50))\n"
      if number == 1_000 { text += String(repeating: "1", count: 2_500_000) + "\n" }
    }
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    let table = try PrefixTable(path: path)
    #expect(table.faults == [PrefixTable.Fault(line: 1_002, reason: .tooLong)])
    #expect(table.count == 20_000)
    let wrong = (UInt32(0)..<20_000).filter { number in
      let origin = table.origin(of: IPAddress(ipv4: number << 16 | 9))
      return origin?.asns != [number + 1] || origin?.name?.utf8.count != 5 + Int(number) % 50
    }
    #expect(wrong == [])
  }

  @Test(
    "that cannot be read is refused in words",
    arguments: [
      ("/nowhere/table.tsv", "no such file or directory (ENOENT from open)"),
      ("/", "invalid argument (EINVAL from open)"),
      ("/dev/null", "invalid argument (EINVAL from open)"),
    ])
  func unreadable(path: String, why: String) {
    #expect {
      try PrefixTable(path: path)
    } throws: { error in
      (error as? SourceTrouble)?.why == why
    }
  }
}
