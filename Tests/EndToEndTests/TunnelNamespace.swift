import FoundationEssentials
import Glibc
import SystemIO
import Testing

/// A network namespace whose one link leads into a network of the lab: the program, as a process of its own, behind a
/// TUN device.
///
/// The namespace has the addresses of the network's first node, default routes, and the network's resolver. What a
/// killed run left behind is removed by the next one, as of `NamespaceChain`.
struct TunnelNamespace: Sendable {
  /// For `ip netns`.
  let name: String
  private let directory: String

  /// What the host says at its end.
  struct Report: Decodable {
    struct Lateness: Decodable {
      let count: Int
      let max_us: Int
    }
    let carried: Int
    let malformed: Int
    let refused: Int
    let answers: Int
    let failed_writes: Int
    let lateness: Lateness
  }

  static let reason: Comment = "a TUN device needs root"
  static let isPossible = geteuid() == 0 && access("/dev/net/tun", F_OK) == 0

  /// Serves a network, runs `body`, and removes everything whatever came of it.
  ///
  /// - Parameters:
  ///   - network: the name of one that ships, or the path of a network file.
  ///   - ending: what ends the host: the end of its standard input, or a signal by that name.
  /// - Returns: the host's report.
  @discardableResult
  static func with(
    _ network: String, seed: Int = 1, endedBy ending: String? = nil, _ body: (TunnelNamespace) async throws -> Void
  ) async throws -> Report {
    let namespace = try await make()
    do {
      let report = try await namespace.serve(network, seed, ending, body)
      try await namespace.remove()
      return report
    } catch {
      try await namespace.remove()
      throw error
    }
  }

  private static func make() async throws -> TunnelNamespace {
    var template = Array("/tmp/ftrsh-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(call: "mkdtemp", errno: errno) }
    let directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let namespace = TunnelNamespace(name: NamespaceChain.newPrefix() + "0", directory: directory)
    try await NamespaceChain.run(NamespaceChain.sweep)
    try await NamespaceChain.run(
      """
      ip netns add \(namespace.name)
      ip -n \(namespace.name) link set lo up
      mkfifo \(directory)/output

      """)
    return namespace
  }

  private func serve(
    _ network: String, _ seed: Int, _ ending: String?, _ body: (TunnelNamespace) async throws -> Void
  ) async throws -> Report {
    var host = try Subprocess(
      shell: """
        echo $$ > \(directory)/pid
        exec ip netns exec \(name) '\(ShellSession.binary)' --serve-lab '\(network)' --seed \(seed) --report \
          > \(directory)/output 2> \(directory)/report
        """)
    try host.start()
    var failure: (any Error)?
    do {
      try await NamespaceChain.run(settings)
      try await body(self)
    } catch {
      failure = error
    }
    if let ending {
      try await NamespaceChain.run("kill -\(ending) $(cat \(directory)/pid)\n")
    } else {
      host.closeInput()
    }
    let exit = try await host.wait()
    let report = try Data(contentsOf: URL(filePath: "\(directory)/report"))
    if let failure { throw failure }
    #expect(exit == .exited(status: 0), "\(String(decoding: report, as: UTF8.self))")
    return try JSONDecoder().decode(Report.self, from: report)
  }

  /// Does what the host says, up to its `ready`; fails when the host ends before.
  private var settings: String {
    """
    mkdir -p /etc/netns/\(name)
    while read -r word value; do
      case $word in
        device) device=$value ;;
        address)
          case $value in
            *:*)
              ip -n \(name) address add $value/64 dev $device nodad
              ip -n \(name) -6 route add default dev $device ;;
            *)
              ip -n \(name) address add $value/24 dev $device
              ip -n \(name) route add default dev $device ;;
          esac ;;
        resolver) echo "nameserver $value" >> /etc/netns/\(name)/resolv.conf ;;
        ready) isReady=1; break ;;
      esac
    done < \(directory)/output
    [ "${isReady-}" = 1 ] || { cat \(directory)/report >&2; exit 1; }
    ip netns exec \(name) sh -c 'echo 0 65534 > /proc/sys/net/ipv4/ping_group_range'

    """
  }

  private func remove() async throws {
    try await NamespaceChain.run("ip netns del \(name) || true\nrm -rf /etc/netns/\(name) \(directory)\n")
  }

  /// Runs a command line in the namespace, and waits until the host has ended by itself: until nobody holds its standard
  /// output any more. It fails when that takes longer than anything could.
  func runToEnd(_ command: String) async throws {
    try await NamespaceChain.run(
      "exec 3< \(directory)/output\nip netns exec \(name) \(command)\ntimeout 60 cat <&3\n")
  }

  /// Runs a command line in the namespace, and returns what it wrote on standard output; it must end with status 0.
  func run(_ command: String) async throws -> String {
    try await NamespaceChain.run("ip netns exec \(name) \(command) > \(directory)/written\n")
    return String(decoding: try Data(contentsOf: URL(filePath: "\(directory)/written")), as: UTF8.self)
  }
}
