/// Mistakes in what a network knows of itself.
extension TopologyErrorTests {
  static let knowledgeMistakes = [
    Mistake(
      "lab as",
      """
      bad.ftr:4:7: an AS number is missing here
          lab as
                ^
        try: 'lab as NUMBER NAME COUNTRY REGISTRY PREFIX…'
      """
    ),
    Mistake(
      "lab as 0 X - - 192.0.2.0/24",
      """
      bad.ftr:4:8: '0' is out of range
          lab as 0 X - - 192.0.2.0/24
                 ^
        try: a whole number from 1 to 4294967294
      """
    ),
    Mistake(
      "lab as 64500 'A|B' - - 192.0.2.0/24",
      """
      bad.ftr:4:14: 'A|B' cannot be the name of an AS
          lab as 64500 'A|B' - - 192.0.2.0/24
                       ^^^^^
        why: it has 1 to 200 bytes and no '|', which divides the fields of its record
      """
    ),
    Mistake(
      "lab as 64500 EXAMPLE ie - 192.0.2.0/24",
      """
      bad.ftr:4:22: 'ie' is not the code of a country
          lab as 64500 EXAMPLE ie - 192.0.2.0/24
                               ^^
        try: two capital letters, or '-'
      """
    ),
    Mistake(
      "lab as 64500 EXAMPLE IE ripe 192.0.2.0/24",
      """
      bad.ftr:4:25: unknown registry 'ripe'; did you mean 'ripencc'?
          lab as 64500 EXAMPLE IE ripe 192.0.2.0/24
                                  ^^^^
        try: afrinic, apnic, arin, lacnic, ripencc or -
      """
    ),
    Mistake(
      "lab as 64500 EXAMPLE IE ripencc",
      """
      bad.ftr:4:32: a prefix is missing here
          lab as 64500 EXAMPLE IE ripencc
                                         ^
        try: 'lab as NUMBER NAME COUNTRY REGISTRY PREFIX…'
      """
    ),
    Mistake(
      "lab as 64500 EXAMPLE IE ripencc 192.0.2.0",
      """
      bad.ftr:4:33: '192.0.2.0' is not a prefix
          lab as 64500 EXAMPLE IE ripencc 192.0.2.0
                                          ^^^^^^^^^
        try: an address and a length: 203.0.113.0/24
      """
    ),
    Mistake(
      "lab as 64500 EXAMPLE - - 192.0.2.0/24 192.0.2.9/24",
      """
      bad.ftr:4:39: 192.0.2.0/24 is given twice
          lab as 64500 EXAMPLE - - 192.0.2.0/24 192.0.2.9/24
                                                ^^^^^^^^^^^^
      """
    ),
    Mistake(
      "lab as 64500 A - - 192.0.2.0/24\nlab as 64500 B - - 198.51.100.0/24",
      """
      bad.ftr:5:8: AS64500 is given already
          lab as 64500 B - - 198.51.100.0/24
                 ^^^^^
      """
    ),
    Mistake(
      "lab public home",
      """
      bad.ftr:4:12: 'home' is not an address
          lab public home
                     ^^^^
        try: an address like 203.0.113.9
      """
    ),
    Mistake(
      "lab public 192.0.2.7 192.0.2.8",
      """
      bad.ftr:4:22: the first node has one IPv4 address at most
          lab public 192.0.2.7 192.0.2.8
                               ^^^^^^^^^
      """
    ),
    Mistake(
      "lab public 127.0.0.1",
      """
      bad.ftr:4:12: 127.0.0.1 cannot be a public address
          lab public 127.0.0.1
                     ^^^^^^^^^
      """
    ),
    Mistake(
      "lab public 192.0.2.7\nlab public 192.0.2.8",
      """
      bad.ftr:5:5: the public address is given already
          lab public 192.0.2.8
              ^^^^^^
      """
    ),
    Mistake(
      "lab resolver 192.0.2.7",
      """
      bad.ftr:4:14: no node has the address 192.0.2.7
          lab resolver 192.0.2.7
                       ^^^^^^^^^
        try: 'lab hop NAME ADDRESS [ADDRESS6] [from NODE] [PROPERTY…]' first
      """
    ),
    Mistake(
      "lab resolver 198.51.100.1 2001:db8::10",
      """
      bad.ftr:4:27: 2001:db8::10 is not an address of 'r1'
          lab resolver 198.51.100.1 2001:db8::10
                                    ^^^^^^^^^^^^
      """
    ),
    Mistake(
      "lab resolver 198.51.100.1\nlab resolver 198.51.100.1",
      """
      bad.ftr:5:5: the resolver is given already
          lab resolver 198.51.100.1
              ^^^^^^^^
      """
    ),
    Mistake(
      "lab resolver 198.51.100.1 servfail 2",
      """
      bad.ftr:4:36: '2' has no percent sign
          lab resolver 198.51.100.1 servfail 2
                                             ^
        try: write 2%
      """
    ),
    Mistake(
      "lab resolver 198.51.100.1 loss 1% loss 2%",
      """
      bad.ftr:4:35: 'loss' is given twice
          lab resolver 198.51.100.1 loss 1% loss 2%
                                            ^^^^
      """
    ),
    Mistake(
      "lab resolver 198.51.100.1 refused",
      """
      bad.ftr:4:27: unknown property 'refused'; did you mean 'refuse'?
          lab resolver 198.51.100.1 refused
                                    ^^^^^^^
        try: delay, jitter, loss, silent, servfail or refuse
      """
    ),
    Mistake(
      "lab resolver 198.51.100.1 ratelimit 1/s",
      """
      bad.ftr:4:27: 'ratelimit' belongs to a node
          lab resolver 198.51.100.1 ratelimit 1/s
                                    ^^^^^^^^^
        try: it in 'lab hop' or 'lab node'
      """
    ),
    Mistake(
      "lab hop r2 192.0.2.3 servfail 1%",
      """
      bad.ftr:4:22: 'servfail' belongs to a resolver
          lab hop r2 192.0.2.3 servfail 1%
                               ^^^^^^^^
        try: it in 'lab resolver'
      """
    ),
  ]
}
