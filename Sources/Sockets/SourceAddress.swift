import CSystemIO
import Glibc
import Packets
import SystemIO

/// Which of this host's addresses packets to a destination leave from.
package enum SourceAddress {
  /// Asks the routing table by connecting a UDP socket, which sends nothing.
  ///
  /// - Throws: `SystemError` of `connect`: ENETUNREACH when there is no route.
  package static func toward(_ destination: IPAddress) throws(SystemError) -> IPAddress {
    let family = destination.family
    let socket = FileDescriptor(owning: try checked(csio_udp_socket(family.isIPv6), "socket"))
    // Any port does; 0 is refused by some kernels.
    var address = csio_address(destination, port: 33434)
    try checked(csio_connect(socket.raw, &address), "connect", destination.description)
    try checked(csio_local_address(socket.raw, &address), "getsockname")
    guard let source = address.ipAddress else {
      throw SystemError(call: "getsockname", errno: EADDRNOTAVAIL, object: destination.description)
    }
    return source
  }
}
