import FoundationEssentials
import SystemIO
import Testing

/// What leaves a namespace and is no probe: every datagram and segment but ICMP (behind a hop-by-hop header, too), on
/// every interface, as tcpdump shows it.
///
/// The program under test is given marks to send between its commands: datagrams to nobody, told apart by their length.
/// So what was sent is known by command, in order, without a clock.
struct PacketWatch {
  enum Sent: Hashable {
    /// A question to a name server, by type and name.
    case question(String, String)
    case stun
    case mark(Int)
    /// A line of tcpdump.
    case other(String)
  }

  /// A router that has no port open.
  static let markAddress = "198.18.1.2"
  static let markPort = 9
  /// The last mark, longer than any other.
  private static let end = 1_000
  /// More than a question has. Each packet takes a slot for so much, and with the usual 256 kB eight fill the room.
  private static let mostBytes = 512
  private static let roomKilobytes = 8_192

  private let namespace: String
  private let directory: String

  static func with(_ namespace: String, _ directory: String, _ body: (PacketWatch) async throws -> Void) async throws {
    let watch = PacketWatch(namespace: namespace, directory: directory)
    var tcpdump = try Subprocess(
      shell: """
        exec sh -c 'echo $$ > \(directory)/tcpdump.pid; exec ip netns exec \(namespace) tcpdump -Z root \
          -i any -Q out -n -l --immediate-mode -s \(mostBytes) -B \(roomKilobytes) \
          "not icmp and not icmp6 and not arp and not (ip6 and ip6[6] = 0)"' \
          > \(directory)/sent 2> \(directory)/tcpdump
        """)
    try tcpdump.start()
    do {
      try await NamespaceChain.run(wait(for: "listening on", in: "\(directory)/tcpdump"))
      try await body(watch)
    } catch {
      try await watch.end()
      _ = try await tcpdump.wait()
      throw error
    }
    try await watch.end()
    _ = try await tcpdump.wait()
    #expect(try watch.text("tcpdump").contains("\n0 packets dropped by kernel"), "What it did not see, it cannot tell.")
  }

  private func end() async throws {
    try await NamespaceChain.run("kill -TERM $(cat \(directory)/tcpdump.pid)\n")
  }

  /// Waits until something has been sent so often, by a part of tcpdump's line.
  func until(_ text: String, times: Int = 1) async throws {
    try await NamespaceChain.run(Self.wait(for: text, times: times, in: "\(directory)/sent"))
  }

  /// All that was sent until now, once, split at the marks: the first part is what came before mark 1.
  func parts() async throws -> [Set<Sent>] {
    try await NamespaceChain.run(
      "ip netns exec \(namespace) \(directory)/mark \(Self.end) < /dev/null\n"
        + Self.wait(for: "length \(Self.end)", in: "\(directory)/sent"))
    var parts: [Set<Sent>] = [[]]
    for line in try text("sent").split(separator: "\n") {
      let sent = Self.sent(String(line))
      if sent == .mark(Self.end) { break }
      if case .mark = sent { parts.append([]) } else { parts[parts.count - 1].insert(sent) }
    }
    return parts
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: "\(directory)/\(name)")), as: UTF8.self)
  }

  private static func wait(for text: String, times: Int = 1, in file: String) -> String {
    """
    tries=0
    until [ "$(grep -c '\(text)' \(file) 2>/dev/null)" -ge \(times) ]; do
      tries=$((tries + 1)); [ $tries -lt 1000 ] || { echo 'never came: \(text)' >&2; cat \(file) >&2; exit 1; }
      sleep 0.02
    done

    """
  }

  /// `17:00:00.1 right Out IP 192.168.77.1.4242 > 198.18.100.1.53: 4711+ PTR? 2.1.18.198.in-addr.arpa. (41)`
  private static func sent(_ line: String) -> Sent {
    let words = line.split(separator: " ")
    guard let arrow = words.firstIndex(of: ">"), arrow + 1 < words.endIndex else { return .other(line) }
    let destination = words[arrow + 1]
    if destination == "\(markAddress).\(markPort):", let length = words.last.flatMap({ Int($0) }) {
      return .mark(length)
    }
    if destination.hasSuffix(".3478:") { return .stun }
    if let type = words.firstIndex(where: { $0.hasSuffix("?") }), type + 1 < words.endIndex {
      return .question(String(words[type].dropLast()), words[type + 1].lowercased())
    }
    return .other(line)
  }
}
