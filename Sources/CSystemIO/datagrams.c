#define _GNU_SOURCE
#include "csio_datagrams.h"

#include <errno.h>
#include <time.h>

#include <linux/errqueue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "addresses.h"

#ifndef SCM_TS_OPT_ID
#define SCM_TS_OPT_ID 81
#endif

enum {
  // Stamp (64), TTL (24), extended error and offender (64): 152 bytes; room to spare, for options that a kernel adds.
  receive_control_size = 256,
  // TTL or hop limit (24), packet information (40), identifier (24).
  send_control_size = 96,
};

/// Reads one control message into the record.
static void read_control(const struct cmsghdr *control, csio_arrival *arrival) {
  const unsigned char *data = CMSG_DATA(control);
  size_t size = control->cmsg_len - CMSG_LEN(0);
  int level = control->cmsg_level, type = control->cmsg_type;

  if (level == SOL_SOCKET && (type == SO_TIMESTAMPING || type == SO_TIMESTAMPNS) && size >= sizeof(struct timespec)) {
    // Both begin with the software stamp; SO_TIMESTAMPING goes on with two hardware ones.
    struct timespec stamp;
    memcpy(&stamp, data, sizeof stamp);
    arrival->stamp = stamp.tv_sec * 1000000000 + stamp.tv_nsec;
  } else if (
      ((level == IPPROTO_IP && type == IP_TTL) || (level == IPPROTO_IPV6 && type == IPV6_HOPLIMIT)) &&
      size >= sizeof(int)) {
    int hop_limit;
    memcpy(&hop_limit, data, sizeof hop_limit);
    arrival->hop_limit = (int16_t)hop_limit;
  } else if (
      ((level == IPPROTO_IP && type == IP_RECVERR) || (level == IPPROTO_IPV6 && type == IPV6_RECVERR)) &&
      size >= sizeof(struct sock_extended_err)) {
    struct sock_extended_err error;
    memcpy(&error, data, sizeof error);
    if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) {
      arrival->kind = csio_kind_departure;
      arrival->departure = error.ee_data;
      return;
    }
    int is_icmp = error.ee_origin == SO_EE_ORIGIN_ICMP || error.ee_origin == SO_EE_ORIGIN_ICMP6;
    arrival->kind = is_icmp ? csio_kind_error : csio_kind_local_error;
    arrival->error_number = error.ee_errno;
    arrival->error_info = error.ee_info;
    arrival->error_type = error.ee_type;
    arrival->error_code = error.ee_code;
    if (error.ee_rfc4884.len > 0 && !(error.ee_rfc4884.flags & SO_EE_RFC4884_FLAG_INVALID)) {
      arrival->extension_offset = error.ee_rfc4884.len;
    }
    // The offender follows the record; its length is what is left.
    arrival->source = csio_from_sockaddr((const struct sockaddr *)(data + sizeof error), size - sizeof error);
  }
}

int csio_receive(
    int socket, int from_error_queue, csio_arrival *arrivals, int count, uint8_t *slots, uint32_t slot_size) {
  struct mmsghdr messages[csio_receive_max];
  struct iovec pieces[csio_receive_max];
  struct sockaddr_storage names[csio_receive_max];
  union {
    struct cmsghdr alignment;
    unsigned char bytes[receive_control_size];
  } controls[csio_receive_max];

  if (count > csio_receive_max) count = csio_receive_max;
  for (int i = 0; i < count; i++) {
    pieces[i] = (struct iovec){.iov_base = slots + (size_t)i * slot_size, .iov_len = slot_size};
    messages[i].msg_hdr = (struct msghdr){
        .msg_name = &names[i],
        .msg_namelen = sizeof names[i],
        .msg_iov = &pieces[i],
        .msg_iovlen = 1,
        .msg_control = controls[i].bytes,
        .msg_controllen = receive_control_size,
    };
  }
  int flags = MSG_DONTWAIT | (from_error_queue ? MSG_ERRQUEUE : 0);
  int found = recvmmsg(socket, messages, count, flags, NULL);
  if (found < 0) return -errno;

  for (int i = 0; i < found; i++) {
    struct msghdr *header = &messages[i].msg_hdr;
    csio_arrival *arrival = &arrivals[i];
    *arrival = (csio_arrival){.length = messages[i].msg_len, .hop_limit = -1, .extension_offset = -1};
    csio_address name = csio_from_sockaddr(header->msg_name, header->msg_namelen);
    if (from_error_queue) {
      arrival->destination = name;
    } else {
      arrival->source = name;
    }
    for (struct cmsghdr *control = CMSG_FIRSTHDR(header); control; control = CMSG_NXTHDR(header, control)) {
      read_control(control, arrival);
    }
  }
  return found;
}

/// Appends a control message; the buffer is large enough by construction.
static void append_control(struct msghdr *header, int level, int type, const void *data, size_t size) {
  struct cmsghdr *control = (struct cmsghdr *)((unsigned char *)header->msg_control + header->msg_controllen);
  control->cmsg_level = level;
  control->cmsg_type = type;
  control->cmsg_len = CMSG_LEN(size);
  memcpy(CMSG_DATA(control), data, size);
  header->msg_controllen += CMSG_SPACE(size);
}

static void append_controls(struct msghdr *header, const csio_departure *departure) {
  int is_ipv6 = departure->destination.family == 6;
  int hop_limit = departure->hop_limit;
  append_control(header, is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP, is_ipv6 ? IPV6_HOPLIMIT : IP_TTL, &hop_limit, sizeof hop_limit);
  if (departure->source.family != 0 || departure->interface != 0) {
    struct sockaddr_storage storage;
    csio_to_sockaddr(&departure->source, &storage);
    if (is_ipv6) {
      struct in6_pktinfo information = {.ipi6_ifindex = departure->interface};
      information.ipi6_addr = ((struct sockaddr_in6 *)&storage)->sin6_addr;
      append_control(header, IPPROTO_IPV6, IPV6_PKTINFO, &information, sizeof information);
    } else {
      struct in_pktinfo information = {.ipi_ifindex = (int)departure->interface};
      information.ipi_spec_dst = ((struct sockaddr_in *)&storage)->sin_addr;
      append_control(header, IPPROTO_IP, IP_PKTINFO, &information, sizeof information);
    }
  }
  if (departure->has_identifier) {
    append_control(header, SOL_SOCKET, SCM_TS_OPT_ID, &departure->identifier, sizeof departure->identifier);
  }
}

int csio_send(int socket, const uint8_t *bytes, const csio_departure *departures, int count) {
  struct mmsghdr messages[csio_send_max];
  struct iovec pieces[csio_send_max];
  struct sockaddr_storage names[csio_send_max];
  union {
    struct cmsghdr alignment;
    unsigned char bytes[send_control_size];
  } controls[csio_send_max];

  if (count > csio_send_max) count = csio_send_max;
  for (int i = 0; i < count; i++) {
    const csio_departure *departure = &departures[i];
    pieces[i] = (struct iovec){.iov_base = (void *)(bytes + departure->offset), .iov_len = departure->length};
    struct msghdr *header = &messages[i].msg_hdr;
    *header = (struct msghdr){
        .msg_name = &names[i],
        .msg_namelen = csio_to_sockaddr(&departure->destination, &names[i]),
        .msg_iov = &pieces[i],
        .msg_iovlen = 1,
        .msg_control = controls[i].bytes,
        .msg_controllen = 0,
    };
    append_controls(header, departure);
  }
  int sent = sendmmsg(socket, messages, count, MSG_DONTWAIT);
  return sent < 0 ? -errno : sent;
}

int csio_send_datagrams(int socket, const uint8_t *bytes, const uint32_t *lengths, int count) {
  struct mmsghdr messages[csio_send_max];
  struct iovec pieces[csio_send_max];

  if (count > csio_send_max) count = csio_send_max;
  for (int i = 0; i < count; i++) {
    pieces[i] = (struct iovec){.iov_base = (void *)bytes, .iov_len = lengths[i]};
    messages[i].msg_hdr = (struct msghdr){.msg_iov = &pieces[i], .msg_iovlen = 1};
    bytes += lengths[i];
  }
  int sent = sendmmsg(socket, messages, count, MSG_DONTWAIT);
  return sent < 0 ? -errno : sent;
}

int csio_datagram_pair(int *first, int *second) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) < 0) return -errno;
  for (int i = 0; i < 2; i++) {
    int result = csio_want_receipt_stamps_old(ends[i]);
    if (result == 0) continue;
    close(ends[0]);
    close(ends[1]);
    return result;
  }
  *first = ends[0];
  *second = ends[1];
  return 0;
}

int csio_send_buffer(int socket, int bytes) {
  if (setsockopt(socket, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) == 0) return 0;
  return setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes) < 0 ? -errno : 0;
}

int csio_knows_departure_identifiers(void) {
  int socket = csio_udp_socket(0);
  if (socket < 0) return socket;
  int result = csio_want_stamps(socket);
  if (result == 0) {
    csio_departure departure = {
        .destination = {.low = 0xffffffff, .port = 9, .family = 4}, .has_identifier = 1, .hop_limit = 1};
    result = csio_send(socket, (const uint8_t *)"", &departure, 1);
    // Without the control message: EINVAL. With it: EACCES, or whatever else routing says.
    result = result != -EINVAL;
  }
  close(socket);
  return result;
}
