import CSystemIO
import Packets
import SystemIO

/// What makes a TUN device this host's link to everything.
package enum TunnelLink {
  /// The prefix lengths of the network behind it. What else is in that is of no importance: everything goes by the device.
  private static func prefixLength(_ family: AddressFamily) -> Int32 {
    switch family {
    case .ipv4: 24
    case .ipv6: 64
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
