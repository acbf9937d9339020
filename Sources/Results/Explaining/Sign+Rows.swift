import Enrichment
import Packets

// What stands in the rows of a trace.

extension Sign {
  /// Those in the rows of a trace, for `help trace`.
  package static let inRows = [
    Sign(
      "timeout 70 ms!", "in the heading: shorter than warn.timeout, with enrichment on",
      words: ["timeout!", "timeout"], beginnings: ["timeout "],
      "The mark says that the warning about a short timeout with enrichment applied to this trace ('explain warning').",
      "Below the trace stands the evidence: how many replies were late, and how fast the program read them.",
      "Without the mark the timeout is only told: a reply counts when it comes within that time of its probe's departure."
    ),
    Sign(
      "[LAN]", "the part of the path: LAN, ISP, TRANSIT, DESTINATION, or UNKNOWN",
      words: ["segment", "segments"] + Segment.allCases.flatMap { [$0.rawValue, "[\($0.rawValue)]"] },
      "LAN is private and link-local space; ISP is the AS of this host's public address, and carrier-grade NAT.",
      "DESTINATION is the AS of the target; TRANSIT is every other AS, and UNKNOWN what cannot be told.",
      "Between two hops of one network everything is that network. 'explain %N HOP' says which rule gave a hop its segment."
    ),
    Sign(
      "[AS64500 EXAMPLE, ZZ]", "the AS that the address belongs to, its name and country; or what range it is of",
      words: ["AS", "asn", "brackets"], beginnings: ["["],
      "The AS is the one that announces the longest prefix with the address in it; name and country are the registry's.",
      "A special-purpose range (RFC 6890) has no AS, and its meaning stands there: 'private network', 'carrier-grade NAT'.",
      "A second pair of brackets holds the place, where a database of places is set ('help enrich')."
    ),
    Sign(
      "…", "not settled yet", words: ["dots", "ellipsis"],
      "A probe is waited for; the row is complete when it has an outcome."),
    Sign(
      "*", "no reply inside the timeout", words: ["star", "stars", "silent"],
      "A star is one probe without an answer in time. It says nothing of the router's load, and mostly nothing of loss.",
      "Most often the router forwards and is set not to answer, or answers only so many a second; when hops behind it "
        + "answer, probes pass it.",
      "'explain %N HOP' ranks what it may be due to, with what speaks for and against each."),
    Sign(
      "* given up", "no reply when waiting longer seemed useless (patience)", words: ["given up", "patience"],
      "Once the end of the path is known, a silent hop is waited for only a few times the largest RTT ('show patience').",
      "A reply that comes in time after all still counts: the row is revised."),
    Sign(
      "not sent", "the probe could not be sent, for the reason behind it", words: ["unsendable"],
      beginnings: ["not sent "],
      "The system refused the probe. The reason is the system call's own; nothing of the network is to be concluded."),
    Sign(
      "no answer", "silent from here to the end of the path", words: ["tail"],
      "The rows of a silent end are drawn as one. Either nothing passes there, or nothing behind answers: a filter, a "
        + "black hole, or a target that does not answer this kind of probe."),
    Sign(
      "!H", "a router says unreachable: N network, H host, P protocol, X administratively; others as in traceroute",
      words: ["marker", "markers", "unreachable"],
      "The mark stands behind the time of an ICMP error that says the probe cannot go on (RFC 792, RFC 1122, RFC 1812, RFC 4443).",
      "'explain !X' explains one of them."),
    Sign(
      "late", "a reply came that long after the timeout, and does not count", words: ["late reply", "late replies"],
      beginnings: ["late "],
      "A reply is judged by its arrival, as the kernel stamped it, less the departure of its probe; when the program read it "
        + "plays no part.", "With a longer timeout it would have counted: 'whatif %N timeout 2s'."),
    Sign(
      "flow changed", "probed again from another port, so perhaps on another path", words: ["flow"],
      "Some routers quote so little of a UDP probe that several answers look alike. Such a hop is probed again from a port of "
        + "its own; a load balancer may send that another way."),
    Sign(
      "<MPLS:", "the labels that the probe arrived with: label, class, bottom of stack, TTL",
      words: ["mpls", "labels", "mpls labels"], beginnings: ["<MPLS:"],
      "The router switches the probe through an MPLS tunnel and tells the labels it came with (RFC 4950).",
      "L is the label, E its traffic class, S whether it is the bottom of the stack, T its TTL (RFC 3032)."),
    Sign(
      "<incoming:", "an interface of the router: name, address, index, MTU, as far as it tells them",
      words: ["interface"] + InterfaceInformation.Role.allCases.map(\.word),
      beginnings: InterfaceInformation.Role.allCases.map { "<\($0.word):" },
      "The router tells of the interface that the probe came in by (RFC 5837), or of a part of it ('incoming_part').",
      "'outgoing' is the one that the probe would have left by, and 'next_hop' whom it would have been sent to."),
    Sign(
      "<1/2:", "another extension object: its class, its type, and its bytes",
      words: ["extension", "extensions", "object"], beginnings: (0...9).map { "<\($0)" },
      "Behind what it quotes, an ICMP error may carry objects (RFC 4884). This one is of a class that is not decoded here."
    ),
    Sign(
      "loop", "this responder was seen before, with another between", words: ["routing loop"],
      beginnings: ["loop at hop"],
      "Routers send the probes in a circle until their TTL is spent. It may be a short one, while routes change."),
    Sign(
      "zero-TTL forwarding",
      "the same responder as one hop before, which quoted a TTL of 0 there: a spent probe was forwarded",
      words: ["zero-ttl", "zero"],
      "The router before it should have answered and forwarded instead, so the next one answers for both distances."),
    Sign(
      "quoted TTL not 1", "the probe arrived with another TTL than 1: a tunnel, or a router that counts unusually",
      words: ["quoted ttl", "quoted"],
      "A router that answers got the probe with a TTL of 1. Another value in what it quotes means that the TTL was not counted "
        + "down somewhere, as inside a tunnel, or was changed."),
    Sign(
      "time exceeded from the target", "the target's own address answered as a router",
      words: ["target", "target time exceeded"],
      "The address of the target is that of a router on the path to itself, as with one that forwards to an inner address."
    ),
    Sign(
      "later:", "what became known of a responder after its row had been written", words: ["later"],
      beginnings: ["later:"],
      "Rows on a pipe wait for names no longer than enrich.wait; what comes then stands here. No reply waits for a name."
    ),
  ]
}
