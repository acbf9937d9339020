import Packets
import Tracing

/// How the probes of one trace are encoded: one case a protocol, each in a file of its own.
///
/// Parsing is the other half, and is in `ReplyParser`, since one socket hears the replies of every trace.
package enum ProbeProtocol: Sendable {
  case icmpEcho(ICMPEchoProtocol)
  case udp(UDPProtocol)

  /// - Parameters:
  ///   - local: this host's end, as `Transport.open` returned it.
  package init(_ request: TraceRequest, local: UInt16) {
    switch request.method.protocolName {
    case .icmp: self = .icmpEcho(ICMPEchoProtocol(request, identifier: local))
    case .udp: self = .udp(UDPProtocol(request, sourcePort: local))
    case .tcp: preconditionFailure("TCP probes come out of captures, and are not sent.")
    }
  }

  /// What a probe with this number, to this port, will be known by.
  package func identity(sequence: UInt16, destination: IPAddress, port: UInt16) -> WireIdentity {
    switch self {
    case .icmpEcho(let echo):
      WireIdentity(protocolName: .icmp, destination: destination, local: echo.identifier, sequence: sequence)
    case .udp(let udp):
      WireIdentity(
        protocolName: .udp, destination: destination, local: udp.sourcePort, port: port, sequence: sequence)
    }
  }

  /// Appends the transport-layer message of a probe. Costs no allocation while `bytes` has room.
  ///
  /// - Parameter port: as `port(of:)` gives it.
  package func encode(sequence: UInt16, port: UInt16, into bytes: inout [UInt8]) {
    switch self {
    case .icmpEcho(let echo): echo.encode(sequence: sequence, into: &bytes)
    case .udp(let udp): udp.encode(sequence: sequence, port: port, into: &bytes)
    }
  }

  /// Destination port of a probe; 0 for a protocol without.
  package func port(of probe: ProbeID) -> UInt16 {
    switch self {
    case .icmpEcho: 0
    case .udp(let udp): udp.port(of: probe)
    }
  }

  /// Whether what comes about a datagram from that source port to that destination and port can be about a probe of
  /// this trace.
  package func mayHaveSent(from local: UInt16, to port: UInt16) -> Bool {
    switch self {
    case .icmpEcho: false
    case .udp(let udp): udp.sourcePort == local && udp.mayUse(port)
    }
  }
}
