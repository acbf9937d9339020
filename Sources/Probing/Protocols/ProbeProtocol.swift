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

  /// What a probe with this number will be known by.
  package func identity(sequence: UInt16, destination: IPAddress) -> WireIdentity {
    switch self {
    case .icmpEcho(let echo):
      WireIdentity(protocolName: .icmp, destination: destination, local: echo.identifier, sequence: sequence)
    case .udp(let udp):
      WireIdentity(
        protocolName: .udp, destination: destination, local: udp.sourcePort, port: udp.port, sequence: sequence)
    }
  }

  /// Appends the transport-layer message of a probe. Costs no allocation while `bytes` has room.
  package func encode(sequence: UInt16, into bytes: inout [UInt8]) {
    switch self {
    case .icmpEcho(let echo): echo.encode(sequence: sequence, into: &bytes)
    case .udp(let udp): udp.encode(sequence: sequence, into: &bytes)
    }
  }

  /// Destination port; 0 for a protocol without.
  package var port: UInt16 {
    switch self {
    case .icmpEcho: 0
    case .udp(let udp): udp.port
    }
  }
}
