import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Every network that ships, seen in four ways: by the engine in this process, in virtual time; by the engine on real
/// packets, inside `lab up`; and by the tracers of others there.
///
/// The first says what may be seen: at each TTL the responders of some flows, protocols apart, at some times. Who sees
/// somebody else, or sees somebody where nobody answers, disagrees. A network that always does the same to all flows
/// leaves one responder a TTL, so that agreement there is hop for hop.
@Suite(
  "The lab and its networks on real packets agree", .serialized,
  .enabled(if: TunnelNamespace.isPossible, TunnelNamespace.reason),
  .enabled(if: ShellSession.isBuilt, "the program is not built"))
struct AgreementTests {
  /// Who traces inside, and what its own way of doing so makes it see otherwise.
  enum Tracer: String, CaseIterable {
    case ftrshICMP = "ftrsh-icmp"
    case ftrshUDP = "ftrsh-udp"
    case tracerouteICMP = "traceroute-icmp"
    case tracerouteUDP = "traceroute-udp"
    case mtr = "mtr"
    case scamperICMP = "scamper-icmp"
    case scamperUDP = "scamper-udp"

    /// The program, where it need not be there.
    var program: String? {
      switch self {
      case .ftrshICMP, .ftrshUDP: nil
      case .tracerouteICMP, .tracerouteUDP: "traceroute"
      case .mtr: "mtr"
      case .scamperICMP, .scamperUDP: "scamper"
      }
    }

    var protocolName: String {
      switch self {
      case .ftrshICMP, .tracerouteICMP, .mtr, .scamperICMP: "icmp"
      case .ftrshUDP, .tracerouteUDP, .scamperUDP: "udp"
      }
    }

    /// Its differences from the engine that are its own method's, and not the network's.
    var method: Method {
      switch self {
      // The same engine.
      case .ftrshICMP, .ftrshUDP: Method()
      // Every probe is a flow of its own: ports count up, or the ICMP checksum changes with the sequence number. It knows
      // no loops. Its sockets are connected, and Linux gives an error to such a socket only if the quoted source is its
      // own: behind a translation that leaves quotes as they are it hears of nobody.
      case .tracerouteICMP, .tracerouteUDP: Method(goesOn: true, needsOwnQuote: true, waits: .byItsOwnClock)
      // A flow a probe, as traceroute with ICMP. It goes on behind a router that says unreachable, and shows that one
      // again; it ends its list after some silent hops; and behind its last probe it waits as long whatever is open. Its
      // socket is raw, and it does not look at ICMP checksums.
      case .mtr: Method(goesOn: true, endsEarly: true, takesDamaged: true, waits: .briefly)
      // One flow (Paris), one TTL after the other; the end after two silent hops in a row, or a loop. Checksums as mtr.
      case .scamperICMP, .scamperUDP: Method(endsEarly: true, takesDamaged: true, waits: .byItsOwnClock)
      }
    }

    struct Method {
      /// It shows TTLs behind the end of the path.
      var goesOn = false
      /// Its list may end before the path does.
      var endsEarly = false
      /// It does not hear of errors that quote a translated source.
      var needsOwnQuote = false
      /// It takes an ICMP message whose checksum does not hold for an answer.
      var takesDamaged = false
      var waits = Waits.byStamps

      enum Waits {
        /// The kernel's stamp decides: a machine that is slow costs it no reply.
        case byStamps
        /// A reply that is read too late is missing, so it has to wait long; which costs time where hops are silent.
        case byItsOwnClock
        /// It waits as long wherever it is, so not long: any reply may be missing.
        case briefly
      }
    }

    /// Its command line; what it writes is read by `hops`.
    ///
    /// - Parameter isQuiet: whether hops may be silent: then it waits for less, and may miss others.
    func command(_ target: Target, isQuiet: Bool, ftrsh: String) -> String {
      let family = target.isIPv6 ? 6 : 4
      let wait = isQuiet ? 2 : 30
      let (to, last) = (target.address, AgreementTests.lastTTL)
      return switch self {
      case .ftrshICMP, .ftrshUDP:
        "\(ftrsh) --no-rc trace \(to) --\(protocolName) -m \(last) --timeout 3s --patience off --enrich off --json"
      case .tracerouteICMP: "traceroute -\(family) -n -q 1 -w \(wait) -m \(last) -I \(to)"
      case .tracerouteUDP: "traceroute -\(family) -n -q 1 -w \(wait) -m \(last) \(to)"
      case .mtr: "mtr -\(family) -n --raw -c 1 -i 0.1 -G 2 -m \(last) \(to)"
      case .scamperICMP, .scamperUDP:
        "scamper -c 'trace -P \(protocolName)-paris -q 1 -w \(min(wait, 10)) -g 2 -m \(last)' -i \(to)"
      }
    }

    /// Who answered at each TTL from 1 on; nil for silence.
    func hops(in text: String) throws -> [String?] {
      let lines = text.split(separator: "\n")
      switch self {
      case .ftrshICMP, .ftrshUDP:
        return try lines.first.map { try JSONDecoder().decode(Trace.self, from: Data($0.utf8)) }?.hops.map(\.address)
          ?? []
      case .tracerouteICMP, .tracerouteUDP, .scamperICMP, .scamperUDP:
        return lines.dropFirst().map { line in
          let words = line.split(separator: " ")
          return words.count > 1 && words[1] != "*" ? String(words[1]) : nil
        }
      case .mtr:
        var found: [Int: String] = [:]
        for line in lines where line.hasPrefix("h ") {
          let words = line.split(separator: " ")
          if let place = Int(words[1]), found[place] == nil { found[place] = String(words[2]) }
        }
        return (0..<((found.keys.max() ?? -1) + 1)).map { found[$0] }
      }
    }
  }

  /// A target of a network, and what the engine in this process sees on the way to it.
  struct Target: Hashable {
    let network: String
    let name: String
    let address: String
    var isIPv6: Bool { address.contains(":") }
  }

  /// As much of a trace's JSON form as the test looks at.
  fileprivate struct Trace: Decodable {
    struct Hop: Decodable {
      struct Probe: Decodable { let address: String? }
      let address: String?
      let probes: [Probe]
    }
    let network: String
    let target: String
    let target_ip: String
    let `protocol`: String
    let reached: Bool
    let hops: [Hop]
  }

  private struct Catalogue: Decodable {
    struct Network: Decodable {
      struct Target: Decodable { let name: String }
      let name: String
      let targets: [Target]
    }
    let networks: [Network]
  }

  /// What may be seen at a TTL.
  fileprivate struct Sight {
    var responders: Set<String> = []
    var mayBeSilent = false
  }

  /// What may be seen of a path by a protocol.
  fileprivate struct View {
    var sights: [Sight] = []
    /// How many hops the shortest trace had.
    var least = Int.max

    func isQuiet(_ traits: Traits) -> Bool { traits.loses || sights.contains(where: \.mayBeSilent) }
  }

  /// What chance, or a router's way of answering, does to replies of a network.
  fileprivate struct Traits {
    /// Any reply may be missing.
    let loses: Bool
    /// A reply may not tell which UDP probe it is for: the engine in this process then shows silence, others, which send
    /// each probe from or to another port, the responder.
    let quotesLittle: Bool
    /// Quotes may show another source.
    let translates: Bool
    /// Replies may be changed on the way: who looks at their checksums shows silence.
    let damages: Bool

    /// - Parameter shown: the JSON form of `lab show`.
    init(_ shown: some StringProtocol) {
      func has(_ word: String) -> Bool { shown.contains("\"\(word) ") || shown.contains("\"\(word)\"") }
      loses = has("loss") || has("ratelimit") || has("corrupt")
      quotesLittle = has("quote")
      translates = has("snat")
      damages = has("corrupt")
    }
  }

  private static let lastTTL = 14
  private static let targetsPerNetwork = 2
  private static let flows = 6
  /// Behind every change that a shipped network has in its schedule, one after the other.
  private static let laterSeconds = [11, 10]

  @Test("responder by responder, for every tracer, in every network that ships")
  func agreement() async throws {
    let home = try ShellHome()
    let catalogue = try JSONDecoder().decode(
      Catalogue.self, from: Data(try await Self.written("'\(ShellSession.binary)' --no-rc lab list --json", home).utf8))
    let inside = try await Self.tracesInside(catalogue, home)
    try await Self.runOutside(inside.views, inside.traits, home)
    var compared = 0
    for (target, views) in inside.views.sorted(by: {
      ($0.key.network, $0.key.address) < ($1.key.network, $1.key.address)
    }) {
      let traits = try #require(inside.traits[target.network])
      for tracer in Tracer.allCases where tracer.program.map(Self.isInstalled) ?? true {
        let path = "\(home.path)/\(target.network)/\(target.address).\(tracer.rawValue)"
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        var view = views[tracer.protocolName] ?? View()
        if traits.quotesLittle { view.add(views["icmp"]) }
        let difference = Self.difference(try tracer.hops(in: text), from: view, of: target, traits, tracer.method)
        #expect(difference == nil, "\(target.network), \(target.name) by \(tracer.rawValue):\n\(text)")
        compared += 1
      }
    }
    // One target at least of every network, by the two of our own.
    #expect(compared >= catalogue.networks.count * 2)
  }

  /// What is wrong with what a tracer saw; nil when nothing is.
  private static func difference(
    _ seen: [String?], from view: View, of target: Target, _ traits: Traits, _ method: Tracer.Method
  ) -> String? {
    guard !seen.isEmpty || method.waits == .briefly else { return "it saw nothing" }
    let missesInTime =
      switch method.waits {
      case .byStamps: false
      case .byItsOwnClock: view.isQuiet(traits)
      case .briefly: true
      }
    let missesReplies = traits.loses || missesInTime || (traits.translates && method.needsOwnQuote)
    for (index, responder) in seen.enumerated() {
      guard index < view.sights.count else {
        // Behind the end of the path.
        if responder == nil || method.goesOn || (traits.loses && responder == target.address) { continue }
        return "TTL \(index + 1): \(responder ?? "") answered behind the end"
      }
      if let responder {
        if view.sights[index].responders.contains(responder) || (traits.loses && responder == target.address) {
          continue
        }
        if traits.damages, method.takesDamaged, view.sights[index].mayBeSilent { continue }
        return "TTL \(index + 1): \(responder) answered"
      }
      if !view.sights[index].mayBeSilent, !missesReplies { return "TTL \(index + 1): nobody answered" }
    }
    return seen.count < view.least && !method.endsEarly && !missesReplies ? "it saw only \(seen.count) hops" : nil
  }

  /// By target and protocol what may be seen; by network what it does to replies.
  private static func tracesInside(
    _ catalogue: Catalogue, _ home: ShellHome
  ) async throws -> (views: [Target: [String: View]], traits: [String: Traits]) {
    var lines = [
      "set enrich off; set timeout 3s; set patience off; set max-ttl \(lastTTL); set format json; set on-error continue"
    ]
    for network in catalogue.networks {
      lines += ["use lab \(network.name)", "lab show"]
      let traces = network.targets.prefix(targetsPerNetwork).flatMap { target in
        ["4", "6"].flatMap { family in
          ["icmp", "udp"].flatMap { method in
            (0..<flows).map { "trace \(target.name) -\(family) --\(method) --flow \($0)" }
          }
        }
      }
      lines += traces
      for seconds in laterSeconds { lines += ["sleep \(seconds)s"] + traces.filter { $0.hasSuffix(" 0") } }
    }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: "\(home.path)/inside.ftr"))
    let text = try await written("'\(ShellSession.binary)' --no-rc inside.ftr 2>/dev/null || :", home)
    var views: [Target: [String: View]] = [:]
    var traits: [String: Traits] = [:]
    var shown = catalogue.networks.map(\.name)[...]
    for line in text.split(separator: "\n") {
      if line.contains("\"nodes\":") {
        let name = shown.popFirst()
        traits[try #require(name)] = Traits(line)
      } else if line.contains("\"target_ip\":") {
        let trace = try JSONDecoder().decode(Trace.self, from: Data(line.utf8))
        let target = Target(
          network: String(trace.network.dropFirst("lab ".count)), name: trace.target, address: trace.target_ip)
        views[target, default: [:]][trace.protocol, default: View()].add(trace)
      }
    }
    return (views, traits)
  }

  /// Has every tracer trace every target inside its network, all networks together.
  private static func runOutside(
    _ views: [Target: [String: View]], _ traits: [String: Traits], _ home: ShellHome
  ) async throws {
    let ftrsh = "'\(ShellSession.binary)'"
    var script = "cd '\(home.path)'\n"
    for (network, targets) in Dictionary(grouping: views.keys, by: \.network).sorted(by: { $0.key < $1.key }) {
      var commands = "cd '\(home.path)/\(network)'\n"
      for target in targets {
        for tracer in Tracer.allCases where tracer.program.map(isInstalled) ?? true {
          let view = views[target]?[tracer.protocolName] ?? View()
          let isQuiet =
            try view.isQuiet(#require(traits[network]))
            || (tracer.method.needsOwnQuote && traits[network]?.translates == true)
          commands +=
            "\(tracer.command(target, isQuiet: isQuiet, ftrsh: ftrsh)) > '\(target.address).\(tracer.rawValue)' 2>&1 </dev/null &\n"
        }
      }
      let directory = URL(filePath: "\(home.path)/\(network)")
      try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
      try Data((commands + "wait\n").utf8).write(to: URL(filePath: "\(home.path)/\(network)/all.sh"))
      script +=
        "\(ftrsh) --no-rc -c \"lab up \(network); lab run sh \(network)/all.sh\" > \(network)/log 2>&1 </dev/null &\n"
    }
    _ = try await written("\(script)wait", home)
  }

  private static func isInstalled(_ program: String) -> Bool {
    ["/usr/bin", "/usr/sbin", "/bin", "/sbin"].contains { access("\($0)/\(program)", X_OK) == 0 }
  }

  private static func written(_ command: String, _ home: ShellHome) async throws -> String {
    let environment = home.environment.map { "\($0.key)='\($0.value)'" }.joined(separator: " ")
    try await NamespaceChain.run(
      "export \(environment) PATH=\"$PATH:/usr/sbin:/sbin\"\ncd '\(home.path)'\n(\n\(command)\n) > written </dev/null\n"
    )
    return String(decoding: try Data(contentsOf: URL(filePath: "\(home.path)/written")), as: UTF8.self)
  }
}

extension AgreementTests.View {
  /// Takes in what a trace saw.
  fileprivate mutating func add(_ trace: AgreementTests.Trace) {
    least = min(least, trace.hops.count)
    for (index, hop) in trace.hops.enumerated() {
      if index == sights.count { sights.append(AgreementTests.Sight()) }
      let responders = hop.probes.compactMap(\.address) + [hop.address].compactMap { $0 }
      sights[index].responders.formUnion(responders)
      if responders.isEmpty { sights[index].mayBeSilent = true }
    }
  }

  /// Takes in the responders of another view.
  fileprivate mutating func add(_ other: AgreementTests.View?) {
    for (index, sight) in (other?.sights ?? []).enumerated() where index < sights.count {
      sights[index].responders.formUnion(sight.responders)
    }
  }
}
