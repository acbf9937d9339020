extension Sample {
  /// A UDP datagram over IPv4 with a record-route option.
  static let ipv4OptionsUDP = Sample(
    "ipv4OptionsUDP",
    """
    47                                               # version 4, header length 28
    b8                                               # type of service
    00 28                                            # total length 40
    1c 46                                            # identification
    40 00                                            # flags and fragment offset
    40                                               # TTL 64
    11                                               # protocol
    24 83                                            # header checksum
    c0 00 02 01                                      # source 192.0.2.1
    c6 33 64 07                                      # destination 198.51.100.7
    07 07 04 00 00 00 00 01                          # record route, no operation
    9c 40                                            # source port 40000
    82 9a                                            # destination port 33434
    00 0c                                            # UDP length 12
    1b d7                                            # UDP checksum
    66 74 72 73                                      # payload
    """)

  /// A middle fragment: the data at 1,480 bytes, and more to come.
  static let ipv4Fragment = Sample(
    "ipv4Fragment",
    """
    45                                               # version 4, header length 20
    00                                               # type of service
    00 1c                                            # total length 28
    1c 46                                            # identification
    20 b9                                            # flags and fragment offset
    40                                               # TTL 64
    11                                               # protocol
    51 96                                            # header checksum
    c0 00 02 01                                      # source 192.0.2.1
    c6 33 64 07                                      # destination 198.51.100.7
    00 01 02 03 04 05 06 07                          # data from the middle
    """)

  /// A TCP SYN behind every extension header that is walked over.
  static let ipv6ChainTCP = Sample(
    "ipv6ChainTCP",
    """
    6b 81 23 45                                      # version 6, traffic class, flow label
    00 58                                            # payload length 88
    00                                               # next header
    40                                               # hop limit 64
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01  # source 2001:db8::1
    20 01 0d b8 ff ff 00 00 00 00 00 00 00 00 00 07  # destination 2001:db8:ffff::7
    3c                                               # hop-by-hop: next header destination options
    00                                               # length 8
    05 02 00 00 01 00                                # router alert, padding
    2b                                               # destination options: next header routing
    01                                               # length 16
    01 0c 00 00 00 00 00 00 00 00 00 00 00 00        # padding
    2c                                               # routing: next header fragment
    00                                               # length 8
    03 00 00 00 00 00                                # type 3, none left
    33                                               # fragment: next header AH
    00                                               # reserved
    00 00                                            # offset 0, last
    de ad be ef                                      # identification
    06                                               # AH: next header TCP
    04                                               # length 24 in words less 2
    00 00                                            # reserved
    00 00 01 00                                      # SPI
    00 00 00 01                                      # sequence
    11 22 33 44 55 66 77 88 99 aa bb cc              # integrity check
    c3 50                                            # source port 50000
    01 bb                                            # destination port 443
    12 34 56 78                                      # sequence
    00 00 00 00                                      # acknowledgment
    60                                               # header length 24
    02                                               # SYN
    fa f0                                            # window
    14 18                                            # TCP checksum
    00 00                                            # urgent pointer
    02 04 05 a0                                      # maximum segment size 1440
    """)

  /// What an open port answers, from 198.51.100.7 to 192.0.2.1.
  static let tcpSynAck = Sample(
    "tcpSynAck",
    """
    01 bb                                            # source port 443
    c3 50                                            # destination port 50000
    00 00 00 2a                                      # sequence 42
    12 34 56 79                                      # acknowledgment
    50                                               # header length 20
    12                                               # SYN and ACK
    72 10                                            # window
    23 a3                                            # TCP checksum
    00 00                                            # urgent pointer
    """)
}
