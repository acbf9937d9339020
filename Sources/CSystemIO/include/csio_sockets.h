#pragma once
// Sockets for probes: made, tuned and asked. Every `ipv6` is 0 for IPv4, 1 for IPv6.

#include <stdint.h>

/// An address and a port in host order, flat, as IPAddress of Packets has it.
typedef struct {
  /// The first half of an IPv6 address; 0 for IPv4.
  uint64_t high;
  /// The second half of an IPv6 address; the 32 bits of an IPv4 one.
  uint64_t low;
  /// 0 where there is none; on a ping socket the ICMP identifier.
  uint16_t port;
  /// 4, 6, or 0 when there is no address.
  uint8_t family;
} csio_address;

/// One instruction of a classic BPF program, laid out as struct sock_filter.
typedef struct {
  uint16_t code;
  uint8_t if_true;
  uint8_t if_false;
  uint32_t value;
} csio_filter_instruction;

/// A raw ICMP or ICMPv6 socket, non-blocking, closed on exec.
/// C because SOCK_RAW and its flags are an enum in the importer's eyes, and a sum of them is none of its cases.
int csio_raw_icmp_socket(int ipv6);

/// An ICMP or ICMPv6 datagram ("ping") socket, non-blocking, closed on exec.
/// C because of the SOCK_ enum.
int csio_ping_socket(int ipv6);

/// A UDP socket, non-blocking, closed on exec; one for IPv6 takes no IPv4.
/// C because of the SOCK_ enum.
int csio_udp_socket(int ipv6);

/// Binds to the wildcard address of the family and a port (on a ping socket: an identifier) of the kernel's choice.
/// C because of the sockaddr family of casts.
int csio_bind_any(int socket, int ipv6);

/// Binds to an address, whose port may be 0.
/// C because of the sockaddr family of casts.
int csio_bind(int socket, const csio_address *address);

/// Connects to an address: for a UDP socket a look-up of the route.
/// C because of the sockaddr family of casts.
int csio_connect(int socket, const csio_address *address);

/// Reads the socket's own end.
/// C because of the sockaddr family of casts.
int csio_local_address(int socket, csio_address *address);

/// Asks for the TTL or hop limit of what arrives (IP_RECVTTL, IPV6_RECVHOPLIMIT).
/// C because IPV6_RECVHOPLIMIT shares its header with macros that the importer drops.
int csio_want_hop_limits(int socket, int ipv6);

/// Asks for ICMP errors in the error queue (IP_RECVERR, IPV6_RECVERR).
/// C because linux/errqueue.h is not in the Glibc module.
int csio_want_errors(int socket, int ipv6);

/// Asks for RFC 4884 extension objects with those errors (IP_RECVERR_RFC4884 26, IPV6_RECVERR_RFC4884 31; Linux 5.9).
/// C because the C library does not define either option.
int csio_want_extensions(int socket, int ipv6);

/// On: sets "don't fragment" and ignores what is known of the path's MTU (IP_PMTUDISC_PROBE). Off: lets this host and,
/// over IPv4, routers fragment (IP_PMTUDISC_DONT).
/// C because the constants are missing from the Glibc module.
int csio_dont_fragment(int socket, int ipv6, int on);

/// Gives IPv6 packets the flow label 0, so that the label does not change the flow (IPV6_AUTOFLOWLABEL off).
/// C because the C library does not define the option.
int csio_no_flow_label(int socket);

/// Asks for software stamps of receipt and departure, departures without their packets and with an identifier each
/// (SO_TIMESTAMPING; SOF_TIMESTAMPING_OPT_ID, OPT_TSONLY).
/// C because linux/net_tstamp.h is not in the Glibc module.
int csio_want_stamps(int socket);

/// Asks for stamps of receipt only (SO_TIMESTAMPING without the transmit flags), and so ends those of departure.
/// C because linux/net_tstamp.h is not in the Glibc module.
int csio_want_receipt_stamps(int socket);

/// Asks for stamps of receipt by the older option (SO_TIMESTAMPNS).
/// C because the constant is missing from the Glibc module.
int csio_want_receipt_stamps_old(int socket);

/// Sets the receive buffer beyond net.core.rmem_max (SO_RCVBUFFORCE; needs CAP_NET_ADMIN).
/// C because the constant is missing from the Glibc module.
int csio_force_receive_buffer(int socket, int bytes);

/// Sets the receive buffer up to net.core.rmem_max (SO_RCVBUF).
/// C because it stands beside the one above.
int csio_ask_receive_buffer(int socket, int bytes);

/// Takes only what a classic BPF program accepts (SO_ATTACH_FILTER).
/// C because struct sock_fprog holds a pointer into the caller's array.
int csio_attach_filter(int socket, const csio_filter_instruction *program, int count);

/// Takes only these types of ICMPv6 message (ICMP6_FILTER).
/// C because ICMP6_FILTER_SETPASS is a macro with arguments.
int csio_pass_icmpv6_types(int socket, const uint8_t *types, int count);

/// How many packets the kernel dropped for want of room (SO_MEMINFO, SK_MEMINFO_DROPS).
/// C because linux/sock_diag.h is not in the Glibc module.
int64_t csio_drops(int socket);

/// Takes the pending error of the socket away (SO_ERROR): its errno, 0 when there was none, or -errno of getsockopt.
/// C because it stands beside the ones above.
int csio_take_pending_error(int socket);
