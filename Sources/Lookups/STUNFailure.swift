import Enrichment
import Packets
import SystemIO
import Time

/// What a STUN server said.
package struct STUNReport: Hashable, Sendable {
  /// This host's address as the server saw it; of the family of the server's.
  package let address: IPAddress
  /// The port that a translator gave to the request, or our own.
  package let port: UInt16
  /// Who said so.
  package let server: STUNEndpoint
  /// The servers asked before it, in vain.
  package let failures: [STUNFailure.Attempt]
  /// How many datagrams came that were no answer: of another source, of another transaction, or no STUN.
  package let ignored: Int
}

/// Why no STUN server said anything of use.
package struct STUNFailure: Error, Hashable, Sendable {
  /// One server, asked in vain.
  package struct Attempt: Hashable, Sendable {
    /// Who was asked.
    package let server: STUNEndpoint
    /// What came of it.
    package let reason: Reason
  }

  /// What came of asking one server.
  package enum Reason: Hashable, Sendable {
    /// Nothing within that time.
    case timedOut(Duration)
    /// The network says that the server cannot be reached: an ICMP error, by whom it came where the kernel says.
    case unreachable(errno: Int32, by: IPAddress?)
    /// The machine refuses to ask.
    case notSent(SystemError)
    /// The server's own error.
    case refused(code: Int, reason: String)
    /// An answer that nobody can use.
    case malformed(STUNError)
    /// An address that is not of the server's family.
    case otherFamily(IPAddress)
    /// Not asked: `STUNClient.mostInquiries` were under way.
    case busy
    /// The program stopped asking.
    case cancelled
  }

  /// Every server that was asked, in order; empty when there was none to ask.
  package let attempts: [Attempt]
  /// How many datagrams came that were no answer: of another source, of another transaction, or no STUN.
  package let ignored: Int

  /// The failure in the words of `Enrichment`; its kind is the last server's.
  package var lookUp: LookupFailure {
    guard let last = attempts.last else { return LookupFailure(.unreachable, "no STUN server to ask") }
    return LookupFailure(last.reason.kind, description)
  }
}

extension STUNFailure: CustomStringConvertible {
  /// A clause for people, one part a server: `192.0.2.1:3478: no answer within 3 s`.
  package var description: String {
    guard !attempts.isEmpty else { return "no STUN server to ask" }
    return attempts.map { "\($0.server): \($0.reason)" }.joined(separator: "; ")
  }
}

extension STUNFailure.Reason: CustomStringConvertible {
  /// A clause for people; what the server said is made safe.
  package var description: String {
    switch self {
    case .timedOut(let bound): "no answer within \(Self.text(bound))"
    case .unreachable(let errno, let by):
      "\(SystemError(call: "recvmmsg", errno: errno).reason)\(by.map { ", says \($0)" } ?? "")"
    case .notSent(let error): "cannot ask: \(error)"
    case .refused(let code, let reason):
      reason.isEmpty ? "error \(code)" : "error \(code), '\(ForeignText.excerpt(of: reason))'"
    case .malformed(let error): "\(error)"
    case .otherFamily(let address): "an answer of the other family, \(address)"
    case .busy: "too many inquiries at once"
    case .cancelled: "cancelled"
    }
  }

  fileprivate var kind: LookupFailure.Kind {
    switch self {
    case .timedOut: .timedOut
    case .unreachable, .notSent, .busy: .unreachable
    case .refused: .refused
    case .malformed, .otherFamily: .malformed
    case .cancelled: .cancelled
    }
  }

  /// Milliseconds under a second, else seconds, with at most one digit after the point.
  private static func text(_ duration: Duration) -> String {
    let isShort = duration < .seconds(1)
    let tenth: Int64 = isShort ? 100_000 : 100_000_000
    let (whole, rest) = (duration.nanoseconds / tenth).quotientAndRemainder(dividingBy: 10)
    return (rest == 0 ? "\(whole)" : "\(whole).\(rest)") + (isShort ? " ms" : " s")
  }
}
