import Enrichment
import Lexing
import Packets
import Probing
import Results
import SystemIO

extension Command {
  /// `lookup ADDRESS|NAME|ASn`
  static let lookup = Command(
    name: "lookup", topic: .tracing, summary: "what is known of an address, a name or an AS",
    discussion: [
      "For an address its name, its origin AS with prefix and registry, and its place where a database is set; for a name the "
        + "same of each of its addresses; for AS64500 the name of that AS. It asks whatever 'enrich' says."
    ],
    parameters: [Parameter("WHAT", .target, help: "an address, a name, or AS and a number")],
    options: [
      .overriding("as.source", named: "LIST"),
      .shorthand("ipv4", "4", for: "family", "4", help: "look names up as IPv4"),
      .shorthand("ipv6", "6", for: "family", "6", help: "look names up as IPv6"),
      .json,
    ],
    examples: [
      Example("lookup demo.test", "a name of the lab, its address, and the network that it is in"),
      Example("lookup demo.test -6", "its IPv6 address only"),
      Example("lookup 192.168.1.1", "an address; a private one is of no AS"),
      Example("lookup AS64496", "an AS by its number"),
    ],
    action: { call, session async throws(ShellError) in
      guard let word = call.argument("WHAT") else { return }
      try await session.lookUp(word, call)
    })

  /// `publicip`
  static let publicIP = Command(
    name: "publicip", topic: .tracing, summary: "the public address of this host, and its provider",
    discussion: [
      "Asks a server of 'stun.server' over IPv4 and IPv6 (RFC 8489) once a session; 'enrich clear' makes it ask again, "
        + "'set public-ip ADDRESS' states it. In the lab the network states its own."
    ],
    options: [.json],
    examples: [Example("publicip", "as others see this host")],
    action: { call, session async throws(ShellError) in try await session.showPublicAddress(call) })
}

extension Session {
  fileprivate func lookUp(_ word: Invocation.Argument, _ call: Invocation) async throws(ShellError) {
    let settings = call.settings(over: settings)
    let choice = networkChoice(for: word.text)
    let network: SessionNetwork
    var asks = AddressLookUp(settings.enrichmentRequest(inLab: choice != .live))
    do throws(NetworkFailure) {
      network = try await self.network(choice)
      if let asn = Self.systemNumber(word.text) {
        asks.systems = [asn]
      } else {
        asks.addresses = try await addresses(of: word.text, settings.family, in: network.network)
      }
    } catch {
      throw refused(error, at: word.range, call)
    }
    let record = try await run(asks, in: network, call)
    for note in record.notes { tellOnce(note, on: call.console) }
    let document = LookupDocument(
      command: "lookup", network: network.network.name, query: word.text, addresses: asks.addresses, record)
    call.answer(document, over: self.settings) {
      for (asn, fact) in record.systems {
        call.print(StyledLine("AS\(asn)", .heading))
        call.print(FactText.fact("name", fact) { $0 })
      }
      for address in asks.addresses {
        call.print(StyledLine(address.description, .heading))
        for line in record.annotations[address].map(FactText.lines) ?? [] { call.print(line) }
      }
    }
    if isInterrupted { throw .interrupted }
    if record.hasNothing { throw .stopped(.failed) }
  }

  fileprivate func showPublicAddress(_ call: Invocation) async throws(ShellError) {
    let network: SessionNetwork
    do throws(NetworkFailure) {
      network = try await self.network(networkChoice)
    } catch {
      throw refused(error, at: call.range, call)
    }
    var asks = AddressLookUp(settings.enrichmentRequest(inLab: networkChoice != .live))
    asks.publicFamilies = AddressFamily.allCases
    let record = try await run(asks, in: network, call)
    for note in record.notes { tellOnce(note, on: call.console) }
    let known = AddressFamily.allCases.compactMap { record.publicAddresses[$0]?.value }
    let document = LookupDocument(
      command: "publicip", network: network.network.name, query: nil, addresses: known, record)
    call.answer(document, over: settings) {
      for family in AddressFamily.allCases {
        guard let fact = record.publicAddresses[family] else { continue }
        guard let address = fact.value else {
          call.print(FactText.fact("\(family)", fact) { "\($0)" })
          continue
        }
        call.print(StyledLine(address.description, .heading))
        for line in record.annotations[address].map(FactText.lines) ?? [] { call.print(line) }
      }
    }
    if isInterrupted { throw .interrupted }
    guard known.isEmpty else { return }
    throw call.failed(
      "the public address is not known", why: document.failures.first,
      try: "'set stun.server HOST[:PORT]', or 'set public-ip ADDRESS' to state it")
  }

  private func run(
    _ asks: AddressLookUp, in network: SessionNetwork, _ call: Invocation
  ) async throws(ShellError) -> EnrichmentRecord {
    do throws(SystemError) {
      return try await asks.run(in: network, of: self)
    } catch {
      throw call.failed("cannot look anything up", why: "\(error)")
    }
  }

  private func addresses(
    of text: String, _ family: FamilyPreference, in network: any Network
  ) async throws(NetworkFailure) -> [IPAddress] {
    let lookUp = Task { () async -> Result<[IPAddress], NetworkFailure> in
      do throws(NetworkFailure) {
        return .success(try await network.addresses(of: text, family: family))
      } catch {
        return .failure(error)
      }
    }
    let outer = beginWaiting(stop: { lookUp.cancel() })
    if isInterrupted { lookUp.cancel() }
    let outcome = await lookUp.value
    endWaiting(outer)
    return try outcome.get()
  }

  private func refused(_ failure: NetworkFailure, at range: SourceRange, _ call: Invocation) -> ShellError {
    if isInterrupted { return .interrupted }
    return .failed(call.frame.locate(Diagnostic(failure).by(call.command.name), at: range))
  }

  /// The number of `AS64500`, in either case (RFC 5396: asplain); nil for anything else.
  private static func systemNumber(_ text: String) -> UInt32? {
    guard text.lowercased().hasPrefix("as"), text.utf8.count > 2 else { return nil }
    let digits = text.dropFirst(2)
    guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return UInt32(digits)
  }
}

extension EnrichmentRecord {
  /// Whether all that was asked failed.
  fileprivate var hasNothing: Bool {
    let names = annotations.values.map { $0.name.hasFailed && $0.origin.hasFailed } + systems.values.map(\.hasFailed)
    return !names.isEmpty && names.allSatisfy { $0 }
  }
}

extension Fact {
  fileprivate var hasFailed: Bool {
    if case .failed = self { true } else { false }
  }
}
