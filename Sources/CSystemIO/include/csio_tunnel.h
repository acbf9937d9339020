#pragma once
// TUN devices (Documentation/networking/tuntap.rst of the kernel).

/// The longest name of an interface with its final zero (IFNAMSIZ).
enum { csio_interface_name_max = 16 };

/// Opens a TUN device of that name in the network namespace of the calling thread, makes it unless it is there, and
/// sets it up: IP datagrams without a header before them, one a read or write, non-blocking, closed on exec. `queue` is
/// how many datagrams the kernel keeps for a reader that is late. A device that it made goes with the descriptor.
/// Returns the descriptor; or -errno, and in `call` what failed.
/// C because struct ifreq is a union, and ioctl takes varargs.
int csio_tunnel_open(const char *name, int queue, const char **call);
