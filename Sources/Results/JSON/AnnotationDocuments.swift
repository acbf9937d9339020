import Enrichment
import Packets
import Tracing

/// The AS of an address in its JSON form.
package struct OriginDocument: Codable, Hashable, Sendable {
  /// The first AS; 0 for a special-purpose range, which is of no AS.
  package var asn: UInt32
  /// Every AS that announces the prefix.
  package var asns: [UInt32]
  @ExplicitNull package var prefix: String? = nil
  @ExplicitNull package var countryCode: String? = nil
  @ExplicitNull package var registry: String? = nil
  @ExplicitNull package var name: String? = nil
  package var source: String
  /// How old the knowledge was, in whole seconds.
  package var age: Int64

  enum CodingKeys: String, CodingKey {
    case asn, asns, prefix, registry, name, source
    case countryCode = "country_code"
    case age = "age_s"
  }

  /// nil when the origin is not known.
  package init?(_ fact: Fact<Origin>?) {
    guard case .known(let origin, let source, let age)? = fact else { return nil }
    asn = origin.asns.first ?? 0
    asns = origin.asns
    self.source = source.rawValue
    self.age = age.components.seconds
    prefix = origin.prefix?.description
    countryCode = origin.country
    registry = origin.registry
    name = origin.name
  }
}

/// City and country of an address in their JSON form.
package struct PlaceDocument: Codable, Hashable, Sendable {
  @ExplicitNull package var city: String? = nil
  @ExplicitNull package var country: String? = nil
  @ExplicitNull package var countryCode: String? = nil

  enum CodingKeys: String, CodingKey {
    case city, country
    case countryCode = "country_code"
  }

  /// nil when the place is not known.
  package init?(_ fact: Fact<Place>?) {
    guard let place = fact?.value else { return nil }
    city = place.city
    country = place.country
    countryCode = place.countryCode
  }
}

/// The provider in its JSON form: what is known of this host's public address.
package struct ProviderDocument: Codable, Hashable, Sendable {
  @ExplicitNull package var asn: UInt32? = nil
  @ExplicitNull package var name: String? = nil
  /// The name of the public address.
  @ExplicitNull package var hostname: String? = nil

  /// nil when the public address is not known.
  package init?(_ annotation: Annotation?) {
    guard let annotation else { return nil }
    let origin = annotation.origin.value.flatMap { $0.asns.isEmpty ? nil : $0 }
    asn = origin?.asns.first
    name = origin?.name
    hostname = annotation.name.value
  }
}
