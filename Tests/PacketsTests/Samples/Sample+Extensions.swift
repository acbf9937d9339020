extension Sample {
  /// A time exceeded with two MPLS labels behind a quote whose length is announced.
  static let timeExceededMPLS = Sample(
    "timeExceededMPLS",
    """
    0b                                               # type time exceeded
    00                                               # code in transit
    2a 0a                                            # ICMP checksum
    00                                               # unused
    20                                               # length of the quote 32 words
    00 00                                            # unused
    45                                               # quoted version 4, header length 20
    00                                               # quoted type of service
    00 3c                                            # quoted total length 60
    1c 46                                            # quoted identification
    00 00                                            # quoted flags and fragment offset
    01                                               # quoted TTL 1
    11                                               # quoted protocol
    b1 2f                                            # quoted header checksum
    c0 00 02 01                                      # quoted source 192.0.2.1
    c6 33 64 07                                      # quoted destination 198.51.100.7
    9c 40                                            # quoted source port 40000
    82 9f                                            # quoted destination port 33439
    00 28                                            # quoted UDP length 40
    ab cd                                            # quoted UDP checksum
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # payload and padding to 128
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00
    20 00                                            # extension version 2
    c3 16                                            # extension checksum
    00 0c 01 01                                      # object length 12, MPLS, incoming stack
    05 dc 0a fe                                      # label 24000, traffic class 5, TTL 254
    00 01 0b 01                                      # label 16, traffic class 5, bottom, TTL 1
    """)

  /// The same in the layout from before RFC 4884, which announces nothing.
  static let legacyMPLS = Sample(
    "legacyMPLS",
    """
    0b                                               # type time exceeded
    00                                               # code in transit
    2a 2a                                            # ICMP checksum
    00 00 00 00                                      # unused, length 0: the legacy layout
    45                                               # quoted version 4, header length 20
    00                                               # quoted type of service
    00 3c                                            # quoted total length 60
    1c 46                                            # quoted identification
    00 00                                            # quoted flags and fragment offset
    01                                               # quoted TTL 1
    11                                               # quoted protocol
    b1 2f                                            # quoted header checksum
    c0 00 02 01                                      # quoted source 192.0.2.1
    c6 33 64 07                                      # quoted destination 198.51.100.7
    9c 40                                            # quoted source port 40000
    82 9f                                            # quoted destination port 33439
    00 28                                            # quoted UDP length 40
    ab cd                                            # quoted UDP checksum
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # payload and padding to 128
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00
    20 00                                            # extension version 2
    c3 16                                            # extension checksum
    00 0c 01 01                                      # object length 12, MPLS, incoming stack
    05 dc 0a fe                                      # label 24000, traffic class 5, TTL 254
    00 01 0b 01                                      # label 16, traffic class 5, bottom, TTL 1
    """)

  /// An ICMPv6 time exceeded from 2001:db8:1::5 to 2001:db8::1 with an interface, whose name is hostile, and an unknown object.
  static let timeExceededInterface = Sample(
    "timeExceededInterface",
    """
    03                                               # type time exceeded
    00                                               # code in transit
    4b 89                                            # ICMP checksum
    10                                               # length of the quote 16 double words
    00 00 00                                         # unused
    60 0a bc de                                      # quoted version 6, traffic class, flow label
    00 3c                                            # quoted payload length 60
    3a                                               # quoted next header
    01                                               # quoted hop limit 1
    20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01  # quoted source 2001:db8::1
    20 01 0d b8 ff ff 00 00 00 00 00 00 00 00 00 07  # quoted destination 2001:db8:ffff::7
    80 00                                            # quoted echo request
    12 34                                            # quoted checksum
    00 2a                                            # quoted identifier
    00 05                                            # quoted sequence
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  # payload and padding to 128
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
    20 00                                            # extension version 2
    ab f5                                            # extension checksum
    00 2c 02 0f                                      # object length 44, interface, incoming: index, address, name, MTU
    00 00 00 11                                      # index 17
    00 02 00 00                                      # address family IPv6
    20 01 0d b8 00 01 00 00 00 00 00 00 00 00 00 05  # address 2001:db8:1::5
    0c 67 65 2d 30 2f 30 2f 31 1b 00 00              # name length 12: ge-0/0/1, escape, padding
    00 00 05 dc                                      # MTU 1500
    00 07 f7 09                                      # object length 7, class 247, type 9
    01 02 03                                         # unknown bytes
    """)
}
