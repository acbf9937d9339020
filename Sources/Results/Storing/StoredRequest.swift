import Packets
import Time
import Tracing

/// A `TraceRequest` in the store form.
struct StoredRequest: Codable {
  var target: IPAddress
  var protocolName: ProbeProtocolName
  var socket: SocketName
  var flow: UInt16
  var port: UInt16
  var source: IPAddress?
  var interface: UInt32
  var firstTTL: TTL
  var lastTTL: TTL
  var queries: Int
  var timeout: StoredDuration
  var overall: StoredDuration?
  var window: Int
  var interval: StoredDuration
  var attemptInterval: StoredDuration
  var gapLimit: UInt8?
  var patience: Double?
  var distanceHint: TTL?
  /// Whether its packets are kept; nil when they are not.
  var recorded: Bool?

  enum CodingKeys: String, CodingKey {
    case target, socket, flow, port, source, interface, queries, timeout, overall, window, interval, patience
    case recorded
    case protocolName = "protocol"
    case firstTTL = "first_ttl"
    case lastTTL = "last_ttl"
    case attemptInterval = "attempt_interval"
    case gapLimit = "gap_limit"
    case distanceHint = "distance_hint"
  }

  init(_ request: TraceRequest) {
    target = request.target
    protocolName = request.method.protocolName
    socket = request.method.socket
    flow = request.flow.value
    port = request.port
    source = request.source
    interface = request.interfaceIndex
    firstTTL = request.firstTTL
    lastTTL = request.lastTTL
    queries = request.queries
    timeout = StoredDuration(request.timeout)
    overall = request.overall.map { StoredDuration($0) }
    window = request.window
    interval = StoredDuration(request.interval)
    attemptInterval = StoredDuration(request.attemptInterval)
    gapLimit = request.gapLimit.map { UInt8(clamping: $0) }
    patience = request.patience
    distanceHint = request.distanceHint
    recorded = request.keepsPackets ? true : nil
  }

  /// The request, when its fields are what a request may have.
  var value: TraceRequest {
    get throws(StoreFormError) {
      guard firstTTL <= lastTTL else { throw .malformed("request.last_ttl is before first_ttl") }
      guard (1...TraceRequest.mostQueries).contains(queries) else {
        throw .malformed("request.queries is out of range")
      }
      guard (1...TraceRequest.mostWindow).contains(window) else { throw .malformed("request.window is out of range") }
      guard gapLimit != 0 else { throw .malformed("request.gap_limit is out of range") }
      guard patience.map({ (0...1_000_000).contains($0) }) ?? true else {
        throw .malformed("request.patience is out of range")
      }
      let times = [timeout, interval, attemptInterval] + (overall.map { [$0] } ?? [])
      guard times.allSatisfy({ $0.duration >= .zero }) else { throw .malformed("request: a time is negative") }
      let method = ProbeMethod(protocolName: protocolName, socket: socket, family: target.family)
      var request = TraceRequest(target: target, method: method)
      request.flow = FlowID(flow)
      request.port = port
      request.source = source
      request.interfaceIndex = interface
      request.firstTTL = firstTTL
      request.lastTTL = lastTTL
      request.queries = queries
      request.timeout = timeout.duration
      request.overall = overall?.duration
      request.window = window
      request.interval = interval.duration
      request.attemptInterval = attemptInterval.duration
      request.gapLimit = gapLimit.map(Int.init)
      request.patience = patience
      request.distanceHint = distanceHint
      request.keepsPackets = recorded ?? false
      return request
    }
  }
}

extension ProbeProtocolName: Codable {}
extension SocketName: Codable {}
