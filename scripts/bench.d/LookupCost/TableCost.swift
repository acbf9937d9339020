import Enrichment
import Glibc
import Lookups
import Packets

/// A prefix table of 500,000 lines in the layout of iptoasn, IPv4 and IPv6 as the internet has them: two in three are IPv4,
/// an AS has six.
struct TableCost {
  private static let lines = 500_000
  private static let lookups = 1_000_000

  private let path: String

  init(directory: String) {
    path = directory + "/table.tsv"
  }

  func write() {
    guard let file = fopen(path, "w") else { preconditionFailure("the table can be written") }
    defer { fclose(file) }
    for number in 0..<Self.lines {
      let asn = 1 + number * 7_919 % (Self.lines / 6)
      let range = number % 3 == 2 ? Self.range6(number) : Self.range4(number)
      fputs("\(range)\t\(asn)\tZZ\tEXAMPLE-AS-\(asn) Example Networks of the Number \(asn), Inc.\n", file)
    }
  }

  /// Milliseconds to load it, of the clock and of the processor, and by how many megabytes the process has grown then and at
  /// most.
  func load() -> (elapsed: Double, processor: Double, settled: Double, peak: Double) {
    let before = Self.resident()
    let clock = ContinuousClock()
    let start = clock.now
    var opened: PrefixTable?
    let processor = processorSeconds { opened = open() }
    let elapsed = (clock.now - start) / .milliseconds(1)
    guard let table = opened else { preconditionFailure("it was opened") }
    precondition(table.count == Self.lines && table.faultCount == 0, "every line is right")
    let after = Self.resident()
    return withExtendedLifetime(table) {
      (elapsed, processor * 1000, after.now - before.now, after.peak - before.peak)
    }
  }

  /// Matches found a second, and origins made a second.
  func found() -> (matches: Double, origins: Double) {
    let table = open()
    var addresses: [IPAddress] = []
    for number in 0..<Self.lookups {
      let line = number * 7_919 % Self.lines
      addresses.append(
        line % 3 == 2 ? IPAddress(high: Self.first6(line), low: 9) : IPAddress(ipv4: Self.first4(line) + 9))
    }
    var count = 0
    let matching = processorSeconds {
      for address in addresses where table.match(address) != nil { count += 1 }
    }
    let making = processorSeconds {
      for address in addresses where table.origin(of: address)?.name != nil { count += 1 }
    }
    precondition(count == 2 * Self.lookups, "every address has an origin")
    return (Double(Self.lookups) / matching, Double(Self.lookups) / making)
  }

  private func open() -> PrefixTable {
    do throws(SourceTrouble) {
      return try PrefixTable(path: path)
    } catch {
      preconditionFailure(error.why)
    }
  }

  private static func first4(_ number: Int) -> UInt32 { 0x0100_0000 + UInt32(number) << 12 }

  private static func range4(_ number: Int) -> String {
    // One in four is no block.
    let last = first4(number) + (number % 4 == 0 ? 0xbff : 0xfff)
    return "\(IPAddress(ipv4: first4(number)))\t\(IPAddress(ipv4: last))"
  }

  private static func first6(_ number: Int) -> UInt64 { 0x2001_0000_0000_0000 + UInt64(number) << 24 }

  private static func range6(_ number: Int) -> String {
    let last = IPAddress(high: first6(number) + 0xff_ffff, low: .max)
    return "\(IPAddress(high: first6(number), low: 0))\t\(last)"
  }

  /// What the process holds in memory, and held at most, in megabytes.
  private static func resident() -> (now: Double, peak: Double) {
    guard let file = fopen("/proc/self/status", "r") else { preconditionFailure("Linux has /proc") }
    defer { fclose(file) }
    var now = 0.0
    var peak = 0.0
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split {
        " \t\n".contains($0)
      }
      if words.first == "VmRSS:" { now = (Double(words[1]) ?? 0) / 1_024 }
      if words.first == "VmHWM:" { peak = (Double(words[1]) ?? 0) / 1_024 }
    }
    return (now, peak)
  }
}
