#pragma once
// Datagrams in and out, many a call, each as one flat record.

#include "csio_sockets.h"

/// What an arrival is.
enum {
  /// A datagram for the socket.
  csio_kind_datagram = 0,
  /// An ICMP or ICMPv6 error about something that the socket sent; the bytes are what it quotes of the message.
  csio_kind_error = 1,
  /// The kernel's stamp of a departure; no bytes.
  csio_kind_departure = 2,
  /// An error of this host's own (for example "message too long").
  csio_kind_local_error = 3,
};

/// One datagram or entry of the error queue, with everything that came beside it.
typedef struct {
  /// CLOCK_REALTIME in nanoseconds; 0 when the kernel took none.
  int64_t stamp;
  /// Who sent it; of an error, who reports it (family 0 when the kernel does not say).
  csio_address source;
  /// Of an error: where the message had been sent.
  csio_address destination;
  /// Bytes in the slot of this arrival; what did not fit is cut off.
  uint32_t length;
  /// Of a departure: the identifier that it was sent with, or its number on the socket.
  uint32_t departure;
  /// Of an error: errno, and the ICMP message's own value (next-hop MTU).
  uint32_t error_number;
  uint32_t error_info;
  /// Of an error: where in the bytes RFC 4884 extensions begin; -1 when there are none, or when their checksum is wrong.
  int32_t extension_offset;
  /// TTL or hop limit of the packet that arrived; -1 when the kernel did not say.
  int16_t hop_limit;
  uint8_t kind;
  /// Of an error: ICMP type and code.
  uint8_t error_type;
  uint8_t error_code;
} csio_arrival;

/// One message to send.
typedef struct {
  csio_address destination;
  /// Family 0 lets routing choose.
  csio_address source;
  /// Where the message lies in the bytes given beside it.
  uint32_t offset;
  uint32_t length;
  /// 0 lets routing choose.
  uint32_t interface;
  /// What the stamp of its departure will carry, if has_identifier (Linux 6.13).
  uint32_t identifier;
  uint8_t has_identifier;
  uint8_t hop_limit;
} csio_departure;

enum {
  /// The most arrivals that one csio_receive returns.
  csio_receive_max = 32,
  /// The most messages that one csio_send takes.
  csio_send_max = 64,
};

/// Receives up to csio_receive_max datagrams, or entries of the error queue, without waiting; the bytes of arrival n go to
/// `slots + n * slot_size`. Returns how many, or -errno (-EAGAIN when there are none).
/// C because the control messages of recvmmsg are walked with macros.
int csio_receive(
    int socket, int from_error_queue, csio_arrival *arrivals, int count, uint8_t *slots, uint32_t slot_size);

/// Sends up to csio_send_max messages in order, each with its own hop limit, source and interface. Returns how many were
/// taken, at least 1, or -errno of the first.
/// C because the control messages of sendmmsg are built with macros.
int csio_send(int socket, const uint8_t *bytes, const csio_departure *departures, int count);

/// Whether the kernel takes an identifier with a message (SCM_TS_OPT_ID, Linux 6.13): 1, 0, or -errno. Sends nothing: the message
/// goes to the broadcast address, which the kernel refuses after it has read the control messages.
/// C because sendmsg's control messages are built with macros.
int csio_knows_departure_identifiers(void);

/// A pair of connected datagram sockets, non-blocking, closed on exec, each of which stamps what it receives
/// (SO_TIMESTAMPNS: a pair takes SO_TIMESTAMPING, but stamps nothing for it). Returns 0 or -errno.
/// C because of the SOCK_ enum.
int csio_datagram_pair(int *first, int *second);

/// Sends up to csio_send_max datagrams on a connected socket; they lie in `bytes` one after the other, with these
/// lengths. Returns how many were taken, at least 1, or -errno of the first.
/// C because sendmmsg is hidden behind _GNU_SOURCE.
int csio_send_datagrams(int socket, const uint8_t *bytes, const uint32_t *lengths, int count);

/// Lets so many bytes wait for the reader of the other end: beyond net.core.wmem_max (SO_SNDBUFFORCE) where that is
/// allowed (CAP_NET_ADMIN), else up to it.
/// C because the constants are missing from the Glibc module.
int csio_send_buffer(int socket, int bytes);
