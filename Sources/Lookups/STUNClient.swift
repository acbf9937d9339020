import Enrichment
import Packets
import SystemIO
import Time

// Theory of operation
//
// An inquiry asks a list of servers, one after the other, until one answers. Each server gets an exchange: a socket of its own,
// so that its answer can only come to a port that nobody else was told of, and a transaction id of its own. The exchange ends
//
//   - with an answer to that id, from the address and port that was asked: what it says ends the inquiry, if it is an address
//     of the right family, and the exchange otherwise;
//   - with an ICMP error about the request, which the kernel has matched with the socket;
//   - at the bound of `STUNRetransmission`, which also says when the request is sent again.
//
// Everything else that arrives is thrown away and counted: anybody may send anything to an open port.
//
// All runs on the thread of the loop, as this actor does; a caller on the same thread uses `assumeIsolated`. The bounds: of
// inquiries, of servers in one, of datagrams read a turn. A flood of foreign ones cannot delay an exchange's end, which is a
// timer's, and the socket is read once more before the time is judged.

/// Asks STUN servers for this host's public address.
package actor STUNClient {
  /// The most inquiries at once: both families, for some networks. Each holds two descriptors.
  package static let mostInquiries = 8
  /// The most servers that one inquiry asks, which bounds its time to that many bounds.
  package static let mostServers = 8

  /// The loop that this actor runs on.
  package nonisolated let loop: EventLoop
  /// That of the loop.
  package nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

  private let retransmission: STUNRetransmission
  private var inquiries: [Int: Inquiry] = [:]
  private var lastKey = 0
  private var room = STUNSocket.Room()
  private var random = SystemRandomNumberGenerator()

  /// What a client calls when an inquiry is over.
  package typealias Completion = @Sendable (Result<STUNReport, STUNFailure>) -> Void

  /// A client that asks when it is told to.
  ///
  /// - Parameter retransmission: of each server.
  package init(loop: EventLoop, retransmission: STUNRetransmission = STUNRetransmission()) {
    self.loop = loop
    self.retransmission = retransmission
  }

  /// Asks the servers in order until one says this host's address.
  ///
  /// - Parameters:
  ///   - servers: of the family that is asked about; those beyond `mostServers` are not asked.
  ///   - completion: called once, on the loop's thread; before this returns when nobody can be asked.
  package func ask(_ servers: [STUNEndpoint], completion: @escaping Completion) {
    guard inquiries.count < Self.mostInquiries else {
      let attempts = servers.prefix(1).map { STUNFailure.Attempt(server: $0, reason: .busy) }
      return completion(.failure(STUNFailure(attempts: attempts, ignored: 0)))
    }
    lastKey += 1
    inquiries[lastKey] = Inquiry(servers: servers.prefix(Self.mostServers), completion: completion)
    askNext(lastKey)
  }

  /// Ends every inquiry as cancelled.
  package func cancelAll() {
    for key in inquiries.keys.sorted() {
      guard let inquiry = inquiries[key], let exchange = inquiry.exchange else { continue }
      inquiry.note(.cancelled, of: exchange)
      finish(key, inquiry)
    }
  }

  /// Starts with the next server, or ends the inquiry when there is none.
  private func askNext(_ key: Int) {
    guard let inquiry = inquiries[key] else { return }
    inquiry.exchange = nil
    while let server = inquiry.servers.popFirst() {
      do throws(SystemError) {
        inquiry.exchange = try exchange(with: server, key)
        return work(key)
      } catch {
        inquiry.attempts.append(.init(server: server, reason: .notSent(error)))
      }
    }
    finish(key, inquiry)
  }

  private func exchange(with server: STUNEndpoint, _ key: Int) throws(SystemError) -> STUNExchange {
    let id = STUNTransactionID(using: &random)
    let work: @Sendable () -> Void = { [weak self] in self?.assumeIsolated { $0.work(key) } }
    return try STUNExchange(server: server, id: id, retransmission: retransmission, loop: loop, work)
  }

  /// Does what there is to do for an inquiry: reads, then sends or gives up.
  private func work(_ key: Int) {
    guard let inquiry = inquiries[key], let exchange = inquiry.exchange else { return }
    let end = exchange.read(&room, ignored: &inquiry.ignored) ?? exchange.advance(at: MonotonicClock.now)
    switch end {
    case nil: return
    case .mapped(let address, let port):
      finish(key, inquiry, (address, port), by: exchange.server)
    case .failed(let reason):
      inquiry.note(reason, of: exchange)
      askNext(key)
    }
  }

  private func finish(
    _ key: Int, _ inquiry: Inquiry, _ mapped: (address: IPAddress, port: UInt16)? = nil, by server: STUNEndpoint? = nil
  ) {
    inquiries[key] = nil
    inquiry.exchange = nil
    guard let mapped, let server else {
      return inquiry.completion(.failure(STUNFailure(attempts: inquiry.attempts, ignored: inquiry.ignored)))
    }
    inquiry.completion(
      .success(
        STUNReport(
          address: mapped.address, port: mapped.port, server: server, failures: inquiry.attempts,
          ignored: inquiry.ignored)))
  }

  /// One list of servers, being asked.
  private final class Inquiry {
    var servers: ArraySlice<STUNEndpoint>
    var exchange: STUNExchange?
    var attempts: [STUNFailure.Attempt] = []
    var ignored = 0
    let completion: Completion

    init(servers: ArraySlice<STUNEndpoint>, completion: @escaping Completion) {
      self.servers = servers
      self.completion = completion
    }

    func note(_ reason: STUNFailure.Reason, of exchange: STUNExchange) {
      attempts.append(.init(server: exchange.server, reason: reason))
    }
  }
}
