import Results

/// The JSON form of `lab up` and `lab down`.
struct LabUpDocument: Codable, Hashable, Sendable {
  var schema = ResultCoding.schema
  var command = "lab"
  var version = Version.number
  var network: String
  var up: Bool
  /// Decides jitter, losses and failures.
  var seed: Int
  /// The process in whose network namespace it is.
  var process: Int
  /// The TUN device in that namespace.
  var device: String
  /// This end's.
  var addresses: [String]
  var nameServers: [String]
  /// What does not work, one sentence each.
  var notes: [String]

  enum CodingKeys: String, CodingKey {
    case schema, command, version, network, up, seed, process, device, addresses, notes
    case nameServers = "name_servers"
  }

  init(_ hosted: HostedLab, isUp: Bool = true) {
    network = hosted.network
    up = isUp
    seed = hosted.seed
    process = Int(hosted.identifier)
    device = hosted.announcement.device
    addresses = hosted.announcement.addresses
    nameServers = hosted.announcement.nameServers
    notes = hosted.announcement.notes
  }
}
