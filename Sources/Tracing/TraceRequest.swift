import Packets
import Time

/// Everything that one trace is asked to do. A value: it is kept with the result.
package struct TraceRequest: Hashable, Sendable {
  package var target: IPAddress
  package var method: ProbeMethod
  package var flow: FlowID = .standard
  /// Whether every probe is a flow of its own, as in the traceroute of 1988: UDP destination ports count up, and ICMP
  /// checksums change with the sequence number.
  package var variesFlow = false
  /// Length of a probe's whole IP datagram in bytes, `leastSize`…`mostSize`; nil is that of `usualPayload`.
  package var size: Int?
  /// Whether a router to whose next link a probe is too long must say so, and may not fragment it (IPv4; over IPv6 no
  /// router fragments, and this host does not either).
  package var dontFragment = true
  /// Destination port of the probes that have one.
  package var port: UInt16 = TraceRequest.usualPort
  /// Source address of the probes; nil lets routing choose.
  package var source: IPAddress?
  /// Index of the interface that probes leave by; 0 lets routing choose.
  package var interfaceIndex: UInt32 = 0

  package var firstTTL: TTL = .first
  package var lastTTL: TTL = .usualLast
  /// Probes a TTL, 1…`mostQueries`.
  package var queries: Int = 1
  /// How long after its departure a probe's reply counts.
  package var timeout: Duration = .seconds(1)
  /// Bound on the whole trace; nil derives it from the other values (`ProbeSchedule.longest`).
  package var overall: Duration?
  /// Most probes in flight at once.
  package var window: Int = 30
  /// Least time between two launches of this trace.
  package var interval: Duration = .zero
  /// Least time between the first `burstAttempts` attempts at one TTL.
  package var attemptInterval: Duration = .milliseconds(50)
  /// The result is cut this many silent TTLs behind the last responder; nil never cuts.
  package var gapLimit: Int?
  /// Silent hops are given up after this many times the largest RTT once the end of the path is known; nil waits each
  /// probe's whole timeout.
  package var patience: Double? = 3
  /// The TTL at which this target answered before, when the session knows it.
  package var distanceHint: TTL?
  /// Whether the packets, and all that the tracer is told, are told as events too (`TraceEvent.packet`).
  package var keepsPackets = false

  package init(target: IPAddress, method: ProbeMethod) {
    self.target = target
    self.method = method
  }

  /// Bytes behind the ICMP or UDP header, both of which have eight.
  package var payloadLength: Int {
    guard let size else { return Self.usualPayload }
    let headers =
      switch method.family {
      case .ipv4: 28
      case .ipv6: 48
      }
    return max(size, Self.leastSize) - headers
  }

  /// The first port of traceroute's range, which hosts leave closed.
  package static let usualPort: UInt16 = 33434
  package static let mostQueries = 1000
  /// An IPv6 header, a UDP header, and the four bytes by which a probe is known.
  package static let leastSize = 52
  /// As traceroute has it: a datagram's 65,535 less some headers.
  package static let mostSize = 65_000
  /// Bytes behind the ICMP or UDP header when no size is asked for. With 32 of them a probe is 60 bytes long over IPv4,
  /// as traceroute's are.
  package static let usualPayload = 32
  package static let mostWindow = 4096
  /// A stock Linux router answers 6 ICMP errors in a burst and then one a second (net/ipv4/icmp.c: `ratelimit` 1 s,
  /// `XRLIM_BURST_FACTOR` 6).
  package static let burstAttempts = 6
  package static let attemptIntervalAfterBurst: Duration = .seconds(1)
  /// Patience never gives a hop up sooner than this after its departure.
  package static let leastPatience: Duration = .milliseconds(100)
  /// With a known distance, this many TTLs beyond it are launched at first.
  package static let hintMargin = 2
}
