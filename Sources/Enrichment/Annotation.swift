import Packets

/// Everything that is known about one address besides its replies.
package struct Annotation: Hashable, Sendable {
  package var name: Fact<String>
  package var origin: Fact<Origin>
  package var place: Fact<Place>

  package init(name: Fact<String>, origin: Fact<Origin>, place: Fact<Place>) {
    self.name = name
    self.origin = origin
    self.place = place
  }

  /// Whether nothing more is going to come.
  package var isComplete: Bool { !name.isPending && !origin.isPending && !place.isPending }
}

/// The autonomous system that announces an address, or what stands in its place for a special-purpose range.
package struct Origin: Hashable, Sendable {
  /// Origin AS numbers, as announced; several when the prefix has several origins. Empty for a special-purpose range.
  package var asns: [UInt32]
  /// The longest announced prefix that holds the address.
  package var prefix: Prefix?
  /// Two letters (ISO 3166-1), as the registry has it.
  package var country: String?
  /// The regional registry, in lower case: `ripencc`, `arin`, `apnic`, `lacnic`, `afrinic`.
  package var registry: String?
  /// The name of the first AS, or of the special-purpose range.
  package var name: String?

  package init(
    asns: [UInt32], prefix: Prefix? = nil, country: String? = nil, registry: String? = nil, name: String? = nil
  ) {
    self.asns = asns
    self.prefix = prefix
    self.country = country
    self.registry = registry
    self.name = name
  }
}

/// Where an address is used, as far as a database knows.
package struct Place: Hashable, Sendable {
  package var city: String?
  /// In words: "Ireland".
  package var country: String?
  /// Two letters (ISO 3166-1).
  package var countryCode: String?

  package init(city: String?, country: String?, countryCode: String?) {
    self.city = city
    self.country = country
    self.countryCode = countryCode
  }
}
