import CSystemIO
import Glibc
import Packets
import Probing
import SystemIO
import Tracing

/// Which ways of probing this process may use here, found by trying, and why not the others.
enum SocketSurvey {
  /// Every way that there is, best first.
  static func methods(_ family: AddressFamily) -> [ProbeMethod] {
    [
      ProbeMethod(protocolName: .icmp, socket: .raw, family: family),
      ProbeMethod(protocolName: .icmp, socket: .ping, family: family),
      ProbeMethod(protocolName: .udp, socket: .errqueue, family: family),
    ]
  }

  /// Opens a socket of that kind and closes it again.
  ///
  /// - Returns: why it cannot be used; nil when it can.
  static func refusal(of method: ProbeMethod) -> SystemError? {
    let isIPv6 = method.family.isIPv6
    let result =
      switch method.socket {
      case .raw: Capability.withRawSockets { csio_raw_icmp_socket(isIPv6) }
      case .ping: csio_ping_socket(isIPv6)
      case .errqueue: csio_udp_socket(isIPv6)
      case .lab, .capture: -ENOTSUP
      }
    guard result >= 0 else { return SystemError(call: "socket", errno: -result) }
    _ = FileDescriptor(owning: result)
    return nil
  }

  /// A line of `show network`.
  static func report(_ method: ProbeMethod) -> MethodReport {
    let refusal = refusal(of: method)
    return MethodReport(
      method: method, isUsable: refusal == nil,
      reason: refusal.map { why($0, method) } ?? permission(method), adds: adds(method))
  }

  /// Why a kind of socket may not be used, for people.
  static func why(_ refusal: SystemError, _ method: ProbeMethod) -> String {
    switch (method.socket, refusal.errno) {
    case (.raw, EPERM), (.raw, EACCES):
      return "this user lacks CAP_NET_RAW (\(refusal.symbol) from \(refusal.call))"
    case (.ping, EPERM), (.ping, EACCES):
      guard let range = groupRange() else { return refusal.description }
      return "net.ipv4.ping_group_range is \(range), which does not hold group \(getegid()) (\(refusal.symbol) from "
        + "\(refusal.call))"
    case (_, EAFNOSUPPORT):
      return "this host has no \(method.family) (\(refusal.symbol) from \(refusal.call))"
    case (_, _):
      return refusal.description
    }
  }

  private static func permission(_ method: ProbeMethod) -> String {
    switch method.socket {
    case .raw: "this process has CAP_NET_RAW"
    case .ping: "net.ipv4.ping_group_range holds group \(getegid())"
    case .errqueue: "needs no privilege"
    case .lab, .capture: "needs no socket"
    }
  }

  private static func adds(_ method: ProbeMethod) -> String {
    switch method.socket {
    case .raw: "the quoted IP header: the TTL that a router saw; one path for every probe, whatever is quoted"
    case .ping: "echo replies of the target, which more hosts send than port unreachables"
    case .errqueue: "every router's answer, for every user; the target itself only by its closed port"
    case .lab, .capture: ""
    }
  }

  /// The two numbers of the sysctl; nil when it cannot be read.
  private static func groupRange() -> String? {
    let raw = Glibc.open("/proc/sys/net/ipv4/ping_group_range", O_RDONLY | O_CLOEXEC)
    guard raw >= 0 else { return nil }
    let file = FileDescriptor(owning: raw)
    // Two 32-bit numbers, a tab and a newline.
    var buffer = [UInt8](repeating: 0, count: 32)
    let count = read(file.raw, &buffer, buffer.count)
    guard count > 0 else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
