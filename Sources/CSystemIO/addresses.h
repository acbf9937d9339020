#pragma once
// csio_address to and from struct sockaddr, shared by the files of this module.

#include <endian.h>
#include <netinet/in.h>
#include <string.h>

#include "csio_sockets.h"

/// Fills a socket address; returns its length, 0 for a family that is neither 4 nor 6.
static inline socklen_t csio_to_sockaddr(const csio_address *address, struct sockaddr_storage *storage) {
  memset(storage, 0, sizeof(struct sockaddr_in6));
  if (address->family == 4) {
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)storage;
    ipv4->sin_family = AF_INET;
    ipv4->sin_port = htobe16(address->port);
    ipv4->sin_addr.s_addr = htobe32((uint32_t)address->low);
    return sizeof *ipv4;
  }
  if (address->family == 6) {
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)storage;
    uint64_t halves[2] = {htobe64(address->high), htobe64(address->low)};
    ipv6->sin6_family = AF_INET6;
    ipv6->sin6_port = htobe16(address->port);
    memcpy(&ipv6->sin6_addr, halves, sizeof halves);
    return sizeof *ipv6;
  }
  return 0;
}

/// Reads a socket address of `length` bytes; family 0 when it is neither IPv4 nor IPv6.
static inline csio_address csio_from_sockaddr(const struct sockaddr *storage, socklen_t length) {
  csio_address address = {0};
  if (length >= sizeof(struct sockaddr_in) && storage->sa_family == AF_INET) {
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)storage;
    address.low = be32toh(ipv4->sin_addr.s_addr);
    address.port = be16toh(ipv4->sin_port);
    address.family = 4;
  } else if (length >= sizeof(struct sockaddr_in6) && storage->sa_family == AF_INET6) {
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)storage;
    uint64_t halves[2];
    memcpy(halves, &ipv6->sin6_addr, sizeof halves);
    address.high = be64toh(halves[0]);
    address.low = be64toh(halves[1]);
    address.port = be16toh(ipv6->sin6_port);
    address.family = 6;
  }
  return address;
}
