import Enrichment
import Packets
import Time

/// An `EnrichmentRecord` in the store form: the events that it is a fold of.
struct StoredEnrichment: Codable {
  var request: StoredQuestion
  /// In order of addresses, so that equal records have equal forms.
  var annotations: [About<IPAddress, StoredAnnotation>]
  var publicAddresses: [About<AddressFamily, StoredFact<IPAddress>>]
  var systems: [About<UInt32, StoredFact<String>>]
  var notes: [StoredNote]
  /// What was not waited for to the end.
  var waited: Waited
  /// nil when they were not kept.
  var moments: [StoredMoment]?

  enum CodingKeys: String, CodingKey {
    case request, annotations, systems, notes, waited, moments
    case publicAddresses = "public"
  }

  /// What is known of one subject.
  struct About<Subject: Codable, Knowledge: Codable>: Codable {
    var of: Subject
    var known: Knowledge
  }

  /// The subjects, by kind.
  struct Waited: Codable {
    var addresses: [IPAddress] = []
    var publicAddresses: [AddressFamily] = []
    var systems: [UInt32] = []

    enum CodingKeys: String, CodingKey {
      case addresses, systems
      case publicAddresses = "public"
    }
  }

  /// - Parameter beginning: of the trace, from which moments count.
  init(_ record: EnrichmentRecord, from beginning: Instant) {
    request = StoredQuestion(record.request)
    annotations = record.annotations.sorted { $0.key < $1.key }.map { About(of: $0, known: StoredAnnotation($1)) }
    publicAddresses = AddressFamily.allCases.compactMap { family in
      record.publicAddresses[family].map { About(of: family, known: StoredFact($0)) }
    }
    systems = record.systems.sorted { $0.key < $1.key }.map { About(of: $0, known: StoredFact($1)) }
    notes = record.notes.map { StoredNote(problem: $0.problem, reason: $0.reason, advice: $0.advice) }
    moments = record.moments.isEmpty ? nil : record.moments.map { StoredMoment($0, from: beginning) }
    waited = Waited()
    for subject in record.waited {
      switch subject {
      case .address(let address): waited.addresses.append(address)
      case .publicAddress(let family): waited.publicAddresses.append(family)
      case .system(let asn): waited.systems.append(asn)
      }
    }
    waited.addresses.sort()
    waited.publicAddresses.sort { $0.addressBitCount < $1.addressBitCount }
    waited.systems.sort()
  }

  func record(from beginning: Instant) throws(StoreFormError) -> EnrichmentRecord {
    var record = EnrichmentRecord(try request.value)
    for about in annotations { record.apply(.annotated(about.of, try about.known.annotation())) }
    for about in publicAddresses { record.apply(.publicAddress(about.of, try about.known.fact("public"))) }
    for about in systems { record.apply(.system(about.of, try about.known.fact("systems"))) }
    for note in notes { record.apply(.noted(LookupNote(note.problem, reason: note.reason, advice: note.advice))) }
    for address in waited.addresses { record.apply(.waited(.address(address))) }
    for family in waited.publicAddresses { record.apply(.waited(.publicAddress(family))) }
    for asn in waited.systems { record.apply(.waited(.system(asn))) }
    for moment in moments ?? [] { record.apply(.moment(moment.value(from: beginning))) }
    return record
  }
}

/// A `LookUpMoment` in the store form.
struct StoredMoment: Codable {
  var topic: LookUpMoment.Topic
  var subject: String
  var answer: Bool
  var at: StoredOffset

  init(_ moment: LookUpMoment, from beginning: Instant) {
    topic = moment.topic
    subject = moment.subject
    answer = moment.isAnswer
    at = StoredOffset(moment.at, from: beginning)
  }

  func value(from beginning: Instant) -> LookUpMoment {
    LookUpMoment(topic, of: subject, isAnswer: answer, at: at.instant(from: beginning))
  }
}

/// A `LookupNote` in the store form.
struct StoredNote: Codable {
  var problem: String
  var reason: String
  var advice: String?
}

/// An `EnrichmentRequest` in the store form.
struct StoredQuestion: Codable {
  var kinds: [EnrichmentKind]
  /// `cymru`, `mmdb:FILE`, `table:FILE`, as `set as.source` has them.
  var sources: [String]
  var placeDatabase: String?
  var special: SpecialPolicy
  var publicAddress: IPAddress?
  var wait: StoredDuration
  /// nil when moments are not kept.
  var moments: Bool?

  enum CodingKeys: String, CodingKey {
    case kinds, sources, special, wait, moments
    case placeDatabase = "place_database"
    case publicAddress = "public_address"
  }

  init(_ request: EnrichmentRequest) {
    kinds = EnrichmentKind.allCases.filter { request.kinds.contains($0) }
    sources = request.originSources.map { source in
      switch source {
      case .cymru: "cymru"
      case .maxMind(let path): "mmdb:\(path)"
      case .table(let path): "table:\(path)"
      }
    }
    placeDatabase = request.placeDatabase
    special = request.specialAddresses
    publicAddress = request.publicAddress
    wait = StoredDuration(request.wait)
    moments = request.keepsMoments ? true : nil
  }

  var value: EnrichmentRequest {
    get throws(StoreFormError) {
      let sources = try sources.map { text throws(StoreFormError) -> OriginSource in
        if text == "cymru" { return .cymru }
        if text.hasPrefix("mmdb:") { return .maxMind(String(text.dropFirst(5))) }
        if text.hasPrefix("table:") { return .table(String(text.dropFirst(6))) }
        throw .malformed("enrichment.request.sources: '\(text)' is none")
      }
      var request = EnrichmentRequest(
        kinds: Set(kinds), originSources: sources, placeDatabase: placeDatabase, specialAddresses: special,
        publicAddress: publicAddress, wait: wait.duration)
      request.keepsMoments = moments ?? false
      return request
    }
  }
}

extension EnrichmentKind: Codable {}
extension SpecialPolicy: Codable {}
