import Glibc
import Packets
import SystemIO
import Testing

/// A chain of the kernel's own routers, each in a network namespace, from a source over routers to a target:
///
///     0 ──── 1 ──── 2 ──── … ──── routers ──── routers + 1
///     source     router 2                      target
///
/// Link i, between namespaces i and i + 1, is 198.18.i.1 to 198.18.i.2 (RFC 2544's range for tests) and 2001:db8:0:i::1
/// to ::2 (RFC 3849's for examples: private addresses would be labelled, and never looked up). The target also owns
/// 198.18.100.1…20 and 2001:db8:0:100::1…20. The source has no default route.
///
/// What a killed run left behind is removed by the next.
struct NamespaceChain: Sendable {
  /// How chatty the routers are.
  enum Limits {
    /// As they come: 6 ICMP errors to a destination in a burst, then one a second.
    case stock
    /// No limit at all, so that a test measures us and not Linux.
    case lifted
  }

  let routers: Int
  private let prefix: String

  /// Why tests on namespaces are skipped: printed with each of them.
  static let reason: Comment = "namespaces of kernel routers need root"
  static let isPossible = geteuid() == 0

  private static let counter = Locked(0)

  /// Builds a chain, runs `body`, and removes the chain whatever came of it.
  static func with(
    routers: Int, _ limits: Limits = .lifted, _ body: (NamespaceChain) async throws -> Void
  ) async throws {
    let chain = NamespaceChain(routers: routers)
    try await run(sweep)
    do {
      try await run(chain.script(limits))
      try await body(chain)
    } catch {
      try await run(chain.removal)
      throw error
    }
    try await run(chain.removal)
  }

  private init(routers: Int) {
    self.routers = routers
    prefix = Self.newPrefix()
  }

  /// What the names of some namespaces begin with that belong together; a number follows.
  static func newPrefix() -> String {
    let number = counter.withLock { count in
      count += 1
      return count
    }
    return "ftrsh-\(getpid())-\(number)-"
  }

  /// The name of a namespace, for `ip netns`.
  func name(_ index: Int) -> String { "\(prefix)\(index)" }

  /// The target's own address.
  func target(_ family: AddressFamily) -> IPAddress { near(routers + 1, family) }

  /// One of the target's further addresses, 1…20.
  func furtherTarget(_ number: Int, _ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(198, 18, 100, UInt8(number))
    case .ipv6: IPAddress(high: 0x2001_0db8_0000_0100, low: UInt64(number))
    }
  }

  /// Who answers at that hop: the address that faces the source.
  func near(_ hop: Int, _ family: AddressFamily) -> IPAddress {
    switch family {
    case .ipv4: IPAddress(198, 18, UInt8(hop - 1), 2)
    case .ipv6: IPAddress(high: 0x2001_0db8_0000_0000 | UInt64(hop - 1), low: 2)
    }
  }

  /// The answers of a whole path, the target's last.
  func path(_ family: AddressFamily) -> [IPAddress] {
    (1...routers + 1).map { near($0, family) }
  }

  /// The source's address on its link.
  static let source = IPAddress(198, 18, 0, 1)

  /// Runs a script of the shell, which stops at its first failure.
  static func run(_ script: String) async throws {
    var shell = try Subprocess(shell: "exec sh -e")
    try shell.start()
    if let input = shell.inputDescriptor { _ = try writeAll(input, script) }
    shell.closeInput()
    let exit = try await shell.wait()
    guard exit == .exited(status: 0) else { throw Failure(exit: exit) }
  }

  /// `ip` has said on standard error what it did not like.
  struct Failure: Error {
    let exit: Subprocess.Exit
  }

  /// Removes the namespaces of test runs that are gone, and ends what still runs in them.
  static let sweep = """
    for n in $(ls /var/run/netns 2>/dev/null | grep -E '^ftrsh-[0-9]+-[0-9]+-[0-9]+$'); do
      pid=${n#ftrsh-}; pid=${pid%%-*}
      [ ! -d /proc/$pid ] || continue
      for left in $(ip netns pids $n); do kill -9 $left || true; done
      ip netns del $n || true
      rm -rf /etc/netns/$n
    done

    """

  private var removal: String {
    (0...routers + 1).map { "ip netns del \(name($0)) 2>/dev/null || true\n" }.joined()
  }

  private func script(_ limits: Limits) -> String {
    let last = routers + 1
    var lines = (0...last).map { "ip netns add \(name($0))" }
    for index in 0...last { lines.append("ip netns exec \(name(index)) sh -e <<'END'\n\(settings(limits))\nEND") }
    lines.append("ip -batch - <<'END'")
    for link in 0...routers {
      lines.append("link add right netns \(name(link)) type veth peer name left netns \(name(link + 1))")
    }
    lines.append("END")
    for index in 0...last {
      lines.append("ip -n \(name(index)) -batch - <<'END'")
      lines += addresses(index) + routes(index)
      lines.append("END")
    }
    lines += (0...last).map(readiness)
    return lines.joined(separator: "\n") + "\n"
  }

  /// Waits for both ends of the links of a namespace: the kernel lets packets through some time after it said that a link is up
  /// (net/core/link_watch.c), and drops them until then. Usually there is nothing to wait for.
  private func readiness(_ index: Int) -> String {
    let ends = index == 0 || index > routers ? 1 : 2
    return """
      tries=0
      until [ "$(ip -n \(name(index)) -o link show 2>/dev/null | grep -c 'state UP')" = \(ends) ]; do
        tries=$((tries + 1)); [ $tries -lt 500 ] || { echo 'a link does not come up' >&2; exit 1; }; sleep 0.01
      done
      """
  }

  private func settings(_ limits: Limits) -> String {
    // No waiting for duplicate addresses; routers route; any group may ping.
    var values = [
      ("net/ipv6/conf/all/accept_dad", "0"), ("net/ipv6/conf/default/accept_dad", "0"),
      ("net/ipv6/conf/all/forwarding", "1"), ("net/ipv4/ip_forward", "1"), ("net/ipv4/ping_group_range", "0 0"),
    ]
    switch limits {
    case .stock: break
    case .lifted:
      values += [
        ("net/ipv4/icmp_ratelimit", "0"), ("net/ipv6/icmp/ratelimit", "0"),
        ("net/ipv4/icmp_msgs_per_sec", "1000000"), ("net/ipv4/icmp_msgs_burst", "1000000"),
      ]
    }
    // The last two belong to the whole machine before Linux 6.13, and are not there then.
    return values.map { "[ ! -e /proc/sys/\($0) ] || echo '\($1)' > /proc/sys/\($0)" }.joined(separator: "\n")
  }

  private func addresses(_ index: Int) -> [String] {
    var lines = ["link set lo up"]
    if index > 0 {
      lines += [
        "link set left up", "address add 198.18.\(index - 1).2/24 dev left",
        "address add 2001:db8:0:\(index - 1)::2/64 dev left nodad",
      ]
    }
    if index <= routers {
      lines += [
        "link set right up", "address add 198.18.\(index).1/24 dev right",
        "address add 2001:db8:0:\(index)::1/64 dev right nodad",
      ]
    } else {
      for number in 1...20 {
        lines += [
          "address add 198.18.100.\(number)/32 dev lo",
          "address add 2001:db8:0:100::\(String(number, radix: 16))/128 dev lo nodad",
        ]
      }
    }
    return lines
  }

  private func routes(_ index: Int) -> [String] {
    guard index <= routers else {
      return ["route add default via 198.18.\(routers).1", "route add default via 2001:db8:0:\(routers)::1"]
    }
    var lines = [
      "route add 198.18.0.0/16 via 198.18.\(index).2", "route add 2001:db8::/32 via 2001:db8:0:\(index)::2",
    ]
    if index > 1 {
      // The way back to the source; to its neighbour the source's link is connected.
      lines += [
        "route add 198.18.0.0/24 via 198.18.\(index - 1).1",
        "route add 2001:db8:0:0::/64 via 2001:db8:0:\(index - 1)::1",
      ]
    }
    return lines
  }
}
