import Packets
import Time
import Tracing

/// What a series of echo probes to one target came to.
package struct PingResult: Hashable, Sendable {
  /// As typed.
  package var target: String
  package var address: IPAddress
  /// As `Network.name` gives it.
  package var network: String
  /// Probes that left this host.
  package var sent = 0
  /// Of the replies in time.
  package var times = RoundTripTimes()

  package init(target: String, address: IPAddress, network: String) {
    self.target = target
    self.address = address
    self.network = network
  }

  /// Replies in time.
  package var received: Int { times.count }

  /// Percent of the probes without a reply in time, to a tenth; nil when none was sent.
  package var lossPercent: Double? {
    guard sent > 0 else { return nil }
    return (Double(max(0, sent - received)) * 1000 / Double(sent)).rounded() / 10
  }
}
