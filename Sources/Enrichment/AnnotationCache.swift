import Packets
import Time

/// Answers that still hold, in memory, bounded.
///
/// Two generations: answers enter the young one; when that is full it becomes the old one, and what was old is forgotten.
/// An answer that is used again moves back to the young one, so what is in use stays.
package struct AnnotationCache: Sendable {
  private struct Entry: Sendable {
    let answer: Answer
    let obtained: Instant
    let expiry: Instant
  }

  /// Origins are kept by prefix, so that one answer serves all addresses of a network.
  private enum Key: Hashable, Sendable {
    case question(Question)
    case prefix(Prefix, OriginSource)
  }

  private var young: [Key: Entry] = [:]
  private var old: [Key: Entry] = [:]
  /// Lengths of the prefixes that have ever been kept, longest first, by family.
  private var lengths: [AddressFamily: [Int]] = [:]

  /// Most answers in a generation: about 10 MB in two, and more than a day of tracing brings.
  package static let mostEntries = 16_384

  package init() {}

  /// Answers at hand, expired ones among them.
  package var count: Int { young.count + old.count }

  /// The answer to a question if one is at hand that still holds; its age is that at `now`.
  package mutating func answer(to question: Question, at now: Instant) -> Answer? {
    if let found = take(.question(question), at: now) { return found }
    guard case .origin(let address, let source) = question else { return nil }
    for length in lengths[address.family] ?? [] {
      guard let prefix = Prefix(address, length: length), let found = take(.prefix(prefix, source), at: now) else {
        continue
      }
      return found
    }
    return nil
  }

  /// Keeps an answer for as long as it holds.
  package mutating func insert(_ answer: Answer, to question: Question, at now: Instant) {
    let entry = Entry(answer: answer, obtained: now - answer.age, expiry: now + answer.lifetime)
    if case .origin(let address, let source) = question, case .origin(let origin) = answer.content,
      let prefix = origin.prefix, prefix.contains(address)
    {
      note(prefix.length, address.family)
      put(entry, for: .prefix(prefix, source))
    } else {
      put(entry, for: .question(question))
    }
  }

  package mutating func removeAll() { self = AnnotationCache() }

  private mutating func take(_ key: Key, at now: Instant) -> Answer? {
    guard let entry = young[key] ?? old[key] else { return nil }
    guard now < entry.expiry else {
      young[key] = nil
      old[key] = nil
      return nil
    }
    if young[key] == nil { put(entry, for: key) }
    var answer = entry.answer
    answer.age = max(.zero, now - entry.obtained)
    answer.lifetime = entry.expiry - now
    return answer
  }

  private mutating func put(_ entry: Entry, for key: Key) {
    if young.count >= Self.mostEntries, young[key] == nil {
      old = young
      young = [:]
    }
    young[key] = entry
    old[key] = nil
  }

  private mutating func note(_ length: Int, _ family: AddressFamily) {
    var known = lengths[family] ?? []
    guard !known.contains(length) else { return }
    known.append(length)
    known.sort(by: >)
    lengths[family] = known
  }
}
