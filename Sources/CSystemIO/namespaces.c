#define _GNU_SOURCE
#include "csio_namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "addresses.h"

static int failed(const char **call, const char *name) {
  *call = name;
  return -errno;
}

int csio_new_network_namespace(const char **call) {
  if (unshare(CLONE_NEWNET | CLONE_NEWNS) < 0) return failed(call, "unshare");
  if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) return failed(call, "mount MS_PRIVATE");
  // /sys/class/net of the new namespace. Where that is refused, programs see the interfaces of the old one there.
  if (umount2("/sys", MNT_DETACH) == 0) (void)mount("sysfs", "/sys", "sysfs", 0, NULL);
  return 0;
}

static int enter(pid_t process, const char *kind, int type, const char **call) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)process, kind);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0) return failed(call, "open");
  int result = setns(namespace, type) < 0 ? failed(call, "setns") : 0;
  close(namespace);
  return result;
}

int csio_enter_namespaces_of(pid_t process, const char **call) {
  int directory = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  int result = enter(process, "net", CLONE_NEWNET, call);
  if (result == 0) result = enter(process, "mnt", CLONE_NEWNS, call);
  // A mount namespace is entered at its root. A directory that cannot be gone back to leaves the program there.
  if (result == 0 && directory >= 0) (void)!fchdir(directory);
  if (directory >= 0) close(directory);
  return result;
}

static int write_file(const char *path, const char *text, size_t length) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return -errno;
  // Whatever the umask: for every user inside.
  (void)!fchmod(file, 0644);
  ssize_t written = write(file, text, length);
  int result = written < 0 ? -errno : (size_t)written == length ? 0 : -ENOSPC;
  close(file);
  return result;
}

int csio_replace_file(const char *path, const char *text, size_t length, const char **call) {
  // A file of a file system in memory, which goes with the mount namespace; the directory is needed for a moment only.
  char directory[] = "/tmp/ftrsh-lab-XXXXXX";
  if (!mkdtemp(directory)) return failed(call, "mkdtemp");
  int result = 0;
  if (mount("tmpfs", directory, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=64k,mode=755") < 0) {
    result = failed(call, "mount tmpfs");
  } else {
    char file[sizeof directory + 8];
    snprintf(file, sizeof file, "%s/file", directory);
    result = write_file(file, text, length);
    if (result < 0) {
      *call = "write";
    } else if (mount(file, path, NULL, MS_BIND, NULL) < 0) {
      result = failed(call, "mount MS_BIND");
    }
    umount2(directory, MNT_DETACH);
  }
  rmdir(directory);
  return result;
}

int csio_link_up(const char *name) {
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return -errno;
  struct ifreq request = {.ifr_flags = 0};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  int result = 0;
  if (ioctl(control, SIOCGIFFLAGS, &request) < 0) result = -errno;
  request.ifr_flags |= IFF_UP;
  if (result == 0 && ioctl(control, SIOCSIFFLAGS, &request) < 0) result = -errno;
  close(control);
  return result;
}

/// A request with room for its attributes: an interface, and two addresses.
struct request {
  struct nlmsghdr header;
  union {
    struct ifaddrmsg address;
    struct rtmsg route;
  } body;
  unsigned char attributes[128];
};

/// Appends an attribute; there is room by construction.
static void add(struct request *request, unsigned short type, const void *data, size_t size) {
  struct rtattr *attribute = (struct rtattr *)((unsigned char *)request + NLMSG_ALIGN(request->header.nlmsg_len));
  attribute->rta_type = type;
  attribute->rta_len = (unsigned short)RTA_LENGTH(size);
  memcpy(RTA_DATA(attribute), data, size);
  request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

/// Sends a request and reads what the kernel says to it.
static int ask(const struct request *request) {
  int control = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  if (control < 0) return -errno;
  union {
    struct nlmsghdr header;
    unsigned char bytes[1024];
  } answer;
  int result;
  if (send(control, request, request->header.nlmsg_len, 0) < 0) {
    result = -errno;
  } else {
    ssize_t length = recv(control, &answer, sizeof answer, 0);
    size_t needed = NLMSG_LENGTH(sizeof(struct nlmsgerr));
    if (length < 0) {
      result = -errno;
    } else if ((size_t)length < needed || answer.header.nlmsg_type != NLMSG_ERROR) {
      result = -EPROTO;
    } else {
      result = ((struct nlmsgerr *)NLMSG_DATA(&answer.header))->error;
    }
  }
  close(control);
  return result;
}

static int family_of(int family) { return family == 6 ? AF_INET6 : AF_INET; }

int csio_add_address(const char *interface, const csio_address *address, int prefix_length) {
  unsigned index = if_nametoindex(interface);
  if (index == 0) return -errno;
  struct request request = {
      .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct ifaddrmsg)),
                 .nlmsg_type = RTM_NEWADDR,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
      .body.address = {.ifa_family = (unsigned char)family_of(address->family),
                       .ifa_prefixlen = (unsigned char)prefix_length,
                       .ifa_flags = IFA_F_NODAD,
                       .ifa_index = index}};
  struct sockaddr_storage storage;
  csio_to_sockaddr(address, &storage);
  if (address->family == 6) {
    add(&request, IFA_LOCAL, &((struct sockaddr_in6 *)&storage)->sin6_addr, sizeof(struct in6_addr));
  } else {
    add(&request, IFA_LOCAL, &((struct sockaddr_in *)&storage)->sin_addr, sizeof(struct in_addr));
  }
  return ask(&request);
}

int csio_add_default_route(const char *interface, int family) {
  unsigned index = if_nametoindex(interface);
  if (index == 0) return -errno;
  struct request request = {
      .header = {.nlmsg_len = NLMSG_LENGTH(sizeof(struct rtmsg)),
                 .nlmsg_type = RTM_NEWROUTE,
                 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL},
      .body.route = {.rtm_family = (unsigned char)family_of(family),
                     .rtm_table = RT_TABLE_MAIN,
                     .rtm_protocol = RTPROT_STATIC,
                     .rtm_scope = family == 6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                     .rtm_type = RTN_UNICAST}};
  add(&request, RTA_OIF, &index, sizeof index);
  return ask(&request);
}

static int open_process(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

static void signal_process(int descriptor, int number) {
  (void)syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0);
}

static long long now_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

int csio_end_processes(const pid_t *processes, int count, int milliseconds) {
  struct pollfd *entries = calloc((size_t)count, sizeof *entries);
  if (!entries) return -ENOMEM;
  int open = 0;
  for (int i = 0; i < count; i++) {
    int descriptor = open_process(processes[i]);
    // One that cannot be held is killed by its number, at once: it was there a moment ago.
    if (descriptor < 0 && errno != ESRCH) (void)kill(processes[i], SIGKILL);
    if (descriptor < 0) continue;
    signal_process(descriptor, SIGTERM);
    // Readable when it has ended.
    entries[open++] = (struct pollfd){.fd = descriptor, .events = POLLIN};
  }
  int left = open;
  for (long long end = now_milliseconds() + milliseconds; left > 0;) {
    long long rest = end - now_milliseconds();
    int ready = rest > 0 ? poll(entries, (nfds_t)open, (int)rest) : 0;
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    for (int i = 0; i < open; i++) {
      if (entries[i].fd < 0 || entries[i].revents == 0) continue;
      close(entries[i].fd);
      // Passed over from now on.
      entries[i].fd = -1;
      left--;
    }
  }
  for (int i = 0; i < open; i++) {
    if (entries[i].fd < 0) continue;
    signal_process(entries[i].fd, SIGKILL);
    close(entries[i].fd);
  }
  free(entries);
  return 0;
}
