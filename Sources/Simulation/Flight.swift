import Packets
import Probing
import Statistics
import Time

/// A datagram under way: what the host sent on its way out, then, in the same place, the answer to it.
struct Flight {
  /// The datagram from its IP header on, as it comes to the node that answers. The storage is kept from flight to flight.
  var bytes: [UInt8] = []
  /// What the header says of the datagram that the host sent.
  let header: DatagramHeader
  /// Where it gets to, and what happens there.
  let fate: Passage.Fate
  /// The way home, in order from the vantage point to the node that answers. The storage is kept, too.
  var home: [Passage.Step] = []
  /// Nodes on the way home that count the answer's TTL down.
  let homeCount: Int
  /// Who sent it, given back with the answer.
  let sender: FlightSender
  /// Decides what happens to it; nil leaves that to the simulation's.
  var generator: SeededGenerator?
  var stage = Stage.outward

  enum Stage {
    /// The next event is the datagram's arrival at the node that answers.
    case outward
    /// The next event is the answer's arrival at the vantage point.
    case homeward
  }
}

/// Which of several senders a datagram came from, for a front that has more than one (`LabServer`).
struct FlightSender {
  /// Which socket, as its front counts them.
  var socket: UInt64 = 0
  var launch = LaunchID(slot: 0, generation: 0)
  /// When it left.
  var departure = Instant.zero
  /// Whether nothing else leaves by its socket, which therefore tells what an answer is about.
  var hasOwnSocket = false

  /// The one sender there is.
  static let only = FlightSender()
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
