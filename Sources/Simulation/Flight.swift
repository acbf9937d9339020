import Packets
import Time
import Tracing

/// A datagram under way: a probe on its way out, then, in the same place, the reply to it.
struct Flight {
  /// IPv4: the datagram from its IP header on, as in a raw socket. IPv6: of a probe the same; of a reply the ICMPv6
  /// message alone. The storage is kept from flight to flight.
  var bytes: [UInt8] = []
  var route: Route
  var family: AddressFamily
  var protocolName: ProbeProtocolName
  /// Where the probe gets to: its TTL or the end of the route, whichever comes first. 0 is the vantage point itself.
  var hop: Int
  /// The TTL with which the probe left.
  var departureTTL: Int
  var stage = Stage.outward

  enum Stage {
    /// The next event is the probe's arrival at `hop`.
    case outward
    /// The next event is the reply's arrival at the vantage point, from `responder`, with this TTL left.
    case homeward(responder: IPAddress, ttl: UInt8)
  }
}

/// Something that will happen: the datagram in a slot gets to where its stage says.
struct FlightEvent: Comparable {
  let time: Instant
  /// Counts up, so that events of one moment happen in the order in which they were caused.
  let number: UInt64
  let slot: UInt32

  static func < (a: FlightEvent, b: FlightEvent) -> Bool {
    a.time != b.time ? a.time < b.time : a.number < b.number
  }
}
