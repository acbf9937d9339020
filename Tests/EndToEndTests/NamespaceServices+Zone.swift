import Packets

extension NamespaceServices {
  /// The configuration of dnsmasq: what it does not know in these zones does not exist.
  var zone: String {
    var lines = """
      no-resolv
      no-hosts
      user=root
      bind-interfaces
      listen-address=\(Self.nameServer(.ipv4))
      listen-address=\(Self.nameServer(.ipv6))
      local=/example/
      local=/arpa/
      local=/cymru.com/
      local-ttl=3600
      host-record=web.example,198.18.4.2,2001:db8:0:4::2
      host-record=stun.example,198.18.100.2,2001:db8:0:100::2
      txt-record=AS64500.asn.cymru.com,"64500 | IE | ripencc | 2010-07-09 | EXAMPLE-HOME - An Access Network, IE"
      txt-record=AS64501.asn.cymru.com,"64501 | DE | ripencc | 2010-07-09 | EXAMPLE-CARRIER, DE"
      txt-record=AS64502.asn.cymru.com,"64502 | CA | arin | 2011-01-01 | EXAMPLE-FAR, CA"
      ptr-record=1.1.18.198.in-addr.arpa,cpe.isp.example
      ptr-record=2.77.168.192.in-addr.arpa,gate.example
      ptr-record=2.1.18.198.in-addr.arpa,ae1.isp.example
      ptr-record=2.3.18.198.in-addr.arpa,ae3.far.example
      ptr-record=\(Self.nibbles(link: 0, host: 1)).ip6.arpa,cpe.isp.example
      ptr-record=\(Self.nibbles(link: 0, host: 2)).ip6.arpa,gate.example
      ptr-record=\(Self.nibbles(link: 1, host: 2)).ip6.arpa,ae1.isp.example
      ptr-record=\(Self.nibbles(link: 3, host: 2)).ip6.arpa,ae3.far.example

      """
    // Each link is a prefix, announced by who owns it.
    let owners =
      [(0, 64_500, "IE | ripencc"), (1, 64_500, "IE | ripencc"), (2, 64_501, "DE | ripencc")]
      + [(3, 64_502, "CA | arin"), (4, 64_502, "CA | arin")]
    for (link, asn, registry) in owners {
      for host in 1...2 {
        lines += """
          txt-record=\(host).\(link).18.198.origin.asn.cymru.com,\
          "\(asn) | 198.18.\(link).0/24 | \(registry) | 2010-07-09"
          txt-record=\(Self.nibbles(link: link, host: host)).origin6.asn.cymru.com,\
          "\(asn) | 2001:db8:0:\(link)::/64 | \(registry) | 2010-07-09"

          """
      }
    }
    return lines
  }

  /// The digits of 2001:db8:0:LINK::HOST as `ip6.arpa` has them.
  private static func nibbles(link: Int, host: Int) -> String {
    let digits = "20010db80000000\(link)000000000000000\(host)"
    return digits.reversed().map { "\($0)" }.joined(separator: ".")
  }
}
