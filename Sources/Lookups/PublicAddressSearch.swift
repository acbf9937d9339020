import Enrichment
import NameWire
import Packets

/// One search for this host's public address in a family: the names of the servers first, then the servers.
///
/// A server given by its address is asked if it is of the family; one given by its name is looked up, and counts with its first
/// address.
struct PublicAddressSearch: Sendable {
  private let servers: [STUNServer]
  private let family: AddressFamily
  private let resolver: Resolver
  private let stun: STUNClient

  /// - Parameter servers: at most `STUNClient.mostServers` of them are asked.
  init(_ servers: [STUNServer], _ family: AddressFamily, _ resolver: Resolver, _ stun: STUNClient) {
    self.servers = Array(servers.prefix(STUNClient.mostServers))
    self.family = family
    self.resolver = resolver
    self.stun = stun
  }

  /// - Parameter completion: called once, on the thread of the resolver's loop, where this is called too.
  func run(_ completion: @escaping @Sendable (Answer) -> Void) {
    resolve(servers[...], into: [], nil, completion)
  }

  private func resolve(
    _ rest: ArraySlice<STUNServer>, into found: [STUNEndpoint], _ failure: LookupFailure?,
    _ completion: @escaping @Sendable (Answer) -> Void
  ) {
    guard let server = rest.first else { return ask(found, failure, completion) }
    let others = rest.dropFirst()
    if let address = IPAddress(server.host) {
      let isFit = address.family == family
      return resolve(
        others, into: isFit ? found + [STUNEndpoint(address, port: server.port)] : found, failure, completion)
    }
    let name: DomainName
    do throws(DomainNameError) {
      name = try DomainName(server.host)
    } catch {
      return resolve(others, into: found, failure ?? LookupFailure(.malformed, "\(error)"), completion)
    }
    resolver.ask(NameQuestion(name, family == .ipv4 ? .a : .aaaa)) { result in
      switch result {
      case .success(let answer):
        let addresses = answer.contents.compactMap { if case .address(let address) = $0 { address } else { nil } }
        let endpoints = addresses.prefix(1).map { STUNEndpoint($0, port: server.port) }
        let reason =
          endpoints.isEmpty ? LookupFailure(.unreachable, "'\(server.host)' has no \(family) address") : nil
        resolve(others, into: found + endpoints, failure ?? reason, completion)
      case .failure(let reason):
        let told = LookupFailure(reason.kind, "cannot find '\(server.host)': \(reason)")
        resolve(others, into: found, failure ?? told, completion)
      }
    }
  }

  private func ask(
    _ endpoints: [STUNEndpoint], _ failure: LookupFailure?, _ completion: @escaping @Sendable (Answer) -> Void
  ) {
    guard !endpoints.isEmpty else {
      let reason = failure ?? LookupFailure(.unreachable, "no STUN server has an \(family) address")
      return completion(.failed(reason, from: .stun))
    }
    stun.assumeIsolated { stun in
      stun.ask(endpoints) { result in
        switch result {
        case .success(let report):
          completion(Answer(.publicAddress(report.address), from: .stun, lifetime: Lifetime.ofOrigins))
        case .failure(let failure): completion(.failed(failure.lookUp, from: .stun))
        }
      }
    }
  }
}
