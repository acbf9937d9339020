import Glibc
import Packets
import Probing
import SystemIO
import Tracing

extension Settings {
  /// The request for one target, as far as settings tell it.
  ///
  /// - Parameters:
  ///   - source: the setting of that name as an address.
  ///   - interfaceIndex: that of the setting `interface`; 0 for none.
  ///   - distanceHint: the TTL at which the target answered before.
  package func request(
    target: IPAddress, method: ProbeMethod, source: IPAddress?, interfaceIndex: UInt32, distanceHint: TTL?
  ) -> TraceRequest {
    var request = TraceRequest(target: target, method: method)
    request.port = UInt16(clamping: port)
    request.source = source
    request.interfaceIndex = interfaceIndex
    request.firstTTL = TTL(firstTTL) ?? .first
    request.lastTTL = TTL(maxTTL) ?? .usualLast
    request.queries = queries
    request.timeout = timeout
    request.overall = overall
    request.window = window
    request.interval = interval
    request.attemptInterval = attemptInterval
    request.gapLimit = gapLimit
    request.patience = patience
    request.distanceHint = distanceHint
    request.keepsPackets = record == .on
    return request
  }

  /// What `overall auto` allows for a trace to a target that is not known yet, over the slowest way of probing.
  var longest: Duration {
    let method = ProbeMethod(protocolName: protocolName ?? .icmp, socket: .raw, family: .ipv4)
    return ProbeSchedule.longest(
      request(target: .unspecified(.ipv4), method: method, source: nil, interfaceIndex: 0, distanceHint: nil))
      + (kinds.isEmpty ? .zero : enrichWait)
  }

  /// The index of the interface that the settings name; 0 when they name none.
  func interfaceIndex() throws(NetworkFailure) -> UInt32 {
    guard let name = interface else { return 0 }
    let index = if_nametoindex(name)
    guard index != 0 else {
      let error = SystemError(call: "if_nametoindex", errno: errno)
      throw NetworkFailure(
        problem: "there is no interface '\(name)'", reason: error.description, advice: "'set interface auto'")
    }
    return index
  }
}
