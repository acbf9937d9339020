// delay: a link with a long wire, between two network namespaces.
//
//   delay NAMESPACE DEVICE NAMESPACE DEVICE MILLISECONDS
//
// Makes a TUN device in each namespace and carries packets between them, each MILLISECONDS late, in order. Says "ready" on
// standard output when both devices exist, and runs until it is killed. (Written because not every kernel has netem.)

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { capacity = 8192, maxPacket = 1600 };

typedef struct {
  long long due;
  int length;
  unsigned char bytes[maxPacket];
} Packet;

// One direction of the wire: a ring of packets that are on their way.
typedef struct {
  int from, to;
  unsigned head, tail;
  Packet packets[capacity];
} Wire;

static Wire wires[2];
static long long delay;

static void fail(const char *what) {
  fprintf(stderr, "delay: %s: %s\n", what, strerror(errno));
  exit(1);
}

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int openDevice(const char *namespace, const char *device) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int netns = open(path, O_RDONLY | O_CLOEXEC);
  if (netns < 0 || setns(netns, CLONE_NEWNET) < 0) fail(path);
  close(netns);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) fail("/dev/net/tun");
  return fd;
}

static void take(Wire *wire) {
  while (wire->head - wire->tail < capacity) {
    Packet *packet = &wire->packets[wire->head % capacity];
    packet->length = read(wire->from, packet->bytes, maxPacket);
    if (packet->length <= 0) return;
    packet->due = now() + delay;
    wire->head++;
  }
}

static void deliver(Wire *wire) {
  for (; wire->tail != wire->head && wire->packets[wire->tail % capacity].due <= now(); wire->tail++) {
    Packet *packet = &wire->packets[wire->tail % capacity];
    // A device that is not up yet refuses: the packet is lost, as on a wire.
    if (write(wire->to, packet->bytes, packet->length) < 0 && errno != EIO) fail("write");
  }
}

int main(int argc, char **argv) {
  if (argc != 6) return fprintf(stderr, "usage: delay NAMESPACE DEVICE NAMESPACE DEVICE MILLISECONDS\n"), 2;
  wires[0].from = wires[1].to = openDevice(argv[1], argv[2]);
  wires[1].from = wires[0].to = openDevice(argv[3], argv[4]);
  delay = atof(argv[5]) * 1e6;
  puts("ready");
  fflush(stdout);
  for (;;) {
    long long next = now() + 1000000000LL;
    struct pollfd waits[2];
    for (int i = 0; i < 2; i++) {
      Wire *wire = &wires[i];
      if (wire->tail != wire->head && wire->packets[wire->tail % capacity].due < next)
        next = wire->packets[wire->tail % capacity].due;
      waits[i] = (struct pollfd){.fd = wire->from, .events = POLLIN};
    }
    long long left = next - now();
    struct timespec wait = {.tv_sec = left > 0 ? left / 1000000000 : 0, .tv_nsec = left > 0 ? left % 1000000000 : 0};
    if (ppoll(waits, 2, &wait, NULL) < 0 && errno != EINTR) fail("ppoll");
    for (int i = 0; i < 2; i++) {
      take(&wires[i]);
      deliver(&wires[i]);
    }
  }
}
