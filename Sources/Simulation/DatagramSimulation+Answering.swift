import Packets
import Statistics
import Time

/// What the node says to which a datagram has come, and what becomes of that.
extension DatagramSimulation {
  /// A datagram is where it gets to: its node answers, or the flight ends here.
  mutating func answer(_ slot: Int, at now: Instant) {
    let node = flights[slot].fate.node
    // A network that was changed meanwhile may have lost it.
    guard node < nodes.count, nodes[node].answered.contains(ProtocolSet(flights[slot].header.protocolNumber)),
      var answer = NodeAnswer(to: flights[slot]), let responder = responder(to: flights[slot], answer)
    else { return release(slot) }
    var own = flights[slot].generator
    var turnaround = Duration.zero
    if case .portUnreachable = answer, nameService?.takes(flights[slot]) == true {
      guard let (message, time) = ask(about: slot, &own) else { return release(slot) }
      answer = .datagram(message)
      turnaround = time
    }
    guard !answer.isError || nodes[node].takeError(at: now),
      let ttl = answer.arrivalTTL(behind: flights[slot].homeCount)
    else { return release(slot) }
    write(answer, to: slot, from: responder, ttl: ttl)
    guard writer.count > 0 else { return release(slot) }
    send(answer, slot, leaving: now + turnaround, &own)
  }

  private mutating func ask(about slot: Int, _ own: inout SeededGenerator?) -> (message: [UInt8], time: Duration)? {
    guard var service = nameService else { return nil }
    defer { nameService = service }
    let flight = flights[slot]
    return draw(&own) { service.answer(to: flight, using: &$0) }
  }

  /// Whose address an answer has as its source; nil for a node without one in that family.
  private func responder(to flight: Flight, _ answer: NodeAnswer) -> IPAddress? {
    let family = flight.header.family
    guard answer.isError else { return flight.header.destination }
    if let mask = flight.fate.mask { return mask }
    if let other = nodes[flight.fate.node].replies.sources.first(where: { $0.family == family }) { return other }
    if case .delivered = flight.fate.kind { return flight.header.destination }
    return topology.nodes[flight.fate.node].address(family)
  }

  /// Writes the bytes of an answer, with the datagram as it was at the node.
  private mutating func write(_ answer: NodeAnswer, to slot: Int, from responder: IPAddress, ttl: UInt8) {
    writer.removeAll()
    let fate = flights[slot].fate
    if answer.isError {
      ProbeDatagram.setTTL(UInt8(clamping: fate.ttl), of: &flights[slot].bytes)
      if fate.quotedSource != nil || fate.quotedDestination != nil {
        ProbeDatagram.setAddresses(
          source: fate.quotedSource, destination: fate.quotedDestination, of: &flights[slot].bytes,
          flights[slot].header)
      }
    }
    let number = nextIdentification()
    answer.write(
      to: flights[slot], from: responder, ttl: ttl, identification: number,
      quoting: nodes[fate.node].replies.quotedBytes, into: &writer)
  }

  /// Sends an answer home, with what goes before it, beside it, and wrong.
  private mutating func send(_ answer: NodeAnswer, _ slot: Int, leaving now: Instant, _ own: inout SeededGenerator?) {
    let model = nodes[flights[slot].fate.node].replies
    // Each copy crosses on its own account.
    var first = crossHome(slot, &own)
    var second: Duration?
    if model.duplicateShare > 0, draw(&own, { $0.unit() }) < model.duplicateShare, hasRoom {
      second = crossHome(slot, &own)
    }
    if first == nil { swap(&first, &second) }
    guard let time = first else { return release(slot) }
    var bytes = Array(writer.storage[..<writer.count])
    if !model.forgedSources.isEmpty { forge(model.forgedSources, before: slot, at: now + time) }
    if model.corruptShare > 0, draw(&own, { $0.unit() }) < model.corruptShare {
      Self.corrupt(&bytes, draw(&own) { $0.next() })
    }
    var lateness = Duration.zero
    if model.lateShare > 0, draw(&own, { $0.unit() }) < model.lateShare { lateness = model.lateness }
    if let second { schedule(copy(of: slot, bytes), at: now + second + lateness) }
    flights[slot].bytes.removeAll(keepingCapacity: true)
    flights[slot].bytes.append(contentsOf: bytes)
    flights[slot].stage = .homeward
    schedule(slot, at: now + time + lateness)
  }

  /// The time to cross the links home; nil when the answer is lost on one, or at a node that throws everything away.
  private mutating func crossHome(_ slot: Int, _ own: inout SeededGenerator?) -> Duration? {
    var nanoseconds: Int64 = 0
    for index in flights[slot].home.indices {
      let step = flights[slot].home[index]
      guard step.link < links.count,
        let time = self.nanoseconds(ofCrossing: step.link, isBackward: !step.isBackward, &own)
      else { return nil }
      // The last step is the first that the answer takes: from the node that sends it.
      let passes = index < flights[slot].home.count - 1 && step.node < nodes.count
      if passes, nodes[step.node].forwarding.dropped == .all { return nil }
      nanoseconds += time
    }
    return Duration(nanoseconds: nanoseconds)
  }

  /// A flight home of its own, for the sender of another.
  private mutating func copy(of slot: Int, _ bytes: [UInt8]) -> Int {
    let original = flights[slot]
    var flight = Flight(
      header: original.header, fate: original.fate, homeCount: original.homeCount, sender: original.sender)
    flight.stage = .homeward
    let copy = claimSlot(flight)
    flights[copy].bytes.removeAll(keepingCapacity: true)
    flights[copy].bytes.append(contentsOf: bytes)
    return copy
  }

  /// Sends a forged error that arrives just before an answer does.
  private mutating func forge(_ sources: [IPAddress], before slot: Int, at time: Instant) {
    let header = flights[slot].header
    guard hasRoom, let source = sources.first(where: { $0.family == header.family }),
      let ttl = NodeAnswer.timeExceeded.arrivalTTL(behind: flights[slot].homeCount)
    else { return }
    var forged = flights[slot]
    ProbeDatagram.setTTL(1, of: &forged.bytes)
    ProbeDatagram.disguise(&forged.bytes, header)
    writer.removeAll()
    let number = nextIdentification()
    NodeAnswer.timeExceeded.write(
      to: forged, from: source, ttl: ttl, identification: number, quoting: nil, into: &writer)
    schedule(copy(of: slot, Array(writer.storage[..<writer.count])), at: time)
  }

  /// Changes a byte behind the IP header.
  private static func corrupt(_ bytes: inout [UInt8], _ random: UInt64) {
    let start = bytes[0] >> 4 == 4 ? IPv4Header.minimumLength : IPv6Header.length
    guard bytes.count > start else { return }
    bytes[start + Int((random >> 8) % UInt64(bytes.count - start))] ^= UInt8(1 + random % 255)
  }
}
