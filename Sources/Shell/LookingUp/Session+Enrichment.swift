import Enrichment
import Lexing
import Probing
import Results
import SystemIO

extension Session {
  /// `show enrich`: what is on, who is asked, and how well it went in the network in use.
  func showEnrichment(_ call: Invocation) async throws(ShellError) {
    let network: SessionNetwork
    do throws(NetworkFailure) {
      network = try await self.network(networkChoice)
    } catch {
      throw .failed(call.frame.locate(Diagnostic(error).by("show"), at: call.range))
    }
    let report: EnrichmentReport
    do throws(SystemError) {
      report = try await network.report()
    } catch {
      throw call.failed("cannot reach the look-ups", why: "\(error)")
    }
    let name = network.network.name
    call.answer(EnrichmentDocument(network: name, kinds: settings.kinds, report), over: settings) {
      for line in EnrichmentText.lines(report, settings, inLab: networkChoice != .live) { call.print(line) }
    }
  }
}

/// `show enrich` as text.
private enum EnrichmentText {
  private static let width = 18

  static func lines(_ report: EnrichmentReport, _ settings: Settings, inLab: Bool) -> [StyledLine] {
    var lines = EnrichmentKind.allCases.map { kind -> StyledLine in
      let isOn = settings.kinds.contains(kind)
      var line = StyledLine(pad(kind.rawValue), .name)
      line.append(isOn ? "on   " : "off  ", isOn ? .good : .dim)
      line.append(inLab ? labSource(of: kind) : source(of: kind, settings), .dim)
      return line
    }
    lines += report.sources.map { source in
      var line = StyledLine(pad(source.name), .name)
      line.append(source.state)
      return line
    }
    var memory = StyledLine(pad("memory"), .name)
    memory.append("\(report.cachedCount) answers at hand, \(report.openCount) questions open")
    lines.append(memory)
    let asked = EnrichmentStatistics.Topic.allCases.filter { report.statistics[$0].wanted > 0 }
    lines += asked.map { topic in
      var line = StyledLine(pad(words(topic)), .name)
      line.append(text(report.statistics[topic]))
      return line
    }
    return lines
  }

  /// In the lab nobody outside is asked.
  private static func labSource(of kind: EnrichmentKind) -> String {
    switch kind {
    case .names: "from the network's zone"
    case .autonomousSystems: "from the network's AS table"
    case .segments: "from AS numbers and the public address"
    case .geo: "not known in the lab"
    case .isp: "stated by the network"
    }
  }

  private static func source(of kind: EnrichmentKind, _ settings: Settings) -> String {
    switch kind {
    case .names: "from \(settings.nameServers ?? "the name servers of this machine")"
    case .autonomousSystems: "from \(settings.originSources)"
    case .segments: "from AS numbers and the public address"
    case .geo: settings.placeDatabase.map { "from \($0)" } ?? "from no database: 'set geo.database FILE'"
    case .isp:
      settings.publicAddress.map { "stated: \($0)" } ?? "from \(settings.lookUps.stunServers.joined(separator: ", "))"
    }
  }

  private static func text(_ counts: EnrichmentStatistics.Counts) -> String {
    let rate = counts.hitRate.map { " (\(Int(($0 * 100).rounded())) %)" } ?? ""
    var parts = ["\(counts.wanted) wanted", "\(counts.hits) at hand\(rate)", "\(counts.asked) asked"]
    let others = [("known", counts.known), ("without", counts.absent), ("skipped", counts.skipped)]
    for (word, count) in others where count > 0 { parts.append("\(count) \(word)") }
    for kind in LookupFailure.Kind.allCases {
      if let count = counts.failures[kind] { parts.append("\(count) \(words(kind))") }
    }
    return parts.joined(separator: ", ")
  }

  private static func words(_ topic: EnrichmentStatistics.Topic) -> String {
    switch topic {
    case .names: "names asked"
    case .origins: "origins asked"
    case .asNames: "AS names asked"
    case .places: "places asked"
    case .publicAddresses: "public address"
    }
  }

  private static func words(_ kind: LookupFailure.Kind) -> String {
    switch kind {
    case .timedOut: "timed out"
    case .unreachable: "unreachable"
    case .refused: "refused"
    case .serverFailed: "failed by the server"
    case .malformed: "malformed"
    case .unusable: "unusable"
    case .cancelled: "cancelled"
    }
  }

  private static func pad(_ text: String) -> String {
    text + String(repeating: " ", count: max(1, width - text.count))
  }
}
