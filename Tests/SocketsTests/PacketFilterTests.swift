import CSystemIO
import Glibc
import Packets
import SystemIO
import Testing

@testable import Sockets

/// The kernel itself runs the programs: on one end of a datagram socketpair, whose packets begin where ours do.
@Suite("Packet filter")
struct PacketFilterTests {
  /// A packet in hexadecimal, and whether a trace with identifier 0x1234 may be interested in it.
  struct Sample: CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let isOurs: Bool

    var testDescription: String { name }

    init(_ name: String, isOurs: Bool, _ hex: String...) {
      self.name = name
      self.isOurs = isOurs
      bytes = hex.flatMap { $0.split(separator: " ") }.compactMap { UInt8($0, radix: 16) }
    }
  }

  // An IPv4 header from 192.0.2.1 to 198.51.100.2, protocol ICMP; the same with 12 bytes of record route.
  static let ipv4 = "45 00 00 54 00 00 00 00 40 01 00 00 c0 00 02 01 c6 33 64 02"
  static let ipv4WithOptions =
    "48 00 00 60 00 00 00 00 40 01 00 00 c0 00 02 01 c6 33 64 02 07 0b 04 00 00 00 00 00 00 00 00 00"
  static let ipv4UDP = "45 00 00 3c 00 00 00 00 01 11 00 00 c6 33 64 02 c0 00 02 01"
  static let timeExceeded = "0b 00 00 00 00 00 00 00"
  static let unreachable = "03 01 00 00 00 00 00 00"
  static let ourRequest = "08 00 66 74 12 34 00 01"
  static let otherRequest = "08 00 66 74 12 35 00 01"

  static let ipv4Samples = [
    Sample("echo reply, ours", isOurs: true, ipv4, "00 00 00 00 12 34 00 01"),
    Sample("echo reply, another's", isOurs: false, ipv4, "00 00 00 00 43 21 00 01"),
    Sample("echo reply behind options, ours", isOurs: true, ipv4WithOptions, "00 00 00 00 12 34 00 01"),
    Sample("echo request of somebody who pings us", isOurs: false, ipv4, ourRequest),
    Sample("time exceeded, ours", isOurs: true, ipv4, timeExceeded, ipv4, ourRequest),
    Sample("time exceeded, another's", isOurs: false, ipv4, timeExceeded, ipv4, otherRequest),
    Sample("time exceeded behind options, ours", isOurs: true, ipv4WithOptions, timeExceeded, ipv4, ourRequest),
    Sample("time exceeded that quotes options, ours", isOurs: true, ipv4, timeExceeded, ipv4WithOptions, ourRequest),
    Sample("the same, another's", isOurs: false, ipv4WithOptions, timeExceeded, ipv4WithOptions, otherRequest),
    Sample("unreachable, ours", isOurs: true, ipv4, unreachable, ipv4, ourRequest),
    Sample("parameter problem, ours", isOurs: true, ipv4, "0c 00 00 00 00 00 00 00", ipv4, ourRequest),
    Sample("time exceeded that quotes UDP", isOurs: false, ipv4, timeExceeded, ipv4UDP, ourRequest),
    Sample(
      "time exceeded that quotes an echo reply", isOurs: false, ipv4, timeExceeded, ipv4, "00 00 00 00 12 34 00 01"),
    Sample("redirect", isOurs: false, ipv4, "05 01 00 00 c0 00 02 fe", ipv4, ourRequest),
    Sample("cut off inside the quoted header", isOurs: false, ipv4, timeExceeded, "45 00 00 54"),
    Sample("cut off before the quoted identifier", isOurs: false, ipv4, timeExceeded, ipv4, "08 00 66 74"),
    Sample("nothing but an IP header", isOurs: false, ipv4),
  ]

  static let ipv6 =
    "60 00 00 00 00 28 3a 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 "
    + "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"
  static let ipv6UDP =
    "60 00 00 00 00 28 11 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 "
    + "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02"

  static let ipv6Samples = [
    Sample("echo reply, ours", isOurs: true, "81 00 00 00 12 34 00 01"),
    Sample("echo reply, another's", isOurs: false, "81 00 00 00 12 33 00 01"),
    Sample("echo request", isOurs: false, "80 00 00 00 12 34 00 01"),
    Sample("time exceeded, ours", isOurs: true, "03 00 00 00 00 00 00 00", ipv6, "80 00 00 00 12 34 00 01"),
    Sample("time exceeded, another's", isOurs: false, "03 00 00 00 00 00 00 00", ipv6, "80 00 00 00 34 12 00 01"),
    Sample("no route, ours", isOurs: true, "01 00 00 00 00 00 00 00", ipv6, "80 00 00 00 12 34 00 01"),
    Sample("packet too big, ours", isOurs: true, "02 00 00 00 00 00 05 00", ipv6, "80 00 00 00 12 34 00 01"),
    Sample("parameter problem, ours", isOurs: true, "04 00 00 00 00 00 00 00", ipv6, "80 00 00 00 12 34 00 01"),
    Sample(
      "time exceeded that quotes UDP", isOurs: false, "03 00 00 00 00 00 00 00", ipv6UDP, "80 00 00 00 12 34 00 01"),
    Sample("neighbour solicitation", isOurs: false, "87 00 00 00 12 34 00 01", ipv6),
    Sample("cut off", isOurs: false, "03 00 00 00 00 00 00 00", "60 00 00 00"),
  ]

  @Test("takes IPv4 packets about our echo requests, and no others", arguments: ipv4Samples)
  func takesOursOverIPv4(_ sample: Sample) throws {
    #expect(try passes(sample.bytes, .echo(identifier: 0x1234, family: .ipv4)) == sample.isOurs)
  }

  @Test("takes ICMPv6 messages about our echo requests, and no others", arguments: ipv6Samples)
  func takesOursOverIPv6(_ sample: Sample) throws {
    #expect(try passes(sample.bytes, .echo(identifier: 0x1234, family: .ipv6)) == sample.isOurs)
  }

  @Test(
    "takes what is about one request, and about no other with its identifier",
    arguments: (ipv4Samples.map { ($0, AddressFamily.ipv4) }) + ipv6Samples.map { ($0, .ipv6) })
  func takesOneRequest(_ sample: Sample, family: AddressFamily) throws {
    #expect(try passes(sample.bytes, .echo(identifier: 0x1234, sequence: 1, family: family)) == sample.isOurs)
    #expect(try !passes(sample.bytes, .echo(identifier: 0x1234, sequence: 2, family: family)))
    #expect(try !passes(sample.bytes, .nothing))
  }

  private func passes(_ packet: [UInt8], _ filter: PacketFilter) throws -> Bool {
    var ends: (Int32, Int32) = (-1, -1)
    let result = withUnsafeMutableBytes(of: &ends) { pair in
      socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, pair.assumingMemoryBound(to: Int32.self).baseAddress)
    }
    try checked(result < 0 ? -errno : 0, "socketpair")
    let sender = FileDescriptor(owning: ends.0)
    let receiver = FileDescriptor(owning: ends.1)
    try filter.attach(to: receiver.raw)
    #expect(send(sender.raw, packet, packet.count, 0) == packet.count)
    var scratch = ArrivalScratch()
    _ = scratch.receive(from: receiver.raw, errorQueue: false, most: 1)
    return scratch.pending.count == 1
  }
}
