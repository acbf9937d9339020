// Theory of operation
//
// One object on the thread of the look-ups' loop, between the enricher and everybody who knows something:
//
//   a name, an AS        the cache on disk; else name servers, by c-ares
//   an origin            as `as.source` says: like a name, or a file on this machine
//   a place              a file on this machine
//   the public address   a STUN server, whose own name is asked of name servers first
//
// What comes back goes to the enricher through `answer`, always on this thread; the enricher gives what it took back to `keep`, and at
// the end of a turn the cache writes it. Nothing here waits.

import Enrichment
import NameWire
import Packets
import SystemIO
import Time

/// The answers that the world outside and the files of this machine give.
package final class LookupSource: AnswerSource {
  private let resolver: Resolver
  private let cache: CacheStore?
  private let files: LocalSources
  private let stun: STUNClient
  private var stunServers: [STUNServer] = []
  private var askedSTUN = 0
  private var answer: (@Sendable (Question, Answer) -> Void)?
  private var note: (@Sendable (LookupNote) -> Void)?

  /// - Parameters:
  ///   - resolver: on the same loop; its configuration is set by `configure`.
  ///   - cachePath: of the file that keeps answers from one session to the next; nil keeps none.
  /// - Throws: `SystemError` when descriptors are used up.
  package init(_ resolver: Resolver, cachePath: String?, on loop: EventLoop) throws(SystemError) {
    self.resolver = resolver
    cache = cachePath.map { CacheStore(path: $0) }
    files = try LocalSources(on: loop)
    stun = STUNClient(loop: loop)
  }

  package func attach(
    answer: @escaping @Sendable (Question, Answer) -> Void, note: @escaping @Sendable (LookupNote) -> Void
  ) {
    self.answer = answer
    self.note = note
  }

  package func ask(_ question: Question, at now: Instant) {
    guard let answer else { return }
    if let known = cache?.find(question) { return answer(question, known) }
    switch question {
    case .name(let address):
      ReverseNames.name(of: address, using: resolver) { answer(question, $0) }
    case .origin(let address, .cymru):
      CymruOrigins.origin(of: address, using: resolver) { answer(question, $0) }
    case .asName(let number):
      CymruOrigins.asName(of: number, using: resolver) { answer(question, $0) }
    case .origin(_, .maxMind), .origin(_, .table), .place:
      files.answer(question) { answer(question, $0) }
    case .publicAddress(let family):
      askedSTUN += 1
      PublicAddressSearch(stunServers, family, resolver, stun).run { answer(question, $0) }
    }
  }

  package func keep(_ answer: Answer, to question: Question) {
    // What was at hand already needs no second keeping.
    if answer.age == .zero { cache?.store(question, answer) }
  }

  package var nextTime: Instant? { nil }
  package func tick(at now: Instant) {}

  package func settle() {
    cache?.flush()
    if let found = cache?.takeNote() { note?(found) }
    for found in files.takeNotes() { note?(found) }
  }

  package func configure(_ settings: LookupSettings) {
    resolver.assumeIsolated { $0.configure(ResolverConfiguration(settings)) }
    stunServers = settings.stunServers.compactMap { text in
      do throws(STUNServerError) {
        return try STUNServer(text)
      } catch {
        // `set stun.server` lets nothing in that is no server.
        return nil
      }
    }
  }

  package func clear() {
    guard let cache, !cache.clear() else { return }
    note?(
      LookupNote(
        "the answers in '\(cache.path)' are not forgotten",
        reason: "another shell is using the file, or it cannot be written",
        advice: "'enrich clear' again when no other shell is busy"))
  }

  package func report() -> [SourceReport] {
    var reports = [SourceReport(name: "name servers", state: nameServers)]
    if let cache {
      let counts = cache.counts().map { "\($0.names) names, \($0.origins) origins, \($0.asNames) AS names" }
      reports.append(SourceReport(name: "cache", state: "\(cache.path): \(counts ?? "not in use")"))
    }
    reports += files.sizes.map { file in
      let unit = file.kind == .table ? "lines" : "nodes"
      return SourceReport(
        name: file.kind.rawValue, state: "\(file.path): \(file.entries) \(unit), \((file.byteCount + 1023) / 1024) kB")
    }
    if askedSTUN > 0 {
      let servers = stunServers.map(\.description).joined(separator: ", ")
      reports.append(SourceReport(name: "STUN", state: "\(servers): \(askedSTUN) asked"))
    }
    return reports
  }

  private var nameServers: String {
    resolver.assumeIsolated { resolver in
      let counts = resolver.statistics
      let servers: String
      do throws(LookupFailure) {
        servers = try resolver.servers().map(\.description).joined(separator: ", ")
      } catch {
        servers = "none: \(error)"
      }
      var parts = ["\(counts.asked) asked", "\(counts.answered) answered", "\(counts.absent) without"]
      let failed = counts.failed.values.reduce(0, +)
      if failed > 0 { parts.append("\(failed) failed") }
      if counts.silences > 0 { parts.append("\(counts.silences) silences") }
      if counts.inFlight + counts.queued > 0 { parts.append("\(counts.inFlight) in flight, \(counts.queued) waiting") }
      return "\(servers): \(parts.joined(separator: ", "))"
    }
  }

  package func close() {
    cache?.flush()
    stun.assumeIsolated { $0.cancelAll() }
    resolver.assumeIsolated { $0.close() }
  }
}

extension ResolverConfiguration {
  /// As the settings of a session say.
  package init(_ settings: LookupSettings) {
    var servers: [NameServer]?
    if let text = settings.nameServers {
      do throws(NameServerListError) {
        servers = try NameServer.list(text)
      } catch {
        // `set dns.server` lets no list in that cannot be read.
        servers = nil
      }
    }
    self.init(
      servers: servers, timeout: settings.nameTimeout, tries: settings.nameTries,
      window: settings.nameWindow)
  }
}
