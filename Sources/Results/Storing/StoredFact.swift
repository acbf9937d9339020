import Enrichment
import Packets
import Time

/// A `Fact` in the store form.
struct StoredFact<Value: Codable & Hashable & Sendable>: Codable {
  /// The cases of `Fact`.
  enum State: String, Codable {
    case skipped, pending, known, absent, failed
  }

  var state: State
  var value: Value?
  var source: FactSource?
  var age: StoredDuration?
  var skipped: SkipReason?
  var failure: LookupFailure.Kind?
  var reason: String?

  init(_ fact: Fact<Value>) {
    switch fact {
    case .skipped(let reason):
      state = .skipped
      skipped = reason
    case .pending: state = .pending
    case .known(let value, let source, let age):
      state = .known
      self.value = value
      self.source = source
      self.age = StoredDuration(age)
    case .absent(let source, let age):
      state = .absent
      self.source = source
      self.age = StoredDuration(age)
    case .failed(let failure):
      state = .failed
      self.failure = failure.kind
      reason = failure.reason
    }
  }

  /// - Parameter place: where it stands in the enrichment, for the error.
  func fact(_ place: String) throws(StoreFormError) -> Fact<Value> {
    switch state {
    case .skipped: return .skipped(try require(skipped, place, "skipped"))
    case .pending: return .pending
    case .known:
      return .known(
        try require(value, place, "value"), source: try require(source, place, "source"),
        age: try require(age, place, "age").duration)
    case .absent:
      return .absent(source: try require(source, place, "source"), age: try require(age, place, "age").duration)
    case .failed:
      return .failed(LookupFailure(try require(failure, place, "failure"), try require(reason, place, "reason")))
    }
  }

  private func require<Field>(_ field: Field?, _ place: String, _ name: String) throws(StoreFormError) -> Field {
    guard let field else { throw .malformed("enrichment.\(place).\(name) is missing") }
    return field
  }
}

/// An `Annotation` in the store form.
struct StoredAnnotation: Codable {
  var name: StoredFact<String>
  var origin: StoredFact<StoredOrigin>
  var place: StoredFact<StoredPlace>

  init(_ annotation: Annotation) {
    name = StoredFact(annotation.name)
    origin = StoredFact(annotation.origin.map { StoredOrigin($0) })
    place = StoredFact(annotation.place.map { StoredPlace($0) })
  }

  func annotation() throws(StoreFormError) -> Annotation {
    Annotation(
      name: try name.fact("name"), origin: try origin.fact("origin").map(\.value),
      place: try place.fact("place").map(\.value))
  }
}

/// An `Origin` in the store form.
struct StoredOrigin: Codable, Hashable {
  var asns: [UInt32]
  var prefix: Prefix?
  var country: String?
  var registry: String?
  var name: String?

  init(_ origin: Origin) {
    asns = origin.asns
    prefix = origin.prefix
    country = origin.country
    registry = origin.registry
    name = origin.name
  }

  var value: Origin { Origin(asns: asns, prefix: prefix, country: country, registry: registry, name: name) }
}

/// A `Place` in the store form.
struct StoredPlace: Codable, Hashable {
  var city: String?
  var country: String?
  var code: String?

  init(_ place: Place) {
    city = place.city
    country = place.country
    code = place.countryCode
  }

  var value: Place { Place(city: city, country: country, countryCode: code) }
}

extension Fact {
  /// The same fact about a value in another form.
  fileprivate func map<Other>(_ form: (Value) -> Other) -> Fact<Other> {
    switch self {
    case .skipped(let reason): .skipped(reason)
    case .pending: .pending
    case .known(let value, let source, let age): .known(form(value), source: source, age: age)
    case .absent(let source, let age): .absent(source: source, age: age)
    case .failed(let failure): .failed(failure)
    }
  }
}

extension FactSource: Codable {}
extension SkipReason: Codable {}
extension LookupFailure.Kind: Codable {}
