extension Sample {
  /// An ICMP echo request with an odd number of bytes.
  static let icmpEchoRequest = Sample(
    "icmpEchoRequest",
    """
    08                                               # type echo request
    00                                               # code
    f8 20                                            # ICMP checksum
    be ef                                            # identifier
    00 07                                            # sequence 7
    66 74 72 73 68                                   # payload, an odd number of bytes
    """)

  /// An ICMPv6 echo reply from 2001:db8:ffff::7 to 2001:db8::1.
  static let icmpv6EchoReply = Sample(
    "icmpv6EchoReply",
    """
    81                                               # type echo reply
    00                                               # code
    8b 60                                            # ICMP checksum
    be ef                                            # identifier
    00 07                                            # sequence 7
    66 74 72 73                                      # payload
    """)

  /// A time exceeded that quotes 8 bytes of an echo request: what RFC 792 asks for.
  static let timeExceededICMP = Sample(
    "timeExceededICMP",
    """
    0b                                               # type time exceeded
    00                                               # code in transit
    f4 d6                                            # ICMP checksum
    00 00 00 00                                      # unused
    45                                               # quoted version 4, header length 20
    00                                               # quoted type of service
    00 54                                            # quoted total length 84
    1c 46                                            # quoted identification
    00 00                                            # quoted flags and fragment offset
    01                                               # quoted TTL 1
    01                                               # quoted protocol
    b1 27                                            # quoted header checksum
    c0 00 02 01                                      # quoted source 192.0.2.1
    c6 33 64 07                                      # quoted destination 198.51.100.7
    08 00                                            # quoted echo request
    f7 f9                                            # quoted checksum
    00 2a                                            # quoted identifier
    00 05                                            # quoted sequence
    """)

  /// A fragmentation needed that quotes 8 bytes of a UDP probe.
  static let fragmentationNeededUDP = Sample(
    "fragmentationNeededUDP",
    """
    03                                               # type unreachable
    04                                               # code fragmentation needed
    27 0e                                            # ICMP checksum
    00 00                                            # unused
    05 78                                            # next-hop MTU 1400
    45                                               # quoted version 4, header length 20
    00                                               # quoted type of service
    05 dc                                            # quoted total length 1500
    1c 46                                            # quoted identification
    00 00                                            # quoted flags and fragment offset
    01                                               # quoted TTL 1
    11                                               # quoted protocol
    ab 8f                                            # quoted header checksum
    c0 00 02 01                                      # quoted source 192.0.2.1
    c6 33 64 07                                      # quoted destination 198.51.100.7
    9c 40                                            # quoted source port 40000
    82 9f                                            # quoted destination port 33439
    05 c8                                            # quoted UDP length 1480
    ab cd                                            # quoted UDP checksum
    """)

  /// An administratively prohibited that quotes 8 bytes of a TCP probe.
  static let prohibitedTCP = Sample(
    "prohibitedTCP",
    """
    03                                               # type unreachable
    0d                                               # code administratively prohibited
    cf 3a                                            # ICMP checksum
    00 00 00 00                                      # unused
    45                                               # quoted version 4, header length 20
    00                                               # quoted type of service
    00 28                                            # quoted total length 40
    1c 46                                            # quoted identification
    00 00                                            # quoted flags and fragment offset
    01                                               # quoted TTL 1
    06                                               # quoted protocol
    b1 4e                                            # quoted header checksum
    c0 00 02 01                                      # quoted source 192.0.2.1
    c6 33 64 07                                      # quoted destination 198.51.100.7
    c3 50                                            # quoted source port 50000
    01 bb                                            # quoted destination port 443
    12 34 56 78                                      # quoted sequence
    """)

  /// A packet too big from 2001:db8:1::5 to 2001:db8::1 that quotes UDP behind hop-by-hop options.
  static let packetTooBigUDP = Sample(
    "packetTooBigUDP",
    """
    02                                               # type packet too big
    00                                               # code
    8e 0a                                            # ICMP checksum
    00 00 05 00                                      # MTU 1280
    60 00 00 00                                      # quoted version 6, traffic class, flow label
    05 b4                                            # quoted payload length 1460
    00                                               # quoted next header
    01                                               # quoted hop limit 1
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01  # quoted source 2001:db8::1
    20 01 0d b8 ff ff 00 00 00 00 00 00 00 00 00 07  # quoted destination 2001:db8:ffff::7
    11 00 05 02 00 00 01 00                          # quoted hop-by-hop: next header UDP
    9c 40                                            # quoted source port 40000
    82 9f                                            # quoted destination port 33439
    05 ac                                            # quoted UDP length 1452
    ab cd                                            # quoted UDP checksum
    66 74                                            # quoted payload
    """)
}
