// yardstick: what a probe costs a plain C loop, and its round-trip time between two kernel stamps.
//
//   yardstick ADDRESS HOPS ROUNDS WINDOW [RATE]
//
// Sends ROUNDS ICMP echo requests at each TTL of 1...HOPS, at most WINDOW in flight, on one raw IPv4 socket with sendmmsg
// (with RATE evenly, so many a second, which takes a processor),
// and reads replies and the stamps of both directions with recvmmsg. Prints `probes= lost= cpu_us= rtt_us=`: counts, user
// and system time a probe, and the median over all hops of the round-trip time; then one `hop= rtt_us=` line for each TTL.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch = 64, maxPacket = 512, maxControl = 256, maxProbes = 1 << 20, silenceMs = 1000, payloadBytes = 32 };

typedef struct {
  struct icmphdr header;
  char payload[payloadBytes];
} Echo;

static int hops, window, total, sent, matched, rate;
static long long begun;  // nanoseconds of CLOCK_MONOTONIC
static long long departure[maxProbes], arrival[maxProbes];  // nanoseconds of CLOCK_REALTIME; 0: not known
static int current[1 << 16];                                // probe number by sequence number
static unsigned short identifier;

static void fail(const char *what) {
  fprintf(stderr, "yardstick: %s: %s\n", what, strerror(errno));
  exit(1);
}

static unsigned short checksum(const void *bytes, int length) {
  const unsigned short *words = bytes;
  unsigned sum = 0;
  for (int i = 0; i < length / 2; i++) sum += words[i];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum;
}

static int openSocket(void) {
  int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP), size = 4 << 20;
  if (fd < 0) fail("socket");
  int stamps = SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_TX_SOFTWARE |
               SOF_TIMESTAMPING_OPT_ID | SOF_TIMESTAMPING_OPT_TSONLY;
  if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps) < 0) fail("SO_TIMESTAMPING");
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) fail("SO_RCVBUFFORCE");
  return fd;
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

// How many probes should have been sent by now.
static int due(void) { return rate ? (now() - begun) * rate / 1000000000LL : total; }

// Sends as many probes as the window has room for, at most a batch.
static void sendSome(int fd, struct sockaddr_in *target) {
  static Echo packets[batch];
  static char control[batch][CMSG_SPACE(sizeof(int))];
  struct mmsghdr messages[batch];
  struct iovec parts[batch];
  int count = window - (sent - matched);
  if (count > total - sent) count = total - sent;
  if (count > due() - sent) count = due() - sent;
  if (count > batch) count = batch;
  for (int i = 0; i < count; i++) {
    int probe = sent + i, ttl = probe % hops + 1;
    packets[i].header = (struct icmphdr){.type = ICMP_ECHO, .un.echo = {identifier, htons(probe & 0xffff)}};
    packets[i].header.checksum = checksum(&packets[i], sizeof packets[i]);
    current[probe & 0xffff] = probe;
    parts[i] = (struct iovec){&packets[i], sizeof packets[i]};
    struct cmsghdr *message = (struct cmsghdr *)control[i];
    *message = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof ttl), .cmsg_level = IPPROTO_IP, .cmsg_type = IP_TTL};
    memcpy(CMSG_DATA(message), &ttl, sizeof ttl);
    messages[i].msg_hdr = (struct msghdr){.msg_name = target, .msg_namelen = sizeof *target, .msg_iov = &parts[i],
      .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = sizeof control[i]};
  }
  if (count <= 0) return;
  int done = sendmmsg(fd, messages, count, 0);
  if (done < 0) fail("sendmmsg");
  sent += done;
}

// The number of the probe that a packet answers or quotes, or -1.
static int probeOf(const unsigned char *packet, int length) {
  int at = (packet[0] & 15) * 4;
  if (length < at + 8) return -1;
  if (packet[at] == ICMP_TIME_EXCEEDED || packet[at] == ICMP_DEST_UNREACH) {
    int quoted = at + 8;
    if (length < quoted + 20) return -1;
    at = quoted + (packet[quoted] & 15) * 4;
    if (length < at + 8 || packet[at] != ICMP_ECHO) return -1;
  } else if (packet[at] != ICMP_ECHOREPLY) {
    return -1;
  }
  struct icmphdr header;
  memcpy(&header, packet + at, sizeof header);
  return header.un.echo.id == identifier ? current[ntohs(header.un.echo.sequence)] : -1;
}

// Reads a batch of replies, or of transmit stamps when flags is MSG_ERRQUEUE. Returns how many were read.
static int receiveSome(int fd, int flags) {
  static unsigned char packets[batch][maxPacket], control[batch][maxControl];
  struct mmsghdr messages[batch];
  struct iovec parts[batch];
  for (int i = 0; i < batch; i++) {
    parts[i] = (struct iovec){packets[i], maxPacket};
    messages[i].msg_hdr = (struct msghdr){
      .msg_iov = &parts[i], .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = maxControl};
  }
  int count = recvmmsg(fd, messages, batch, MSG_DONTWAIT | flags, NULL);
  for (int i = 0; i < count; i++) {
    long long stamp = 0;
    int probe = flags ? -1 : probeOf(packets[i], messages[i].msg_len);
    struct msghdr *header = &messages[i].msg_hdr;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(header); part; part = CMSG_NXTHDR(header, part)) {
      if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPING) {
        struct scm_timestamping stamps;
        memcpy(&stamps, CMSG_DATA(part), sizeof stamps);
        stamp = stamps.ts[0].tv_sec * 1000000000LL + stamps.ts[0].tv_nsec;
      } else if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) {
        struct sock_extended_err error;
        memcpy(&error, CMSG_DATA(part), sizeof error);
        if (error.ee_origin == SO_EE_ORIGIN_TIMESTAMPING) probe = error.ee_data;
      }
    }
    if (probe < 0 || probe >= sent) continue;
    if (flags) {
      departure[probe] = stamp;
    } else if (!arrival[probe]) {
      arrival[probe] = stamp;
      matched++;
    }
  }
  return count;
}

static int ascending(const void *a, const void *b) {
  double left = *(const double *)a, right = *(const double *)b;
  return (left > right) - (left < right);
}

// The median round-trip time in microseconds, of the probes number first, first + step, ...
static double medianRTT(int first, int step) {
  static double times[maxProbes];
  int count = 0;
  for (int probe = first; probe < total; probe += step)
    if (departure[probe] && arrival[probe]) times[count++] = (arrival[probe] - departure[probe]) / 1e3;
  qsort(times, count, sizeof *times, ascending);
  return count ? times[count / 2] : 0;
}

static double processorTime(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
}

int main(int argc, char **argv) {
  struct sockaddr_in target = {.sin_family = AF_INET};
  if ((argc != 5 && argc != 6) || inet_pton(AF_INET, argv[1], &target.sin_addr) != 1)
    return fprintf(stderr, "usage: yardstick ADDRESS HOPS ROUNDS WINDOW [RATE]\n"), 2;
  hops = atoi(argv[2]);
  total = hops * atoi(argv[3]);
  window = atoi(argv[4]);
  rate = argc == 6 ? atoi(argv[5]) : 0;
  if (hops < 1 || total < 1 || total > maxProbes || window < 1 || window >= 1 << 15) return 2;
  identifier = getpid();
  int fd = openSocket();
  double start = processorTime();
  begun = now();
  long long heard = begun;
  while (matched < total) {
    sendSome(fd, &target);
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    int ready = poll(&wait, 1, rate ? 0 : silenceMs);
    if (ready > 0) heard = now();
    if (ready == 0 && (!rate || now() - heard > silenceMs * 1000000LL)) break;
    if (ready == 0) continue;
    while (receiveSome(fd, MSG_ERRQUEUE) == batch) {}
    while (receiveSome(fd, 0) == batch) {}
  }
  receiveSome(fd, MSG_ERRQUEUE);
  double cpu = processorTime() - start;
  printf("probes=%d lost=%d cpu_us=%.3f rtt_us=%.1f\n", sent, sent - matched, cpu / sent, medianRTT(0, 1));
  for (int hop = 0; hop < hops; hop++) printf("hop=%d rtt_us=%.1f\n", hop + 1, medianRTT(hop, hops));
}
