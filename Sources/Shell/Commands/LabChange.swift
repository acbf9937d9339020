import Lexing
import Rendering
import Results
import Simulation

// The statements of `lab` that make a network, and those that change one that is there, also while it is used.

extension LabStatement {
  /// Whether it changes how a network behaves, and not what it is made of: networks in use then go on with it.
  fileprivate var isChange: Bool {
    switch self {
    case .fail, .heal, .at, .set: true
    case .new, .node, .hop, .link, .name, .target, .autonomousSystem, .publicAddress, .resolver: false
    }
  }
}

/// What statements of a session have made and changed.
struct LabBuilder: Sendable {
  /// By network: those that a statement was about.
  var drafts: [String: TopologyBuilder] = [:]
  /// The network that statements are about: `lab new` began it or `use lab` chose it, whichever came last.
  var subject: String?
  /// The names of the networks that ship; nil until one has been changed.
  var shipped: Set<String>?
  /// Those of them of which it has been said that a change is not for good.
  var announced: Set<String> = []
}

extension Session {
  /// Takes one statement; when the network is whole with it, that is in the catalogue as it is then.
  func labBuild(_ call: Invocation) async throws(ShellError) {
    guard let verb = call.argument("STATEMENT"), let statement = LabStatement(rawValue: verb.text) else { return }
    let words = ([verb] + call.arguments("WORD")).map { LabWord($0.text, at: $0.range) }
    let name = statement == .new ? words.dropFirst().first?.text : try subject(of: call)
    var builder = statement == .new ? TopologyBuilder() : try builder(of: name)
    let topology: Topology?
    do throws(Diagnostic) {
      try builder.apply(words, in: call.frame.source)
      topology = try whole(builder, mustBe: statement.isChange && isInCatalogue(name))
    } catch {
      throw .wrong(error.by("lab"))
    }
    guard let name else { return }
    if statement == .new { hostedLab?.forget(name) }
    labBuilder.drafts[name] = builder
    labBuilder.subject = name
    guard let topology else { return }
    if statement.isChange { sayItIsForTheSession(name, call) }
    put(topology)
    // A resolver is asked through what annotates, which is made with the network.
    if statement.isChange, words.dropFirst().first?.text != LabStatement.resolver.rawValue {
      await changeNetworks(to: topology)
    } else {
      await forgetLab(name)
    }
    if let hosted = hostedLab, hosted.network == name, !hosted.isReplaced {
      hosted.tell("lab " + words.map { Launch.quoted($0.text) }.joined(separator: " "))
    }
  }

  /// The network that statements are about.
  private func subject(of call: Invocation) throws(ShellError) -> String? {
    if let name = labBuilder.subject ?? hostedLab?.network { return name }
    throw call.wrong(
      "there is no network that this could be about", why: "statements are about the one begun or chosen last",
      try: "'lab new NAME \"SUMMARY\"', or 'use lab demo'")
  }

  /// What has been stated of a network: by this session, or by the file that it comes from.
  private func builder(of name: String?) throws(ShellError) -> TopologyBuilder {
    guard let name else { return TopologyBuilder() }
    if let builder = labBuilder.drafts[name] { return builder }
    if labBuilder.shipped == nil { labBuilder.shipped = Set(services.labs().names) }
    var builder = TopologyBuilder()
    do throws(Diagnostic) {
      let text = LabScript.text(of: try labs.network(named: name).topology)
      try LabScript.apply(Array(text.utf8), name: name, to: &builder)
    } catch {
      throw .failed(error.by("lab"))
    }
    return builder
  }

  /// The network of a builder; nil when more statements will make it whole, and `use lab` says until then that there is
  /// no such network.
  ///
  /// - Parameter mustBe: whether it is a mistake when it is not.
  private func whole(_ builder: TopologyBuilder, mustBe: Bool) throws(Diagnostic) -> Topology? {
    do throws(Diagnostic) { return try builder.finish() } catch {
      if mustBe { throw error }
      return nil
    }
  }

  private func isInCatalogue(_ name: String?) -> Bool { name.map { labs.names.contains($0) } ?? false }

  /// Puts a network into the catalogue, in the place of the one with its name.
  private func put(_ topology: Topology) {
    var topologies = labs.entries.map(\.topology)
    if let index = topologies.firstIndex(where: { $0.name == topology.name }) {
      topologies[index] = topology
    } else {
      topologies.append(topology)
    }
    labs = LabCatalog(topologies)
    changedLabs.insert(topology.name)
  }

  /// Has every network of the session that is this one go on with it.
  private func changeNetworks(to topology: Topology) async {
    let own = networks.filter { $0.key.choice == .lab(topology.name) }
    // An engine has the network behind sockets that nobody else knows.
    guard own.keys.allSatisfy({ $0.engine == nil }) else { return await forgetLab(topology.name) }
    for network in own.values { (network.network as? LabNetwork)?.apply(topology) }
  }

  /// Says once of a network that ships that a change is not for good; a lesson's own changes go with it, and are not the student's.
  private func sayItIsForTheSession(_ name: String, _ call: Invocation) {
    guard play?.isBusy != true else { return }
    guard labBuilder.shipped?.contains(name) == true, labBuilder.announced.insert(name).inserted else { return }
    tell(
      Diagnostic(
        "network '\(name)' is changed for this session only", try: "'lab save FILE' keeps it", severity: .note),
      on: call.console)
  }

  /// `lab save FILE [NAME]`
  func labSave(_ call: Invocation) throws(ShellError) {
    guard let file = call.arguments("WORD").first else {
      throw call.wrong(
        "the name of a file is missing", at: SourceRange(call.range.upper, call.range.upper), try: "'lab save my.ftr'")
    }
    let topology = try labEntry(call, behind: 1).topology
    do throws(Diagnostic) {
      try ResultFile.write(LabScript.text(of: topology), to: file.text, of: .network)
    } catch {
      throw .failed(call.frame.locate(error.by("lab"), at: file.range))
    }
    if settings.format == .text { call.print(StyledLine("network '\(topology.name)' saved in '\(file.text)'")) }
  }

  /// `lab seed N`, `lab clock real|virtual`: a setting under another name.
  func labSet(_ name: String, _ call: Invocation) async throws(ShellError) {
    guard let setting = Setting.named(name) else { preconditionFailure("The lab has its settings.") }
    let words = call.arguments("WORD")
    guard let word = words.first else { return show(setting, call) }
    if words.count > 1 { throw call.wrong("'\(words[1].text)' is one word too many", at: words[1].range) }
    let before = settings
    do throws(LiteralError) {
      setting.write(&settings, try setting.kind.parse(word.text))
    } catch {
      throw call.wrong("\(setting.name): \(error.problem)", at: word.range, try: error.remedy)
    }
    await settingsChanged(from: before, by: call)
  }
}
