import Enrichment
import Packets
import Testing

private func read(_ bytes: [UInt8], to id: STUNTransactionID = STUNSample.id) throws(STUNError) -> STUNAnswer {
  try STUNMessage.answer(in: bytes.span.bytes, to: id)
}

private func fault(_ bytes: [UInt8], to id: STUNTransactionID = STUNSample.id) -> STUNError? {
  do throws(STUNError) {
    _ = try read(bytes, to: id)
    return nil
  } catch {
    return error
  }
}

private let address = "0020 0008 00 01 a147 e112a643"

@Suite("A STUN message")
struct STUNMessageTests {
  @Test("of RFC 5769 says the address and the port")
  func vectors() throws {
    #expect(try read(STUNSample.ipv4Response) == .mapped(IPAddress(192, 0, 2, 1), port: 32853))
    let ipv6 = try #require(IPAddress("2001:db8:1234:5678:11:2233:4455:6677"))
    #expect(try read(STUNSample.ipv6Response) == .mapped(ipv6, port: 32853))
  }

  @Test("with a request is 20 bytes, and none of them but the id differs")
  func request() {
    let expected = STUNSample.bytes(
      """
      0001 0000                                     request, no attributes
      2112a442                                      magic cookie
      b7e7a701 bc34d686 fa87dfae                    transaction id
      """)
    #expect(STUNMessage.bindingRequest(STUNSample.id) == expected)
  }

  @Test("prefers the combined address to the plain one, wherever it stands; the plain one alone will do")
  func addressForms() throws {
    let plain = "0001 0008 00 01 04d2 09090909"
    #expect(try read(STUNSample.success(plain)) == .mapped(IPAddress(9, 9, 9, 9), port: 1234))
    let combined = STUNAnswer.mapped(IPAddress(192, 0, 2, 1), port: 32853)
    #expect(try read(STUNSample.success(plain + address)) == combined)
    #expect(try read(STUNSample.success(address + plain)) == combined)
    // The first of two counts, and so does what stands before a proof that we cannot check.
    let second = "0020 0008 00 01 0000 00000000"
    #expect(try read(STUNSample.success(address + second)) == combined)
    #expect(
      try read(STUNSample.success(plain + "0008 0014" + String(repeating: "00", count: 20) + address))
        == .mapped(IPAddress(9, 9, 9, 9), port: 1234))
  }

  @Test("that refuses says why, and a server that talks long is cut short")
  func refusal() throws {
    let words = "556e6b6e6f776e20417474726962757465"
    #expect(
      try read(STUNSample.failure("0009 0015 00000414 \(words) 000000"))
        == .refused(code: 420, reason: "Unknown Attribute"))
    #expect(try read(STUNSample.failure("0009 0004 00000663")) == .refused(code: 699, reason: ""))
    let long = String(repeating: "78", count: 508)
    let most = String(repeating: "x", count: STUNAnswer.mostReasonBytes)
    #expect(try read(STUNSample.failure("0009 0200 00000300 \(long)")) == .refused(code: 300, reason: most))
  }

  @Test("may carry what is not for us")
  func others() throws {
    let mapped = STUNAnswer.mapped(IPAddress(192, 0, 2, 1), port: 32853)
    // SOFTWARE; RESPONSE-ORIGIN; SOURCE-ADDRESS and CHANGED-ADDRESS for clients of RFC 3489; an attribute without a value.
    for attribute in [
      "8022 0001 78 000000", "802b 0008 00010d96 7f000001", "0004 0008 00010d96 7f000001", "0005 0000", "ffff 0000",
    ] {
      #expect(try read(STUNSample.success(attribute + address)) == mapped, "\(attribute)")
      #expect(try read(STUNSample.success(address + attribute)) == mapped, "\(attribute)")
    }
  }

  private static let faults: [(String, [UInt8], STUNField, Int, STUNError.Reason)] = [
    ("nothing", [], .header, 0, .truncated),
    ("a header less one byte", Array(STUNSample.success("").dropLast()), .header, 0, .truncated),
    ("more than fits a packet", [UInt8](repeating: 0, count: STUNMessage.mostBytes + 1), .header, 0, .tooLong),
    ("no address", STUNSample.success(""), .mappedAddress, 20, .missing),
    ("no error code", STUNSample.failure(""), .errorCode, 20, .missing),
    (
      "an unknown attribute that must be understood", STUNSample.success("7fff 0000" + address),
      .unknownAttribute(0x7fff), 20, .unexpected
    ),
    (
      "the same behind the address", STUNSample.success(address + "0024 0004 00000000"), .unknownAttribute(0x24), 32,
      .unexpected
    ),
    ("an attribute longer than the message", STUNSample.success("8022 0005 00000000"), .attribute, 20, .badLength),
    ("an attribute of 65535 bytes", STUNSample.success("0020 ffff 00000000"), .attribute, 20, .badLength),
    ("an address of no bytes", STUNSample.success("0020 0000"), .mappedAddress, 24, .truncated),
    (
      "an IPv4 address of 16 bytes", STUNSample.success("0020 0014 0001 0000" + String(repeating: "00", count: 16)),
      .mappedAddress, 24, .badLength
    ),
    ("an IPv6 address of 4 bytes", STUNSample.success("0001 0008 0002 0000 00000000"), .mappedAddress, 24, .badLength),
    (
      "an address of no family", STUNSample.success("0020 0008 0003 0000 00000000"), .mappedAddressFamily, 25,
      .unexpected
    ),
    ("an error code of 2 bytes", STUNSample.failure("0009 0002 0000 0000"), .errorCode, 24, .truncated),
    ("the error 299", STUNSample.failure("0009 0004 00000263"), .errorCode, 26, .unexpected),
    ("the error 400 + 100", STUNSample.failure("0009 0004 00000464"), .errorCode, 26, .unexpected),
    ("a fingerprint before the end", STUNSample.success("8028 0004 00000000" + address), .fingerprint, 20, .unexpected),
    ("a short fingerprint", STUNSample.success(address + "8028 0000"), .fingerprint, 32, .unexpected),
    ("a request", STUNSample.request, .type, 0, .unexpected),
    ("our own request", STUNMessage.bindingRequest(STUNSample.id), .type, 0, .unexpected),
    ("an indication", STUNSample.answer("0011", address), .type, 0, .unexpected),
    ("another method's answer", STUNSample.answer("0103", address), .type, 0, .unexpected),
    ("bits before the type", STUNSample.answer("8101", address), .type, 0, .unexpected),
  ]

  @Test("that is no good answer is refused, by field", arguments: faults)
  func faulty(what: String, bytes: [UInt8], field: STUNField, offset: Int, reason: STUNError.Reason) {
    let fault = fault(bytes)
    #expect(fault?.field == field)
    #expect(fault?.offset == offset)
    #expect(fault?.reason == reason)
  }

  @Test("of another transaction, without the cookie or with a wrong length is none of ours")
  func foreign() {
    let foreign = fault(STUNSample.ipv4Response, to: STUNTransactionID(high: 0xb7e7_a701, low: 0xbc34_d686_fa87_dfaf))
    #expect(foreign?.field == .transactionID)
    #expect(fault(STUNSample.ipv4Response, to: STUNTransactionID(high: 1, low: STUNSample.id.low))?.isAboutUs == false)
    for (index, field) in [(0, STUNField.type), (1, .type), (2, .length), (3, .length), (4, .cookie), (7, .cookie)] {
      var bytes = STUNSample.ipv4Response
      bytes[index] ^= 0x40
      #expect(fault(bytes)?.field == field, "byte \(index)")
      #expect(fault(bytes)?.isAboutUs == false)
    }
    #expect(fault(STUNSample.ipv4Response + [0, 0, 0, 0])?.field == .length)
    #expect(fault(STUNSample.success("7fff 0000"))?.isAboutUs == true)
  }

  @Test("with any bit changed under its fingerprint is none of ours")
  func changedBits() {
    for bit in 0..<(STUNSample.ipv4Response.count * 8) {
      var bytes = STUNSample.ipv4Response
      bytes[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      let fault = fault(bytes)
      // The fingerprint's own type and length: then it is another attribute, which nobody must understand, or a misplaced one.
      if bit / 8 >= bytes.count - 8, bit / 8 < bytes.count - 4 { continue }
      #expect(fault?.isAboutUs == false, "bit \(bit)")
    }
  }

  @Test(
    "cut anywhere is refused, with its length left or set right",
    arguments: [STUNSample.ipv4Response, STUNSample.ipv6Response])
  func truncation(bytes: [UInt8]) {
    for end in 0..<bytes.count {
      var cut = Array(bytes[..<end])
      #expect(fault(cut)?.isAboutUs == false, "cut at \(end)")
      guard end >= 20 else { continue }
      cut[2] = UInt8((end - 20) >> 8)
      cut[3] = UInt8((end - 20) & 0xff)
      // Whole attributes without the fingerprint are a message again.
      let isWhole = [bytes.count - 8, bytes.count - 32].contains(end)
      #expect((fault(cut) == nil) == isWhole, "cut at \(end)")
    }
  }

  @Test("an error says the field, where it is and what is wrong")
  func description() {
    #expect(
      fault(STUNSample.success("0020 0000"))?.description == "STUN mapped address at offset 24: truncated")
    #expect(
      fault(STUNSample.success("7fff 0000"))?.description == "STUN attribute 0x7fff at offset 20: unexpected value")
  }
}

@Suite("The retransmission of STUN")
struct STUNRetransmissionTests {
  @Test("leaves at the moments of RFC 8489's example, and after the seventh request no more")
  func standard() {
    let retransmission = STUNRetransmission(bound: .seconds(100))
    var departures: [Duration] = [.zero]
    while let wait = retransmission.wait(afterRequest: departures.count) {
      departures.append(departures[departures.count - 1] + wait)
    }
    #expect(departures == [0, 500, 1500, 3500, 7500, 15500, 31500].map { .milliseconds($0) })
    #expect(departures.count == STUNRetransmission.mostRequests)
    #expect(retransmission.wait(afterRequest: 0) == nil)
    #expect(retransmission.wait(afterRequest: .max) == nil)
  }
}
