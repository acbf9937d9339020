import Glibc
import Packets
import TestSupport
import Testing

/// A chain of kernel routers with what the internet has: a home behind a NAT, names and AS numbers from a real name
/// server (dnsmasq), and a real STUN server (coturn), both at the chain's end.
///
///     hop   IPv4           IPv6              name             AS
///     0     192.168.77.1   2001:db8::1       cpe.isp.example  64500, IPv4 as the NAT's 198.18.1.1
///     1     192.168.77.2   2001:db8::2       gate.example     –
///     2     198.18.1.2     2001:db8:0:1::2   ae1.isp.example  64500
///     3     198.18.2.2     2001:db8:0:2::2   –                64501
///     4     198.18.3.2     2001:db8:0:3::2   ae3.far.example  64502
///     5     198.18.4.2     2001:db8:0:4::2   web.example      64502
///
/// The name server is 198.18.100.1 and 2001:db8:0:100::1, the STUN server 198.18.100.2 and 2001:db8:0:100::2, by name
/// stun.example. At 198.18.100.3 nobody has a port open, 198.18.100.4 answers no question, 198.18.100.5 is free.
struct NamespaceServices: Sendable {
  let chain: NamespaceChain
  /// Of this test's own: the program's state, and what is written.
  let directory: String

  static let routers = 4
  static let programs = ["/usr/sbin/dnsmasq", "/usr/bin/turnserver", "/usr/sbin/nft", "/usr/bin/tcpdump", "/bin/bash"]
  /// Why tests against them are skipped: printed with each of them.
  static let reason: Comment =
    "needs root, the built program, and the packages dnsmasq-base, coturn, nftables, tcpdump and bash"
  static let isPossible =
    NamespaceChain.isPossible && ShellSession.isBuilt && programs.allSatisfy { access($0, X_OK) == 0 }

  /// What a session is told first that uses them all, and that waits for answers as long as a busy machine takes.
  static func settings(_ family: AddressFamily) -> String {
    """
    set special-addresses lookup
    set enrich.wait 60s
    set dns.timeout 60s
    set dns.server \(nameServer(family))
    set stun.server stun.example

    """
  }

  static func nameServer(_ family: AddressFamily) -> String { server(1, family) }
  /// An address of the far end without an open port.
  static func closed(_ family: AddressFamily) -> String { server(3, family) }
  /// An address of the far end that takes questions and answers none.
  static func silent(_ family: AddressFamily) -> String { server(4, family) }

  /// Further addresses of the far end.
  static func server(_ number: Int, _ family: AddressFamily) -> String {
    switch family {
    case .ipv4: "198.18.100.\(number)"
    case .ipv6: "2001:db8:0:100::\(number)"
    }
  }

  /// The answers of the whole path.
  func path(_ family: AddressFamily) -> [String] {
    let path = chain.path(family).map { "\($0)" }
    return family == .ipv4 ? ["192.168.77.2"] + path.dropFirst() : path
  }

  /// The address that others see.
  static func publicAddress(_ family: AddressFamily) -> String { family == .ipv4 ? "198.18.1.1" : "2001:db8::1" }

  /// Builds everything, runs `body`, and removes it whatever came of it.
  static func with(_ body: (NamespaceServices) async throws -> Void) async throws {
    try await NamespaceChain.with(routers: routers) { chain in
      let directory = try TemporaryDirectory()
      let services = NamespaceServices(chain: chain, directory: directory.path)
      do {
        try await NamespaceChain.run(services.script)
        try await body(services)
      } catch {
        try await NamespaceChain.run(services.removal)
        throw error
      }
      try await NamespaceChain.run(services.removal)
      withExtendedLifetime(directory) {}
    }
  }

  /// Writes the source's resolv.conf; without it, it has the machine's, whose servers are out of reach.
  func setNameServers(_ servers: [String]) async throws {
    let lines = servers.map { "nameserver \($0)\n" }.joined()
    try await NamespaceChain.run(
      "mkdir -p /etc/netns/\(home)\ncat > /etc/netns/\(home)/resolv.conf <<'END'\n\(lines)END\n")
  }

  /// Ends the name server and the STUN server.
  func stopServers() async throws {
    try await NamespaceChain.run(stop)
  }

  var home: String { chain.name(0) }
  private var far: String { chain.name(Self.routers + 1) }

  private var script: String {
    """
    ip -n \(home) address del 198.18.0.1/24 dev right
    ip -n \(home) address add 192.168.77.1/24 dev right
    ip -n \(home) route add 198.18.0.0/16 via 192.168.77.2
    ip -n \(chain.name(1)) address del 198.18.0.2/24 dev left
    ip -n \(chain.name(1)) address add 192.168.77.2/24 dev left
    ip netns exec \(chain.name(1)) nft -f - <<'END'
    table ip home { chain out { type nat hook postrouting priority 100; oifname right masquerade; }; }
    END
    for router in 3 4; do
      ip -n \(chain.name(0).dropLast())$router route add 198.18.1.0/24 via 198.18.$((router - 1)).1
    done
    ip netns exec \(far) nft -f - <<'END'
    table inet deaf { chain in { type filter hook input priority 0;
      ip daddr \(Self.silent(.ipv4)) drop; ip6 daddr \(Self.silent(.ipv6)) drop; }; }
    END
    cat > \(directory)/dnsmasq.conf <<'END'
    \(zone)
    END
    ip netns exec \(far) \(Self.programs[0]) --conf-file=\(directory)/dnsmasq.conf --pid-file=\(directory)/dnsmasq.pid
    ip netns exec \(far) \(Self.programs[1]) -n --stun-only --no-tcp --no-tls --no-dtls --no-cli --log-file stdout \
      --pidfile /dev/null -L 198.18.100.2 -L 2001:db8:0:100::2 -p 3478 > \(directory)/coturn.log 2>&1 &
    echo $! > \(directory)/coturn.pid
    tries=0
    # Port 3478 on the second address, bound last. A question that comes before it is read waits in the socket.
    until ip netns exec \(far) grep -q ':0D96 ' /proc/net/udp6; do
      tries=$((tries + 1)); [ $tries -lt 500 ] || { cat \(directory)/coturn.log >&2; exit 1; }; sleep 0.02
    done
    cat > \(directory)/mark <<'END'
    #!/bin/bash
    cat > /dev/null
    printf %0$1d 0 > /dev/udp/\(PacketWatch.markAddress)/\(PacketWatch.markPort)
    END
    chmod 755 \(directory)/mark

    """
  }

  private var stop: String {
    """
    for server in dnsmasq coturn; do
      [ ! -e \(directory)/$server.pid ] || kill -9 $(cat \(directory)/$server.pid) || true
      rm -f \(directory)/$server.pid
    done

    """
  }

  private var removal: String { stop + "rm -rf /etc/netns/\(home)\n" }
}
