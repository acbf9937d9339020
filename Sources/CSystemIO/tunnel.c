#include "csio_tunnel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

_Static_assert(csio_interface_name_max == IFNAMSIZ, "csio_tunnel.h names the kernel's limit");

// Sets the link up, and its queue, through a socket, which is what these calls want.
static int set_up(struct ifreq *request, int queue, const char **call) {
  *call = "socket";
  int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (control < 0) return -errno;
  int result = 0;
  *call = "ioctl SIOCSIFTXQLEN";
  request->ifr_qlen = queue;
  if (ioctl(control, SIOCSIFTXQLEN, request) < 0) result = -errno;
  if (result == 0) {
    *call = "ioctl SIOCSIFFLAGS";
    request->ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(control, SIOCSIFFLAGS, request) < 0) result = -errno;
  }
  close(control);
  return result;
}

int csio_tunnel_open(const char *name, int queue, const char **call) {
  *call = "open";
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (device < 0) return -errno;
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  *call = "ioctl TUNSETIFF";
  int result = ioctl(device, TUNSETIFF, &request) < 0 ? -errno : set_up(&request, queue, call);
  if (result == 0) return device;
  close(device);
  return result;
}
