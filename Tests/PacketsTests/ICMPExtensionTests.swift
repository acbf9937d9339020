import Packets
import Testing

@Suite("ICMP extensions")
struct ICMPExtensionTests {
  private let labels = ICMPExtensionObject.mpls([
    MPLSLabel(label: 24_000, trafficClass: 5, bottomOfStack: false, timeToLive: 254),
    MPLSLabel(label: 16, trafficClass: 5, bottomOfStack: true, timeToLive: 1),
  ])

  private func parse(_ bytes: [UInt8], _ family: AddressFamily = .ipv4) throws -> (ICMPMessage, ICMPExtension?) {
    let message = try ICMPMessage.parse(bytes.span.bytes, family: family)
    return (message, message.extensions.map { ICMPExtension.parse(bytes.span.bytes, in: $0) })
  }

  @Test("MPLS labels are read where the length of the quote is announced, and in the legacy layout")
  func mpls() throws {
    for sample in [Sample.timeExceededMPLS, .legacyMPLS] {
      let (message, extensions) = try parse(sample.bytes)
      #expect(message.extensions == 136..<152)
      #expect(message.extensionError == nil)
      #expect(extensions == ICMPExtension(objects: [labels], error: nil))
      #expect(message.quoted?.destinationPort == 33_439)
      #expect(message.quoted?.end == 68)
    }
  }

  @Test("an interface and an unknown object are read from ICMPv6, and a hostile name is made safe")
  func interface() throws {
    let (message, extensions) = try parse(Sample.timeExceededInterface.bytes, .ipv6)
    #expect(message.quoted?.transport == .icmp(type: 128, code: 0, checksum: 0x1234, identifier: 42, sequence: 5))
    #expect(message.quoted?.flowLabel == 0xabcde)
    let interface = InterfaceInformation(
      role: .incoming, index: 17, address: router6, name: "ge-0/0/1\\u{1b}", mtu: 1500)
    #expect(
      extensions?.objects
        == [.interfaceInformation(interface), .unknown(classNumber: 247, type: 9, bytes: [1, 2, 3])])
    #expect(extensions?.error == nil)
  }

  @Test("the legacy layout needs a version and a checksum that hold: anything else is a long quote")
  func legacyDoubt() throws {
    for (offset, value) in [(136, 0x30), (138, 0xff), (151, 0x02)] as [(Int, UInt8)] {
      var bytes = Sample.legacyMPLS.bytes
      bytes[offset] = value
      let (message, _) = try parse(bytes)
      #expect(message.extensions == nil && message.extensionError == nil)
      #expect(message.quoted?.destinationPort == 33_439)
    }
    var bytes = Sample.legacyMPLS.bytes
    (bytes[138], bytes[139]) = (0, 0)
    #expect(try parse(bytes).0.extensions == nil)
  }

  @Test("a checksum of 0 was not computed, and is accepted where the structure is announced")
  func noChecksum() throws {
    var bytes = Sample.timeExceededMPLS.bytes
    (bytes[138], bytes[139]) = (0, 0)
    #expect(try parse(bytes).1 == ICMPExtension(objects: [labels], error: nil))
  }

  @Test(
    "a fault in the structure is recorded and never loses the match",
    arguments: [
      (136, 0x10, PacketError(.extensionVersion, at: 136, .badVersion)),
      (139, 0x00, PacketError(.extensionChecksum, at: 138, .badChecksum)),
    ] as [(Int, UInt8, PacketError)])
  func fault(offset: Int, value: UInt8, error: PacketError) throws {
    var bytes = Sample.timeExceededMPLS.bytes
    bytes[offset] = value
    let (message, extensions) = try parse(bytes)
    #expect(message.quoted?.destinationPort == 33_439)
    #expect(extensions == ICMPExtension(objects: [], error: error))
  }

  @Test("an announced length beyond the message is recorded, and all of it is quote", arguments: AddressFamily.allCases)
  func lengthBeyond(family: AddressFamily) throws {
    var bytes = family == .ipv4 ? Sample.timeExceededMPLS.bytes : Sample.timeExceededInterface.bytes
    let lengthOffset = family == .ipv4 ? 5 : 4
    bytes[lengthOffset] = 255
    let (message, extensions) = try parse(bytes, family)
    #expect(extensions == nil)
    #expect(message.extensionError == PacketError(.icmpQuoteLength, at: lengthOffset, .badLength))
    #expect(message.quoted?.transport != nil)
  }

  /// A structure around raw objects, without a checksum.
  private func structure(_ objects: [UInt8]) -> ICMPExtension {
    let bytes = [0x20, 0, 0, 0] + objects
    return ICMPExtension.parse(bytes.span.bytes, in: 0..<bytes.count)
  }

  @Test(
    "a malformed object ends the reading with an error that says where",
    arguments: [
      ([0, 3, 1, 1], PacketError(.extensionObjectLength, at: 4, .badLength)),
      ([0, 9, 1, 1, 0, 0, 0, 0], PacketError(.extensionObjectLength, at: 4, .badLength)),
      ([0, 8, 1], PacketError(.extensionObject, at: 4, .truncated)),
      ([0, 6, 1, 1, 0, 0], PacketError(.mplsLabels, at: 8, .badLength)),
      ([0, 6, 2, 0x08, 0, 0], PacketError(.interfaceIndex, at: 8, .truncated)),
      ([0, 8, 2, 0x04, 0, 3, 0, 0], PacketError(.interfaceAddressFamily, at: 8, .badVersion)),
      ([0, 10, 2, 0x04, 0, 1, 0, 0, 192, 0], PacketError(.interfaceAddress, at: 12, .truncated)),
      ([0, 5, 2, 0x02, 0], PacketError(.interfaceName, at: 8, .badLength)),
      ([0, 5, 2, 0x02, 65], PacketError(.interfaceName, at: 8, .badLength)),
      ([0, 6, 2, 0x02, 8, 0x65], PacketError(.interfaceName, at: 8, .truncated)),
      ([0, 4, 2, 0x01], PacketError(.interfaceMTU, at: 8, .truncated)),
    ] as [([UInt8], PacketError)])
  func malformedObject(objects: [UInt8], error: PacketError) {
    #expect(structure(objects) == ICMPExtension(objects: [], error: error))
    // What came before it is kept.
    let good: [UInt8] = [0, 5, 9, 9, 0xaa]
    #expect(structure(good + objects).objects == [.unknown(classNumber: 9, type: 9, bytes: [0xaa])])
  }

  @Test("the objects of one structure are bounded")
  func bound() {
    let read = structure(Array(repeating: [0, 4, 9, 9], count: 100).flatMap { $0 })
    #expect(read.objects.count == ICMPExtension.maximumObjectCount)
    #expect(read.error?.reason == .tooMany)
  }

  @Test("an interface object with no item, and every role, is read", arguments: InterfaceInformation.Role.allCases)
  func roles(role: InterfaceInformation.Role) {
    #expect(
      structure([0, 4, 2, role.rawValue << 6]).objects == [.interfaceInformation(InterfaceInformation(role: role))])
  }

  @Test(
    "names cannot control the terminal",
    arguments: [
      ("eth0", "eth0"), ("\u{9b}2J", "\\u{9b}2J"), ("a\r\nb", "a\\u{d}\\u{a}b"), ("\u{202e}txt", "\\u{202e}txt"),
      ("Ümläut-1", "Ümläut-1"), ("a\\b", "a\\\\b"), ("\u{7f}", "\\u{7f}"), ("\u{2028}", "\\u{2028}"),
    ])
  func names(name: String, safe: String) {
    let text = Array(name.utf8)
    let object = [0, UInt8(5 + text.count), 2, 2, UInt8(1 + text.count)] + text
    #expect(structure(object).objects == [.interfaceInformation(InterfaceInformation(role: .incoming, name: safe))])
  }

  @Test("bytes that are no UTF-8 become replacement characters")
  func invalidName() {
    #expect(
      structure([0, 8, 2, 2, 4, 0xff, 0x41, 0]).objects
        == [.interfaceInformation(InterfaceInformation(role: .incoming, name: "\u{fffd}A"))])
  }
}
