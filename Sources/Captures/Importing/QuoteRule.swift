import Packets

/// In what a quote may agree with a probe beyond the words that it was looked up by.
enum QuoteRule: CaseIterable {
  case mark, length, sequence, checksum, payload

  func agrees(_ probe: CapturedDatagram, _ quoted: QuotedDatagram, in answer: CapturedDatagram) -> Bool {
    switch self {
    case .mark: return probe.mark == (probe.family == .ipv4 ? UInt32(quoted.identification) : quoted.flowLabel)
    case .length: return probe.bytes.count == quoted.totalLength
    case .sequence:
      guard case .tcp(_, _, let sequence)? = quoted.transport else { return true }
      return probe.sequence == sequence
    case .checksum:
      switch quoted.transport {
      case .udp(_, _, _, let checksum): return probe.word(at: probe.offset + 6) == checksum
      case .icmp(_, _, let checksum, _, _): return probe.word(at: probe.offset + 2) == checksum
      case .tcp, nil: return true
      }
    case .payload:
      let start = probe.offset + QuotedTransport.length
      guard quoted.payload.upperBound <= answer.bytes.count, start <= probe.bytes.count else { return false }
      let payload = answer.bytes[quoted.payload]
      return probe.bytes[start...].prefix(payload.count).elementsEqual(payload.prefix(probe.bytes.count - start))
    }
  }
}
