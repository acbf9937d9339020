/// Mistakes in behaviours, and in what changes a network.
extension TopologyErrorTests {
  static let behaviorMistakes = [
    Mistake(
      "lab hop r2 192.0.2.3 delay uniform 5ms 4ms",
      """
      bad.ftr:4:40: the longest delay is shorter than the shortest
          lab hop r2 192.0.2.3 delay uniform 5ms 4ms
                                                 ^^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 loss 5% burst 0",
      """
      bad.ftr:4:36: '0' is out of range
          lab hop r2 192.0.2.3 loss 5% burst 0
                                             ^
        try: a whole number from 1 to 10000
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 loss 90% burst 2",
      """
      bad.ftr:4:37: bursts of 2 cannot lose 90%
          lab hop r2 192.0.2.3 loss 90% burst 2
                                              ^
        try: longer bursts
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 silent answers icmp",
      """
      bad.ftr:4:29: 'answers' and 'silent' contradict each other
          lab hop r2 192.0.2.3 silent answers icmp
                                      ^^^^^^^
        why: silent: forwards, but never answers
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 mpls visible keeps-ttl",
      """
      bad.ftr:4:35: 'keeps-ttl' and 'mpls' contradict each other
          lab hop r2 192.0.2.3 mpls visible keeps-ttl
                                            ^^^^^^^^^
        why: mpls: a router inside a tunnel: shows labels, only counts, or cannot be seen
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 answers gre",
      """
      bad.ftr:4:30: unknown protocol 'gre'
          lab hop r2 192.0.2.3 answers gre
                                       ^^^
        try: icmp, udp or tcp
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 drop udp udp",
      """
      bad.ftr:4:31: 'udp' is given twice
          lab hop r2 192.0.2.3 drop udp udp
                                        ^^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 balance flows",
      """
      bad.ftr:4:30: unknown way of balancing 'flows'; did you mean 'flow'?
          lab hop r2 192.0.2.3 balance flows
                                       ^^^^^
        try: flow, packet or destination
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 mpls seen",
      """
      bad.ftr:4:27: unknown kind of tunnel 'seen'
          lab hop r2 192.0.2.3 mpls seen
                                    ^^^^
        try: visible, implicit or invisible
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 return r1",
      """
      bad.ftr:4:29: 'via' and a node should stand here
          lab hop r2 192.0.2.3 return r1
                                      ^^
        try: 'return via NODE[,NODE…]'
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 return via r7",
      """
      bad.ftr:4:33: there is no node 'r7'; did you mean 'r1'?
          lab hop r2 192.0.2.3 return via r7
                                          ^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 return via home",
      """
      bad.ftr:4:33: 'r2' and 'home' are not linked
          lab hop r2 192.0.2.3 return via home
                                          ^^^^
        why: a way leads from neighbour to neighbour
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 route 10.0.0.0/8 via home,r1",
      """
      bad.ftr:4:43: a route has one neighbour
          lab hop r2 192.0.2.3 route 10.0.0.0/8 via home,r1
                                                    ^^^^^^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 replies from 198.51.100.1",
      """
      bad.ftr:4:9: 198.51.100.1 is the address of 'r1' already
          lab hop r2 192.0.2.3 replies from 198.51.100.1
                  ^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 dnat 203.0.113.9 to 203.0.113.10",
      """
      bad.ftr:4:9: no node has the address 203.0.113.10
          lab hop r2 192.0.2.3 dnat 203.0.113.9 to 203.0.113.10
                  ^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 dnat 203.0.113.9 to 198.51.100.1",
      """
      bad.ftr:4:9: 'r1' is not behind 'r2'
          lab hop r2 192.0.2.3 dnat 203.0.113.9 to 198.51.100.1
                  ^^
        why: what is sent to 203.0.113.9 has to pass the node that translates it
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 mtu 20",
      """
      bad.ftr:4:26: '20' is out of range
          lab hop r2 192.0.2.3 mtu 20
                                   ^^
        try: a whole number from 68 to 65535
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 2001:db8:2::3 mtu 1279",
      """
      bad.ftr:4:36: a link of 1279 bytes cannot carry IPv6
          lab hop r2 192.0.2.3 2001:db8:2::3 mtu 1279
                                             ^^^
        why: both ends have an IPv6 address, and IPv6 needs 1280 bytes (RFC 8200 section 5)
        try: 'mtu 1280', or an end without an IPv6 address
      """
    ),
    Mistake(
      "lab set link home r1 mtu 600",
      """
      bad.ftr:4:22: a link of 600 bytes cannot carry IPv6
          lab set link home r1 mtu 600
                               ^^^
        why: both ends have an IPv6 address, and IPv6 needs 1280 bytes (RFC 8200 section 5)
        try: 'mtu 1280', or an end without an IPv6 address
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 dnat 198.51.100.1 to 203.0.113.10",
      """
      bad.ftr:4:9: 198.51.100.1 is the address of 'r1' already
          lab hop r2 192.0.2.3 dnat 198.51.100.1 to 203.0.113.10
                  ^^
      """
    ),
    Mistake(
      "lab set r1 dnat 192.0.2.9 to 10.0.0.1 dnat 192.0.2.9 to 10.0.0.2",
      """
      bad.ftr:4:39: 192.0.2.9 is translated twice
          lab set r1 dnat 192.0.2.9 to 10.0.0.1 dnat 192.0.2.9 to 10.0.0.2
                                                ^^^^
      """
    ),
    Mistake(
      "lab set r1 route 10.0.0.0/8 via home route 10.0.0.0/8 via home",
      """
      bad.ftr:4:38: 10.0.0.0/8 has two routes
          lab set r1 route 10.0.0.0/8 via home route 10.0.0.0/8 via home
                                               ^^^^^
      """
    ),
    Mistake(
      "lab set home snat 198.51.100.9",
      """
      bad.ftr:4:14: 'snat' does nothing here
          lab set home snat 198.51.100.9
                       ^^^^
        why: traces start at the first node: nothing passes it
      """
    ),
    Mistake(
      "lab set r1 name x.bad.test",
      """
      bad.ftr:4:12: 'name' cannot be changed
          lab set r1 name x.bad.test
                     ^^^^
        why: it is stated with its node, once
      """
    ),
    Mistake(
      "lab fail home",
      """
      bad.ftr:4:10: 'home' cannot fail
          lab fail home
                   ^^^^
        why: traces start there
      """
    ),
    Mistake(
      "lab fail r7",
      """
      bad.ftr:4:10: there is no node 'r7'; did you mean 'r1'?
          lab fail r7
                   ^^
      """
    ),
    Mistake(
      "lab fail link home home",
      """
      bad.ftr:4:20: 'home' and 'home' are not linked
          lab fail link home home
                             ^^^^
      """
    ),
    Mistake(
      "lab at 10s break r1",
      """
      bad.ftr:4:12: unknown change 'break'
          lab at 10s break r1
                     ^^^^^
        try: fail or heal
      """
    ),
    Mistake(
      "lab at 25h fail r1",
      """
      bad.ftr:4:8: '25h' is too long
          lab at 25h fail r1
                 ^^^
        try: at most 24h
      """
    ),
    Mistake(
      "lab set r1 dely 5ms",
      """
      bad.ftr:4:12: unknown property 'dely'
          lab set r1 dely 5ms
                     ^^^^
        try: silent, answers, ratelimit, replies, quote, balance, return, route, snat, dnat, mpls, keeps-ttl, \
      forwards-zero, drop, reject, duplicate, late, corrupt or spoof
      """
    ),
    Mistake(
      "lab set resolver silent",
      """
      bad.ftr:4:9: the network has no resolver
          lab set resolver silent
                  ^^^^^^^^
        try: 'lab resolver ADDRESS [ADDRESS6] [PROPERTY…]'
      """
    ),
    Mistake(
      "lab set link home r1",
      """
      bad.ftr:4:21: a property is missing here
          lab set link home r1
                              ^
        try: 'lab set NODE | link NODE NODE | resolver [no] PROPERTY…'
      """
    ),
  ]
}
