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
  /// Those of them that are to be put into the catalogue when it is next asked for: a network of 1,000 nodes is made whole
  /// once, and not with each of its statements.
  var unfinished: [String] = []
  /// The network that statements are about: `lab new` began it or `use lab` chose it, whichever came last.
  var subject: String?
  /// The names of the networks that ship; nil until one has been changed.
  var shipped: Set<String>?
  /// Those of them of which it has been said that a change is not for good.
  var announced: Set<String> = []
}

extension Session {
  /// Takes one statement. One that changes a network which is there takes effect at once; others do when the catalogue is
  /// next asked for.
  func labBuild(_ call: Invocation) async throws(ShellError) {
    guard let verb = call.argument("STATEMENT"), let statement = LabStatement(rawValue: verb.text) else { return }
    let words = ([verb] + call.arguments("WORD")).map { LabWord($0.text, at: $0.range) }
    let name = statement == .new ? words.dropFirst().first?.text : try subject(of: call)
    let changed = try apply(statement, words, to: name, call)
    guard let name else { return }
    if statement == .new { hostedLab?.forget(name) }
    labBuilder.subject = name
    changedLabs.insert(name)
    if let changed {
      sayItIsForTheSession(name, call)
      labs.put(changed)
    }
    // A resolver is asked through what annotates, which is made with the network.
    if let changed, words.dropFirst().first?.text != LabStatement.resolver.rawValue {
      await changeNetworks(to: changed)
    } else {
      await forgetLab(name)
    }
    if let hosted = hostedLab, hosted.network == name, !hosted.isReplaced {
      hosted.tell("lab " + words.map { Launch.quoted($0.text) }.joined(separator: " "))
    }
  }

  /// Has the builder of a network take a statement.
  ///
  /// - Returns: the network, when the statement changes one that is there.
  private func apply(
    _ statement: LabStatement, _ words: [LabWord], to name: String?, _ call: Invocation
  ) throws(ShellError) -> Topology? {
    let isChange = statement.isChange && isInCatalogue(name)
    var builder = statement == .new ? TopologyBuilder() : try builder(of: name)
    // A copy would cost as much as the network is large. After a mistake the builder is as it was.
    let isTakenOut = !isChange && statement != .new
    if isTakenOut, let name { labBuilder.drafts[name] = nil }
    do throws(Diagnostic) {
      try builder.apply(words, in: call.frame.source)
      let changed = isChange ? try builder.finish() : nil
      guard let name else { return nil }
      labBuilder.drafts[name] = builder
      if !isChange, !labBuilder.unfinished.contains(name) { labBuilder.unfinished.append(name) }
      return changed
    } catch {
      if isTakenOut, let name { labBuilder.drafts[name] = builder }
      throw .wrong(error.by("lab"))
    }
  }

  /// Puts into the catalogue what statements have made since it was last asked for.
  ///
  /// A network that more statements will make whole stays out of it, and `use lab` says until then what it lacks.
  func finishDrafts() {
    guard !labBuilder.unfinished.isEmpty else { return }
    let names = labBuilder.unfinished
    labBuilder.unfinished = []
    for name in names {
      guard let builder = labBuilder.drafts[name] else { continue }
      do throws(Diagnostic) { labs.put(try builder.finish()) } catch { labs.note(name, lacks: error) }
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

  private func isInCatalogue(_ name: String?) -> Bool { name.map { labs.names.contains($0) } ?? false }

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
