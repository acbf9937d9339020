import Enrichment
import Packets
import Probing
import Tracing

/// A `TraceResult` in the store form.
struct StoredResult: Codable {
  var id: ResultID
  var command: String
  var target: String
  var name: String?
  var network: String
  var engine: EngineName
  /// nil in what was stored before it was kept: then they were the engine's own.
  var engineSettings: EngineSettings?
  var started: WallTime
  var version: String
  var warnings: [String]
  var shortTimeout: Bool
  var localAddress: IPAddress?
  var trace: StoredTrace
  /// nil when it was not recorded, and in what was stored before packets were kept.
  var packets: String?
  /// Only of a result of `whatif`.
  var hypothesis: StoredHypothesis?
  var enrichment: StoredEnrichment

  enum CodingKeys: String, CodingKey {
    case id, command, target, name, network, engine, started, version, warnings, trace, packets, hypothesis, enrichment
    case engineSettings = "engine_settings"
    case shortTimeout = "short_timeout"
    case localAddress = "local_address"
  }

  init(_ result: TraceResult) {
    id = result.id
    command = result.commandLine
    target = result.target
    name = result.name
    network = result.network
    engine = result.engine
    engineSettings = result.engineSettings
    started = result.started
    version = result.version
    warnings = result.warnings
    shortTimeout = result.hasShortTimeout
    localAddress = result.localAddress
    trace = StoredTrace(result.trace)
    packets = result.packets.isEmpty ? nil : PacketWriter.text(result.packets, from: result.trace.began)
    hypothesis = result.hypothesis.map { StoredHypothesis($0) }
    enrichment = StoredEnrichment(result.enrichment, from: result.trace.began)
  }

  func result() throws(StoreFormError) -> TraceResult {
    guard name.map(Self.isName) ?? true else { throw .malformed("name is none") }
    let trace: Trace
    do throws(StoreFormError) { trace = try self.trace.trace() } catch { throw error.inside("trace") }
    var result = TraceResult(
      id: id, commandLine: command, target: target, name: name, network: network, started: started, version: version,
      warnings: warnings, trace: trace)
    result.engineSettings = engineSettings ?? EngineSettings(engine)
    guard result.engine == engine, result.engineSettings.isSound else { throw .malformed("engine_settings cannot be") }
    result.hasShortTimeout = shortTimeout
    result.localAddress = localAddress
    result.enrichment = try enrichment.record(from: trace.began)
    result.hypothesis = hypothesis?.value
    if let packets {
      result.packets = try PacketReader.record(packets, of: trace.request, from: trace.began)
    }
    return result
  }

  /// As `as NAME` takes them.
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return text.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte)
    }
  }
}
