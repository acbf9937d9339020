import Packets

/// What gives a program away in its probes.
enum ToolSign {
  static func tool(of probe: CapturedDatagram) -> String? {
    let payload = probe.bytes.dropFirst(probe.offset + 8)
    // traceroute fills its probes with 0x40, 0x41, … from the transport header's end or start on; ours say who they are.
    let start = Array(payload.prefix(8))
    if start.count == 8, start[0] == 0x40 || start[0] == 0x48,
      zip(start, start.dropFirst()).allSatisfy({ $0 &+ 1 == $1 })
    {
      return "traceroute"
    }
    let text = String(decoding: payload.prefix(24), as: UTF8.self)
    if text.contains("ftrsh path") || text.contains("rsh path") { return "ftrsh" }
    guard let words = probe.words else { return nil }
    // mtr counts its sequence numbers and ports from 33000 (MIN_PORT).
    let zeros = payload.allSatisfy { $0 == 0 }
    switch probe.upperLayer {
    case .icmp, .icmpv6: if words.other >= 33_000, words.other < 34_000, zeros { return "mtr" }
    case .udp: if words.other >= 33_000, words.other < 33_400, zeros { return "mtr" }
    case .tcp: if words.local >= 33_000, words.local < 33_400 { return "mtr" }
    default: break
    }
    // scamper's Paris probes begin with two bytes that even the checksum out, and zeros behind.
    let rest = payload.dropFirst(2)
    if probe.upperLayer != .tcp, rest.count >= 2, rest.allSatisfy({ $0 == 0 }) { return "scamper" }
    return nil
  }
}
