import Packets
import Time

/// A time to live, 1…255; for IPv6 the hop limit (RFC 791 section 3.2, RFC 8200 section 3).
package struct TTL: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let value: UInt8

  /// - Returns: nil outside 1…255.
  package init?(_ value: Int) {
    guard (1...255).contains(value) else { return nil }
    self.value = UInt8(value)
  }

  private init(unchecked value: UInt8) { self.value = value }

  package static let first = TTL(unchecked: 1)
  package static let highest = TTL(unchecked: 255)
  package static let usualLast = TTL(unchecked: 30)

  /// The TTL `hops` further on, at most 255.
  package func advanced(by hops: Int) -> TTL {
    TTL(unchecked: UInt8(clamping: max(1, Int(value) + hops)))
  }

  package static func < (a: TTL, b: TTL) -> Bool { a.value < b.value }
  package var description: String { String(value) }
}

/// Which of the flows that a per-flow load balancer may tell apart; 0 is the default flow.
package struct FlowID: Hashable, Sendable {
  package let value: UInt16
  package init(_ value: UInt16) { self.value = value }
  package static let standard = FlowID(0)
}

/// A probe's place within one trace: unique there, and small enough to be an index.
package struct ProbeID: Hashable, Sendable, CustomStringConvertible {
  package let ttl: TTL
  /// Counted from 0 at each TTL.
  package let attempt: UInt16

  package init(ttl: TTL, attempt: UInt16) {
    self.ttl = ttl
    self.attempt = attempt
  }

  package var description: String { "\(ttl)#\(attempt)" }
}

/// One question to the network: which router is `ttl` hops away on this flow.
package struct Probe: Hashable, Sendable {
  package let id: ProbeID
  package let flow: FlowID
  /// True for a probe that was sent again on a socket, and so on ports, of its own, because an answer to the shared
  /// socket could not be told apart. It may take another path than the trace's flow.
  package let ownSocket: Bool

  package init(id: ProbeID, flow: FlowID, ownSocket: Bool = false) {
    self.id = id
    self.flow = flow
    self.ownSocket = ownSocket
  }
}

/// Who took a time stamp.
package enum StampSource: String, Hashable, Sendable, CaseIterable, Codable {
  /// The kernel, when the packet passed its interface.
  case kernel
  /// This program, just before the system call or just after it.
  case program
}
