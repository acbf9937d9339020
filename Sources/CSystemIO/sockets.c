#define _GNU_SOURCE
#include "csio_sockets.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <netinet/icmp6.h>
#include <sys/socket.h>

#include "addresses.h"

static int or_errno(int result) { return result < 0 ? -errno : result; }

static int open_socket(int ipv6, int type, int protocol) {
  return or_errno(socket(ipv6 ? AF_INET6 : AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

static int set(int socket, int level, int option, int value) {
  return or_errno(setsockopt(socket, level, option, &value, sizeof value));
}

/// Sets the option of one family or of the other.
static int set_either(int socket, int ipv6, int ipv4_option, int ipv6_option, int value) {
  return ipv6 ? set(socket, IPPROTO_IPV6, ipv6_option, value) : set(socket, IPPROTO_IP, ipv4_option, value);
}

int csio_raw_icmp_socket(int ipv6) { return open_socket(ipv6, SOCK_RAW, ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP); }

int csio_ping_socket(int ipv6) { return open_socket(ipv6, SOCK_DGRAM, ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP); }

int csio_udp_socket(int ipv6) { return open_socket(ipv6, SOCK_DGRAM, IPPROTO_UDP); }

int csio_bind(int socket, const csio_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = csio_to_sockaddr(address, &storage);
  return or_errno(bind(socket, (struct sockaddr *)&storage, length));
}

int csio_bind_any(int socket, int ipv6) {
  csio_address any = {.family = ipv6 ? 6 : 4};
  return csio_bind(socket, &any);
}

int csio_connect(int socket, const csio_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = csio_to_sockaddr(address, &storage);
  return or_errno(connect(socket, (struct sockaddr *)&storage, length));
}

int csio_local_address(int socket, csio_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (getsockname(socket, (struct sockaddr *)&storage, &length) < 0) return -errno;
  *address = csio_from_sockaddr((struct sockaddr *)&storage, length);
  return 0;
}

int csio_want_hop_limits(int socket, int ipv6) {
  return set_either(socket, ipv6, IP_RECVTTL, IPV6_RECVHOPLIMIT, 1);
}

int csio_want_errors(int socket, int ipv6) { return set_either(socket, ipv6, IP_RECVERR, IPV6_RECVERR, 1); }

int csio_want_extensions(int socket, int ipv6) {
  return set_either(socket, ipv6, IP_RECVERR_RFC4884, IPV6_RECVERR_RFC4884, 1);
}

int csio_dont_fragment(int socket, int ipv6, int on) {
  return ipv6 ? set(socket, IPPROTO_IPV6, IPV6_MTU_DISCOVER, on ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_DONT)
              : set(socket, IPPROTO_IP, IP_MTU_DISCOVER, on ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT);
}

int csio_no_flow_label(int socket) { return set(socket, IPPROTO_IPV6, IPV6_AUTOFLOWLABEL, 0); }

int csio_want_stamps(int socket) {
  return set(
      socket, SOL_SOCKET, SO_TIMESTAMPING,
      SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
          SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY);
}

int csio_want_receipt_stamps(int socket) {
  return set(socket, SOL_SOCKET, SO_TIMESTAMPING, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE);
}

int csio_want_receipt_stamps_old(int socket) { return set(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1); }

int csio_force_receive_buffer(int socket, int bytes) { return set(socket, SOL_SOCKET, SO_RCVBUFFORCE, bytes); }

int csio_ask_receive_buffer(int socket, int bytes) { return set(socket, SOL_SOCKET, SO_RCVBUF, bytes); }

_Static_assert(sizeof(csio_filter_instruction) == sizeof(struct sock_filter), "laid out as struct sock_filter");

int csio_attach_filter(int socket, const csio_filter_instruction *program, int count) {
  struct sock_fprog filter = {.len = (unsigned short)count, .filter = (struct sock_filter *)program};
  return or_errno(setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

int csio_pass_icmpv6_types(int socket, const uint8_t *types, int count) {
  struct icmp6_filter filter;
  ICMP6_FILTER_SETBLOCKALL(&filter);
  for (int i = 0; i < count; i++) ICMP6_FILTER_SETPASS(types[i], &filter);
  return or_errno(setsockopt(socket, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter));
}

int64_t csio_drops(int socket) {
  uint32_t memory[SK_MEMINFO_VARS] = {0};
  socklen_t length = sizeof memory;
  if (getsockopt(socket, SOL_SOCKET, SO_MEMINFO, memory, &length) < 0) return -errno;
  return memory[SK_MEMINFO_DROPS];
}

int csio_take_pending_error(int socket) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
  return error;
}
