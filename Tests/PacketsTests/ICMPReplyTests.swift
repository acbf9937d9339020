import Packets
import Testing

/// Everything that counts in a reply, as text.
private func facts(_ reply: ICMPReply?) -> String? {
  reply.map { reply in
    let quote = reply.quotedTransport.map {
      "\($0) to \(reply.quotedDestination), TTL \(reply.quotedTTL), payload \(reply.quotedPayload)"
    }
    return "\(reply.family) \(reply.type) \(reply.code) \(reply.kind) MTU \(String(describing: reply.nextHopMTU)) "
      + "\(reply.identifier) \(reply.sequence) from \(reply.source), hop limit \(String(describing: reply.hopLimit)), "
      + "extensions \(String(describing: reply.extensions)), quote \(String(describing: quote))"
  }
}

/// The same from the parsers that read every field; nil for what they refuse.
private func expected(_ bytes: RawSpan, at offset: Int, _ family: AddressFamily, hopLimit: UInt8?) -> String? {
  do throws(PacketError) {
    let message = try ICMPMessage.parse(bytes, at: offset, family: family)
    let quote = message.quoted.flatMap { quoted in
      quoted.transport.map {
        "\($0) to \(quoted.destination), TTL \(quoted.timeToLive), payload \(quoted.payload)"
      }
    }
    return "\(family) \(message.type) \(message.code) \(message.kind) MTU \(String(describing: message.nextHopMTU)) "
      + "\(message.identifier) \(message.sequence) from \(IPAddress.unspecified(family)), "
      + "hop limit \(String(describing: hopLimit)), extensions \(String(describing: message.extensions)), "
      + "quote \(String(describing: quote))"
  } catch {
    return nil
  }
}

@Suite("ICMPReply")
struct ICMPReplyTests {
  @Test("says of every sample, cut at every length, what the whole parsers say", arguments: Sample.all)
  func likeWholeParsers(sample: Sample) {
    for end in 0...sample.bytes.count {
      let bytes = sample.bytes.span.bytes.extracting(first: end)
      for family in AddressFamily.allCases {
        let reply = ICMPReply.parse(message: bytes, family: family, from: .unspecified(family), hopLimit: 7)
        #expect(facts(reply) == expected(bytes, at: 0, family, hopLimit: 7), "cut at \(end), \(family)")
      }
    }
  }

  @Test("says of changed samples what the whole parsers say", arguments: SeededGenerator.seeds(for: "replies"))
  func likeWholeParsersWhenChanged(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for sample in Sample.all {
      for _ in 0..<200 {
        var changed = sample.bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          changed[Int.random(in: 0..<changed.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        let bytes = changed.span.bytes
        for family in AddressFamily.allCases {
          let reply = ICMPReply.parse(message: bytes, family: family, from: .unspecified(family), hopLimit: nil)
          #expect(facts(reply) == expected(bytes, at: 0, family, hopLimit: nil), "seed \(seed)")
        }
      }
    }
  }

  @Test("reads a datagram's source and TTL, and refuses fragments and other protocols")
  func datagram() throws {
    let message = Sample.timeExceededMPLS.bytes
    func datagram(_ number: IPProtocol, fragmentOffset: Int = 0, options: [UInt8] = []) -> [UInt8] {
      var writer = ByteWriter()
      var header = IPv4Header(
        source: IPAddress(0, 0, 0, 0), destination: IPAddress(192, 0, 2, 1), protocolNumber: number, timeToLive: 61,
        payloadLength: message.count, fragmentOffset: fragmentOffset)
      header.headerLength += options.count
      header.totalLength += options.count
      header.write(into: &writer, options: options)
      return writer.bytes + message
    }
    for options in [[], [7, 7, 4, 0, 0, 0, 0, 0]] as [[UInt8]] {
      let bytes = datagram(.icmp, options: options)
      let reply = ICMPReply.parse(ipv4Datagram: bytes.span.bytes)
      #expect(reply != nil)
      #expect(facts(reply) == expected(bytes.span.bytes, at: 20 + options.count, .ipv4, hopLimit: 61))
      for end in 0..<(28 + options.count) {
        #expect(ICMPReply.parse(ipv4Datagram: bytes.span.bytes.extracting(first: end)) == nil, "cut at \(end)")
      }
    }
    #expect(ICMPReply.parse(ipv4Datagram: datagram(.udp).span.bytes) == nil)
    #expect(ICMPReply.parse(ipv4Datagram: datagram(.icmp, fragmentOffset: 8).span.bytes) == nil)
  }

  @Test("refuses a datagram that something has changed, if it is whole")
  func damaged() {
    let message = Sample.timeExceededMPLS.bytes
    var writer = ByteWriter()
    IPv4Header(
      source: IPAddress(198, 51, 100, 1), destination: IPAddress(192, 0, 2, 1), protocolNumber: .icmp, timeToLive: 61,
      payloadLength: message.count
    ).write(into: &writer)
    let bytes = writer.bytes + message
    let isWholeDamaged = ICMPReply.isDamaged(ipv4Datagram: bytes.span.bytes)
    #expect(!isWholeDamaged)
    for index in IPv4Header.minimumLength..<bytes.count {
      var changed = bytes
      changed[index] ^= 0x10
      let isParsed = ICMPReply.parse(ipv4Datagram: changed.span.bytes) != nil
      let isDamaged = ICMPReply.isDamaged(ipv4Datagram: changed.span.bytes)
      #expect(!isParsed && isDamaged, "byte \(index)")
    }
    // Cut by the reader's buffer: nothing tells, so it is taken as it is.
    let cut = Array(bytes.dropLast())
    let isCutParsed = ICMPReply.parse(ipv4Datagram: cut.span.bytes) != nil
    let isCutDamaged = ICMPReply.isDamaged(ipv4Datagram: cut.span.bytes)
    #expect(isCutParsed && !isCutDamaged)
  }
}
