import CSystemIO
import Glibc
import Packets
import Probing
import SystemIO
import Time
import Tracing

extension LiveSocket {
  /// A probe is sent again at most so often when queued errors about others get in the way: more of them come only in a
  /// storm, and then the probe is offered again in the next turn.
  private static let mostSends = 8

  /// Sends a run of records; what the socket has no room for stays `held`.
  ///
  /// - Parameters:
  ///   - run: alike in whether they may be fragmented.
  ///   - bytes: of the batch, in which the records' messages lie.
  ///   - outgoing: room for as many as are sent by one call.
  func send(
    _ run: Range<Int>, of records: inout [DepartureBatch.Record], _ bytes: [UInt8], _ outgoing: inout [csio_departure]
  ) {
    setDontFragment(records[run.lowerBound].dontFragment)
    // A queued error would make the first send fail in its stead.
    if queuesErrors { _ = csio_take_pending_error(descriptor.raw) }
    var next = run.lowerBound
    var failures = 0
    while next < run.upperBound {
      let piece = next..<min(run.upperBound, next + mostInOneSend)
      for (place, index) in piece.enumerated() { outgoing[place] = departure(records[index], place) }
      let sentAt = MonotonicClock.now
      let sent = bytes.withUnsafeBufferPointer { bytes in
        csio_send(descriptor.raw, bytes.baseAddress, outgoing, Int32(piece.count))
      }
      if sent > 0 {
        for index in next..<next + Int(sent) {
          noteDeparture(of: records[index].launch, at: sentAt)
          records[index].result = .departed(sentAt, .program)
        }
        next += Int(sent)
        failures = 0
        continue
      }
      switch judge(-sent, failuresBefore: failures, most: Self.mostSends) {
      case .again: failures += 1
      case .hold: return
      case .refuse:
        records[next].result = .failed(SendFailure(sending: records[next], errno: -sent))
        next += 1
        failures = 0
      }
    }
  }

  private enum Judgement {
    /// The same probe is sent again at once.
    case again
    /// It waits for room.
    case hold
    /// It cannot be sent.
    case refuse
  }

  /// One stamp by the program is right for one probe only, so without the kernel's they are sent one by one.
  private var mostInOneSend: Int {
    switch stamping {
    case .byIdentifier, .byCount: Int(csio_send_max)
    case .receiptOnly, .none: 1
    }
  }

  /// The record as C wants it.
  ///
  /// - Parameter place: in the piece that is sent by one call.
  private func departure(_ record: DepartureBatch.Record, _ place: Int) -> csio_departure {
    // The kernel writes its own UDP header.
    let headerLength = record.method.protocolName == .udp ? UDPHeader.length : 0
    return csio_departure(
      destination: csio_address(record.destination, port: record.port),
      source: csio_address(record.source),
      offset: UInt32(record.range.lowerBound + headerLength),
      length: UInt32(record.range.count - headerLength),
      interface: record.interfaceIndex,
      identifier: nextIdentifier &+ UInt32(place),
      has_identifier: stamping == .byIdentifier ? 1 : 0,
      hop_limit: record.hopLimit)
  }

  private func noteDeparture(of launch: LaunchID, at instant: Instant) {
    switch stamping {
    case .byIdentifier, .byCount: departures.insert(nextIdentifier, launch, sentAt: instant)
    case .receiptOnly, .none: break
    }
    nextIdentifier &+= 1
  }

  /// Decides what a refused send means.
  private func judge(_ code: Int32, failuresBefore: Int, most: Int) -> Judgement {
    if code == EINTR { return .again }
    // Whether the kernel has counted a refused send depends on how far it came with it.
    if stamping == .byCount { forgetDepartures() }
    switch code {
    case EAGAIN, ENOBUFS, ENOMEM: return .hold
    case EHOSTUNREACH, ENETUNREACH, ECONNREFUSED, EPROTO, ENOPROTOOPT, EMSGSIZE, EACCES, EOPNOTSUPP, EHOSTDOWN, ENONET,
      EREMOTEIO:
      // The errnos of ICMP errors (net/ipv4/icmp.c, icmp_err_convert): perhaps about an earlier probe. Its own would
      // repeat.
      return queuesErrors && failuresBefore < most ? .again : .refuse
    case _: return .refuse
    }
  }
}
