import Glibc
import Packets
import Probing
import SystemIO
import Tracing

extension SendFailure {
  /// A refusal to open a socket, with the way out.
  init(opening method: ProbeMethod, _ error: SystemError) {
    let advice: String? =
      switch (method.socket, error.errno) {
      case (.raw, EPERM), (.raw, EACCES):
        "'set socket auto', or 'sudo setcap cap_net_raw+ep' on the binary"
      case (.ping, EPERM), (.ping, EACCES):
        "'set protocol udp', or 'sudo sysctl net.ipv4.ping_group_range=\"0 2147483647\"'"
      case (_, EAFNOSUPPORT): method.family == .ipv6 ? "'set family 4'" : "'set family 6'"
      case (_, EMFILE): "'ulimit -n' with a higher number"
      case (_, _): nil
      }
    self.init(call: error.call, errno: error.errno, reason: "\(error)", advice: advice)
  }

  /// A refusal to send a probe, with the way out.
  init(sending record: DepartureBatch.Record, errno code: Int32) {
    let error = SystemError(call: "sendmsg", errno: code)
    let advice: String? =
      switch code {
      case ENETUNREACH, EHOSTUNREACH: "'ip route get \(record.destination)' shows what routing knows"
      case EPERM: "look at this host's firewall: its output rules refuse the probe"
      case EACCES: "probe a host: this is a broadcast address"
      case EINVAL where record.source != nil, EADDRNOTAVAIL: "take a source address that this host has"
      case EINVAL: "probe another address: routing does not take this one"
      case ENODEV, ENXIO: "take an interface that this host has"
      case ENETDOWN: "bring the interface up"
      case EMSGSIZE: "a smaller '--size', or '--fragment': the probe does not fit the interface"
      case _: nil
      }
    self.init(call: "sendmsg", errno: code, reason: "\(error)", advice: advice)
  }
}
