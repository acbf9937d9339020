import Packets
import Tracing

/// A trace of another program as a capture shows it: its probes, and what answered each.
package struct ForeignTrace: Hashable, Sendable {
  /// A probe with its answers.
  struct Probe: Hashable, Sendable {
    var packet: Packet
    var ttl: TTL
    /// The first is the one that counts.
    var answers: [Packet] = []
  }

  /// A datagram with its moment.
  struct Packet: Hashable, Sendable {
    /// In the capture, counted from 1.
    var number: Int
    /// In nanoseconds since 1970.
    var stamp: Int64
    var source: IPAddress
    /// From the IP header on.
    var bytes: [UInt8]
    /// Where the transport header starts.
    var offset: Int
    /// By what it was matched; of an answer.
    var key: PacketKey = .quote
    /// Of an answer to UDP that is a UDP datagram itself.
    var isDatagram = false
  }

  /// Who probed.
  package var source: IPAddress
  /// Whom.
  package var target: IPAddress
  /// By what.
  package var protocolName: ProbeProtocolName
  /// Which program made it, as far as its probes tell: `traceroute`, `mtr`, `scamper`; nil when nothing tells.
  package var tool: String?
  /// In the order of their departures.
  var probes: [Probe]
  /// Answers that quote one of several probes and do not say which.
  var unclear: [Packet] = []
  /// The stamp of the last packet in the capture: nobody knows what came behind it.
  var captureEnd: Int64

  /// When the first probe left, in nanoseconds since 1970.
  package var began: Int64 { probes.first?.packet.stamp ?? 0 }
  /// How many probes there are.
  package var probeCount: Int { probes.count }
  /// How many of them were answered.
  package var answeredCount: Int { probes.count { !$0.answers.isEmpty } }
}
