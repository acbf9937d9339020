import NameWire
import Packets
import Testing

@Suite("DNS messages")
struct NameMessageTests {
  private func parse(_ sample: Sample) throws(NameWireError) -> NameMessage {
    try NameMessage.parse(sample.bytes.span.bytes)
  }

  @Test("a question is read with what its sender takes by UDP")
  func question() throws {
    let message = try parse(.query)
    #expect(!message.isResponse && message.recursionDesired && message.id == 0x1a2b)
    #expect(message.asked?.known == NameQuestion(try DomainName("9.2.0.192.in-addr.arpa"), .ptr))
    #expect(message.payloadLimit == 4096)
    #expect(message.replyLimit == 1232)
  }

  @Test("an answer is read through compression, and records of other types are skipped")
  func pointers() throws {
    let message = try parse(.pointerAnswer)
    #expect(message.isResponse && message.isAuthoritative && message.recursionAvailable && !message.isTruncated)
    let alias = try DomainName("9.0-15.2.0.192.in-addr.arpa")
    #expect(
      message.answers == [
        NameRecord(try DomainName("9.2.0.192.in-addr.arpa"), timeToLive: 3600, .canonicalName(alias)),
        NameRecord(alias, timeToLive: 600, .pointer(try DomainName("r1.example.arpa"))),
      ])
    // Names are equal whatever their case, but keep it.
    #expect(message.asked?.name.description == "9.2.0.192.IN-ADDR.arpa")
  }

  @Test("the strings of a TXT record are one text, and a time with its highest bit set is none")
  func texts() throws {
    let name = try DomainName("a")
    #expect(
      try parse(.originAnswer).answers == [
        NameRecord(name, timeToLive: 60, .text(Array("1 |".utf8))),
        NameRecord(name, timeToLive: 0, .text(Array("23".utf8))),
      ])
  }

  @Test("addresses are read in both families")
  func addresses() throws {
    let contents = try parse(.addressAnswer).answers.map(\.content)
    #expect(contents == [.address(IPAddress(192, 0, 2, 9)), .address(IPAddress(high: 0x2001_0db8_0000_0000, low: 9))])
  }

  @Test("absence is a code without answers")
  func absence() throws {
    let message = try parse(.absence)
    #expect(message.responseCode == .noSuchName)
    #expect(message.answers.isEmpty)
  }

  @Test("what is written is read again", arguments: Sample.all)
  func roundTrip(sample: Sample) throws {
    let message = try parse(sample)
    #expect(try NameMessage.parse(message.bytes().span.bytes) == message)
  }

  @Test("a question of ours is these bytes")
  func query() throws {
    let expected = Sample.bytes(
      """
      12 34                      # identifier
      01 00                      # RD
      00 01 00 00 00 00 00 00    # 1 question
      01 61 04 74 65 73 74 00    # a.test
      00 1c 00 01                # AAAA IN
      """)
    #expect(NameMessage.query(NameQuestion(try DomainName("a.test"), .aaaa), id: 0x1234).bytes() == expected)
  }

  @Test("a reply has its question's identifier, name and wish for recursion")
  func reply() throws {
    let query = NameMessage.query(NameQuestion(try DomainName("a.test"), .a), id: 7)
    let record = NameRecord(try DomainName("A.TEST"), timeToLive: 5, .address(IPAddress(192, 0, 2, 1)))
    let reply = query.reply(.noError, answers: [record])
    let expected = Sample.bytes(
      """
      00 07                      # identifier
      85 00                      # QR, AA, RD
      00 01 00 01 00 00 00 00    # 1 question, 1 answer
      01 61 04 74 65 73 74 00    # a.test
      00 01 00 01                # A IN
      c0 0c 00 01 00 01          # a.test A IN
      00 00 00 05                # 5 s
      00 04 c0 00 02 01          # 192.0.2.1
      """)
    #expect(reply.bytes() == expected)
  }

  @Test("answers that do not fit are left out, and TC says so")
  func truncation() throws {
    let query = NameMessage.query(NameQuestion(try DomainName("a.test"), .txt), id: 7)
    let text = [UInt8](repeating: 0x78, count: 600)
    let record = NameRecord(try DomainName("a.test"), timeToLive: 5, .text(text))
    let reply = query.reply(.noError, answers: [record])
    let short = try NameMessage.parse(reply.bytes(within: query.replyLimit).span.bytes)
    #expect(short.isTruncated && short.answers.isEmpty && short.asked == query.asked)
    let whole = try NameMessage.parse(reply.bytes().span.bytes)
    #expect(whole.answers == [record] && !whole.isTruncated)

    var modern = query
    modern.payloadLimit = 1232
    let fits = try NameMessage.parse(
      modern.reply(.noError, answers: [record]).bytes(within: modern.replyLimit).span.bytes)
    #expect(fits.answers == [record] && fits.payloadLimit == 1232)
  }

  @Test("a text of any length is written in strings", arguments: [0, 1, 255, 256, 510, 511, 65_000])
  func longText(count: Int) throws {
    let text = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
    let record = NameRecord(try DomainName("a"), timeToLive: 1, .text(text))
    let reply = NameMessage.query(NameQuestion(record.name, .txt), id: 1).reply(.noError, answers: [record])
    #expect(try NameMessage.parse(reply.bytes().span.bytes).answers == [record])
  }

  @Test("what no message can hold is not sent")
  func tooLongForTCP() throws {
    let record = NameRecord(try DomainName("a"), timeToLive: 1, .text([UInt8](repeating: 1, count: 65_535)))
    let reply = NameMessage.query(NameQuestion(record.name, .txt), id: 1).reply(.noError, answers: [record])
    #expect(try NameMessage.parse(reply.bytes().span.bytes).isTruncated)
  }

  @Test("questions of other types and classes are read, and known as none of ours")
  func foreignQuestions() throws {
    var message = NameMessage(id: 1, isResponse: false)
    message.asked = .init(name: try DomainName("version.bind"), typeNumber: 16, classNumber: 3)
    #expect(try NameMessage.parse(message.bytes().span.bytes) == message)
    #expect(message.asked?.known == nil)
    message.asked = .init(name: try DomainName("a.test"), typeNumber: 255, classNumber: 1)
    #expect(message.asked?.known == nil)
  }

  @Test("a code outside the table keeps its number")
  func codes() {
    #expect(ResponseCode(rawValue: 9).description == "RCODE 9")
    #expect(ResponseCode.serverFailure.description == "SERVFAIL")
  }
}
