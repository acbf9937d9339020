/// The statements that make up a network, the words behind `lab`.
///
///     lab new chain "Two routers in a row"
///     lab node home 192.168.1.10
///     lab hop gateway 192.168.1.1 delay 300us
///     lab hop web 203.0.113.80 delay 5ms jitter 1ms name web.chain.test
///     lab target web.chain.test "an echo reply at TTL 2"
///     lab as 64510 EXAMPLE-DC IE ripencc 203.0.113.0/24
///     lab public 198.18.128.10
///     lab resolver 192.168.1.1 delay 2ms
///     lab at 10s fail gateway
///
/// `fail`, `heal`, `at` and `set` change a network that is there, also while it is used.
package enum LabStatement: String, CaseIterable, Sendable {
  case new
  case node
  case hop
  case link
  case name
  case target
  case autonomousSystem = "as"
  case publicAddress = "public"
  case resolver
  case fail
  case heal
  case at
  case set

  /// The form of the statement: capitals stand for values, brackets for what may be left out.
  package var usage: String {
    switch self {
    case .new: #"lab new NAME "SUMMARY""#
    case .node: "lab node NAME ADDRESS [ADDRESS6] [PROPERTY…]"
    case .hop: "lab hop NAME ADDRESS [ADDRESS6] [from NODE] [PROPERTY…]"
    case .link: "lab link NODE NODE [PROPERTY…]"
    case .name: "lab name DNSNAME ADDRESS [ADDRESS6]"
    case .target: #"lab target DNSNAME "WHAT TO LOOK FOR""#
    case .autonomousSystem: "lab as NUMBER NAME COUNTRY REGISTRY PREFIX…"
    case .publicAddress: "lab public ADDRESS [ADDRESS6]"
    case .resolver: "lab resolver ADDRESS [ADDRESS6] [PROPERTY…]"
    case .fail: "lab fail NODE | link NODE NODE"
    case .heal: "lab heal [NODE | link NODE NODE]"
    case .at: "lab at DURATION fail|heal …"
    case .set: "lab set NODE | link NODE NODE | resolver [no] PROPERTY…"
    }
  }

  /// What it does, one line.
  package var summary: String {
    switch self {
    case .new: "begins a network, and says what it teaches"
    case .node: "adds a node without a link; the first node is where traces start"
    case .hop: "adds a node and its link to the node before it, or to the one after 'from'"
    case .link: "links two nodes"
    case .name: "adds a DNS name for addresses, whether or not a node has them"
    case .target: "says that a name is worth a trace, and why"
    case .autonomousSystem: "says who announces addresses; '-' for a country or registry that is not known"
    case .publicAddress: "says with which address the first node is seen from outside"
    case .resolver: "makes a node the network's name server"
    case .fail: "makes a node or a link fail: nothing passes it, and routes go round it where they can"
    case .heal: "makes a node or a link work again; all of them when none is named"
    case .at: "does so later: the time counts from the first probe into the network"
    case .set: "states properties anew; 'no' before the word of one takes it away"
    }
  }
}

/// What a node can have besides its behaviours.
enum NodeProperty: String, CaseIterable {
  /// `name DNSNAME`: the name of its addresses in DNS, both ways.
  case name
  /// `serves PREFIX`: a block of addresses on its last link; those that no node has are answered by host unreachable.
  case serves
  /// `border`: it knows every route, so it answers network unreachable for addresses that no node has or serves.
  case border
}
