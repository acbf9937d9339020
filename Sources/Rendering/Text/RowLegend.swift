/// What the signs in the rows of a trace mean, for `help trace`.
package enum RowLegend {
  /// One sign and its meaning, in the order in which a reader meets them.
  package static let entries: [(sign: String, meaning: String)] = [
    ("timeout 70 ms!", "in the heading: shorter than warn.timeout, with enrichment on"),
    ("[LAN]", "the part of the path: LAN, ISP, TRANSIT, DESTINATION, or UNKNOWN"),
    ("[AS64500 EXAMPLE, ZZ]", "the AS that the address belongs to, its name and country; or what range it is of"),
    ("…", "not settled yet"),
    ("*", "no reply inside the timeout"),
    ("* given up", "no reply when waiting longer seemed useless (patience)"),
    ("not sent", "the probe could not be sent, for the reason behind it"),
    ("no answer", "silent from here to the end of the path"),
    ("!H", "a router says unreachable: N network, H host, P protocol, X administratively; others as in traceroute"),
    ("late", "a reply came that long after the timeout, and does not count"),
    ("flow changed", "probed again from another port, so perhaps on another path"),
    ("<MPLS:", "the labels that the probe arrived with: label, class, bottom of stack, TTL"),
    ("loop", "this responder was seen before, with another between"),
    ("zero-TTL forwarding", "the same responder as one hop before: a router forwarded a probe whose TTL was spent"),
    ("quoted TTL not 1", "the probe arrived with another TTL than 1: a tunnel, or a router that counts unusually"),
    ("time exceeded from the target", "the target's own address answered as a router"),
    ("later:", "what became known of a responder after its row had been written"),
  ]
}
