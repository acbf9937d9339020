import Enrichment
import NameWire
import Packets

/// The origins of addresses, and the names of ASes, from Team Cymru's service over DNS
/// (`9.2.0.192.origin.asn.cymru.com`, `AS64500.asn.cymru.com`).
///
/// Its names are fixed; who wants another service sets a name server that answers for them.
package enum CymruOrigins {
  /// Asks for the origin of an address, on the resolver's loop.
  ///
  /// - Parameter completion: called once, on the loop's thread, with `origin` (without a name), `absent` or `failed`.
  package static func origin(
    of address: IPAddress, using resolver: Resolver, completion: @escaping @Sendable (Answer) -> Void
  ) {
    ask(.origin(address), resolver, completion) { texts throws(CymruError) in
      .origin(try CymruRecord.origin(ofTexts: texts, for: address))
    }
  }

  /// Asks for the name of an AS, on the resolver's loop.
  ///
  /// - Parameter completion: called once, on the loop's thread, with `asName`, `absent` or `failed`.
  package static func asName(
    of number: UInt32, using resolver: Resolver, completion: @escaping @Sendable (Answer) -> Void
  ) {
    ask(.asName(number), resolver, completion) { texts throws(CymruError) in
      .asName(try CymruRecord.asName(ofText: texts.first ?? ""))
    }
  }

  private static func ask(
    _ name: ReverseName, _ resolver: Resolver, _ completion: @escaping @Sendable (Answer) -> Void,
    reading: @escaping @Sendable ([String]) throws(CymruError) -> Answer.Content
  ) {
    resolver.ask(NameQuestion(name.domainName, .txt)) { result in
      switch result {
      case .success(let found) where found.isAbsent:
        completion(.absent(from: .cymru))
      case .success(let found):
        do throws(CymruError) {
          // The records' own times are hours, and an announcement changes less often.
          completion(Answer(try reading(texts(found)), from: .cymru, lifetime: Lifetime.ofOrigins))
        } catch {
          completion(.failed(LookupFailure(.malformed, "\(error)"), from: .cymru))
        }
      case .failure(let failure):
        completion(.failed(failure, from: .cymru))
      }
    }
  }

  private static func texts(_ found: NameAnswer) -> [String] {
    found.contents.compactMap { content in
      if case .text(let bytes) = content { text(bytes) } else { nil }
    }
  }

  /// As UTF-8 where it is; else with `\DDD` for each byte outside ASCII, which loses nothing.
  private static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    return bytes.map { byte in
      byte < 0x80 ? String(UnicodeScalar(byte)) : "\\\(byte)"
    }.joined()
  }
}
