/// Mistakes in what follows the addresses of a hop.
extension TopologyErrorTests {
  static let propertyMistakes = [
    Mistake(
      "lab hop r2 192.0.2.3 dely 5ms",
      """
      bad.ftr:4:22: unknown property 'dely'; did you mean 'delay'?
          lab hop r2 192.0.2.3 dely 5ms
                               ^^^^
        try: delay, jitter, loss, cost, mtu, silent, answers, ratelimit, replies, quote, balance, return, route, snat, dnat, mpls, keeps-ttl, forwards-zero, drop, reject, duplicate, late, corrupt, spoof, name, serves, border or from
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 delay",
      """
      bad.ftr:4:27: a delay is missing here
          lab hop r2 192.0.2.3 delay
                                    ^
        try: 'delay [uniform|normal|longtail] DURATION [DURATION]'
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 delay 5",
      """
      bad.ftr:4:28: '5' has no unit
          lab hop r2 192.0.2.3 delay 5
                                     ^
        try: write 5s or 5ms
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 delay fast",
      """
      bad.ftr:4:28: 'fast' is not a duration
          lab hop r2 192.0.2.3 delay fast
                                     ^^^^
        try: a number and a unit: 500us, 70ms, 1.5s, 2m
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 jitter 61s",
      """
      bad.ftr:4:29: '61s' is too long
          lab hop r2 192.0.2.3 jitter 61s
                                      ^^^
        try: at most 1m
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 delay 5ms delay 6ms",
      """
      bad.ftr:4:32: 'delay' is given twice
          lab hop r2 192.0.2.3 delay 5ms delay 6ms
                                         ^^^^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 loss 200%",
      """
      bad.ftr:4:27: '200%' is not a percentage
          lab hop r2 192.0.2.3 loss 200%
                                    ^^^^
        try: 0% to 100%
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 loss 2",
      """
      bad.ftr:4:27: '2' has no percent sign
          lab hop r2 192.0.2.3 loss 2
                                    ^
        try: write 2%
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 ratelimit 5",
      """
      bad.ftr:4:32: '5' is not a rate
          lab hop r2 192.0.2.3 ratelimit 5
                                         ^
        try: a number and '/s': 1/s, 100/s
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 ratelimit 0/s",
      """
      bad.ftr:4:32: '0' is out of range
          lab hop r2 192.0.2.3 ratelimit 0/s
                                         ^^^
        try: a whole number from 1 to 1000000
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 ratelimit 5/s burst many",
      """
      bad.ftr:4:42: 'many' is not a whole number
          lab hop r2 192.0.2.3 ratelimit 5/s burst many
                                                   ^^^^
        try: a whole number from 1 to 1000000
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 name nodots",
      """
      bad.ftr:4:27: 'nodots' is not a DNS name
          lab hop r2 192.0.2.3 name nodots
                                    ^^^^^^
        try: labels with dots between them: web.campus.test
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 name r1.bad.test",
      """
      bad.ftr:4:27: the name 'r1.bad.test' is given already
          lab hop r2 192.0.2.3 name r1.bad.test
                                    ^^^^^^^^^^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 name a.test name b.test",
      """
      bad.ftr:4:34: 'name' is given twice
          lab hop r2 192.0.2.3 name a.test name b.test
                                           ^^^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 serves 10.0.0.0",
      """
      bad.ftr:4:29: '10.0.0.0' is not a prefix
          lab hop r2 192.0.2.3 serves 10.0.0.0
                                      ^^^^^^^^
        try: an address and a length: 203.0.113.0/24
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 border\nlab hop r3 192.0.2.4 border",
      """
      bad.ftr:5:22: 'r2' is the border already
          lab hop r3 192.0.2.4 border
                               ^^^^^^
        why: a network has one border
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 from r7",
      """
      bad.ftr:4:27: there is no node 'r7'; did you mean 'r1'?
          lab hop r2 192.0.2.3 from r7
                                    ^^
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3\nlab hop r3 192.0.2.4 2001:db8::4",
      """
      bad.ftr:5:9: no IPv6 path leads from 'home' to 'r3'
          lab hop r3 192.0.2.4 2001:db8::4
                  ^^
        why: every node between them needs a link and an IPv6 address
      """
    ),
  ]
}
