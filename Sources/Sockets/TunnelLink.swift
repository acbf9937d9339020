import CSystemIO
import Packets
import SystemIO

/// What makes a TUN device this host's link to everything.
package enum TunnelLink {
  /// Of the address alone: everything goes by the default route, and no address behind it is a broadcast address.
  private static func prefixLength(_ family: AddressFamily) -> Int32 {
    switch family {
    case .ipv4: 32
    case .ipv6: 128
    }
  }

  /// Gives the device an address, and sends everything of its family by it.
  ///
  /// - Parameter device: its name; it is up, in the network namespace of the calling thread.
  /// - Throws: `SystemError`: EPERM without CAP_NET_ADMIN, EEXIST when there is such a route already.
  package static func lead(by device: String, from address: IPAddress) throws(SystemError) {
    var end = csio_address(address)
    try checked(
      csio_add_address(device, &end, prefixLength(address.family)), "netlink RTM_NEWADDR", address.description)
    try checked(csio_add_default_route(device, Int32(end.family)), "netlink RTM_NEWROUTE", device)
  }
}
