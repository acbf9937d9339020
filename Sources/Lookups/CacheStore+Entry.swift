import Enrichment
import Packets
import Time

/// A question whose answers are kept.
enum CacheKey {
  case name(IPAddress)
  case origin(IPAddress)
  case asName(UInt32)

  /// Nil for a question whose answers are not kept.
  init?(_ question: Question) {
    switch question {
    case .name(let address):
      guard !Self.isLocal(address) else { return nil }
      self = .name(address)
    case .origin(let address, .cymru): self = .origin(address)
    case .asName(let number): self = .asName(number)
    case .origin(_, .maxMind), .origin(_, .table), .place, .publicAddress: return nil
    }
  }

  /// Where what is kept for it comes from.
  var source: FactSource {
    switch self {
    case .name: .dns
    case .origin, .asName: .cymru
    }
  }

  /// Addresses that every network uses anew, so that their names must not be carried from one to the next.
  private static let local = [
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "::1/128",
    "fc00::/7", "fe80::/10",
  ].compactMap { Prefix($0) }

  private static func isLocal(_ address: IPAddress) -> Bool {
    local.contains { $0.contains(address) }
  }
}

/// An answer that is kept, with its times as the file has them.
struct CacheEntry {
  /// Nil: there is none.
  enum Content {
    case name(IPAddress, String?)
    case origin(IPAddress, CachedOrigin?)
    case asName(UInt32, String?)
  }

  let content: Content
  /// When it was learned, in milliseconds since 1970.
  let stored: Int64
  let expires: Int64

  /// The longest name that is kept: a domain name has at most 1,004 characters when each is escaped.
  private static let longestName = 1_024

  /// Nil for an answer that is not kept.
  init?(_ question: Question, _ answer: Answer, at now: Int64) {
    guard let key = CacheKey(question), answer.source == key.source, answer.lifetime > .zero,
      let content = Self.content(key, answer.content)
    else { return nil }
    self.content = content
    stored = now - max(0, answer.age.nanoseconds / 1_000_000)
    expires = now + min(answer.lifetime, CacheTime.longestLifetime).nanoseconds / 1_000_000
  }

  private static func content(_ key: CacheKey, _ content: Answer.Content) -> Content? {
    switch (key, content) {
    case (.name(let address), .name(let name)) where name.utf8.count <= longestName: .name(address, name)
    case (.name(let address), .absent): .name(address, nil)
    case (.origin(let address), .origin(let origin)):
      CachedOrigin(origin, for: address).map { .origin(address, $0) }
    case (.origin(let address), .absent): .origin(address, nil)
    case (.asName(let number), .asName(let name)) where name.utf8.count <= longestName: .asName(number, name)
    case (.asName(let number), .absent): .asName(number, nil)
    case (.name, _), (.origin, _), (.asName, _): nil
    }
  }
}

/// An origin that may speak for every address of its prefix.
struct CachedOrigin {
  let origin: Origin
  let prefix: Prefix

  /// The shortest prefix that is kept, by family. Nobody announces a shorter one, and one wrong answer must not speak for half
  /// of the internet for a day.
  private static func shortest(_ family: AddressFamily) -> Int {
    switch family {
    case .ipv4: 8
    case .ipv6: 16
    }
  }

  init?(_ origin: Origin, for address: IPAddress) {
    guard let prefix = origin.prefix, prefix.contains(address), prefix.length >= Self.shortest(address.family),
      !origin.asns.isEmpty
    else { return nil }
    self.origin = origin
    self.prefix = prefix
  }
}

/// The times of an entry, judged by a clock that somebody may have set meanwhile.
enum CacheTime {
  /// No entry holds longer, whatever the file says.
  static let longestLifetime = max(Lifetime.ofNames.upperBound, Lifetime.ofOrigins)
  /// How far an entry may lie in the future, in milliseconds: clocks are set by less than this every day. An entry beyond
  /// was made by a clock that was wrong, and could hold for ever.
  static let tolerance: Int64 = 60_000
  private static let longest = longestLifetime.nanoseconds / 1_000_000

  /// Age and rest of the lifetime; nil when the entry does not hold.
  static func judge(stored: Int64, expires: Int64, at now: Int64) -> (age: Duration, lifetime: Duration)? {
    // An age beyond the longest lifetime can be true: an answer may have been kept in memory before.
    guard (now - 2 * longest...now + tolerance).contains(stored),
      (now + 1...now + longest + tolerance).contains(expires)
    else { return nil }
    return (.milliseconds(max(0, now - stored)), .milliseconds(min(expires - now, longest)))
  }
}
