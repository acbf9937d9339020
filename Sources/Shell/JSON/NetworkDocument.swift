import Probing
import Results
import Tracing

/// The JSON form of `show network`: the network in use, and the ways of probing it.
struct NetworkDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "show"
  var version = Version.number
  /// "live", or "lab" and its name.
  var network: String
  /// The network of the lab that is up.
  @ExplicitNull var up: String? = nil
  /// Best first.
  var methods: [Method]

  /// One way of probing, and whether this process may use it here.
  struct Method: Codable, Hashable, Sendable {
    var protocolName: String
    var socket: String
    var family: String
    var usable: Bool
    /// Why it can or cannot be used.
    var reason: String
    /// What it sees that the ones behind it do not.
    var adds: String

    enum CodingKeys: String, CodingKey {
      case socket, family, usable, reason, adds
      case protocolName = "protocol"
    }
  }

  init(network: String, up: String?, _ reports: [MethodReport]) {
    self.network = network
    methods = reports.map { report in
      Method(
        protocolName: report.method.protocolName.rawValue, socket: report.method.socket.rawValue,
        family: report.method.family.word, usable: report.isUsable, reason: report.reason, adds: report.adds)
    }
    self.up = up
  }
}
