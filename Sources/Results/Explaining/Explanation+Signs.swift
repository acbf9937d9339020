import Packets
import Tracing

extension Explanation {
  /// What something means that the shell prints, in the words in which it was asked for.
  ///
  /// - Returns: nil for what is not known; `signWords` are what is.
  package init?(sign words: String) {
    let asked = words.hasPrefix("marker ") ? String(words.dropFirst("marker ".count)) : words
    if let explanation = Self.marker(asked) {
      self = explanation
      return
    }
    guard let found = Sign.named(asked) else { return nil }
    let meaning = "\(found.meaning.prefix(1).uppercased())\(found.meaning.dropFirst())."
    self.init("'\(found.sign)'", [ExplanationSection("Meaning", [meaning] + found.sentences)])
  }

  /// Every word that `explain` knows, for completion and for what was probably meant.
  package static var signWords: [String] {
    var words: [String] = []
    for sign in Sign.all {
      // What has a blank in it is typed as several words, and not completed; what begins with '-' reads as an option.
      words += ([sign.sign] + sign.words).filter { !$0.contains(" ") && !$0.hasPrefix("-") }
    }
    return words + markerWords
  }

  /// Every mark of an unreachable that has a letter; that of a link that is too small is without its MTU.
  package static var markerWords: [String] { markers.map(\.marker) }

  /// Every mark of an unreachable, with the codes that have it.
  private static let markers: [(marker: String, codes: [UnreachableCode])] = {
    var codes = (0...15).map { UnreachableCode(family: .ipv4, type: ICMPType.destinationUnreachable, code: $0) }
    codes += (0...6).map { UnreachableCode(family: .ipv6, type: ICMPv6Type.destinationUnreachable, code: $0) }
    codes.append(UnreachableCode(family: .ipv6, type: ICMPv6Type.packetTooBig, code: 0))
    var markers: [(marker: String, codes: [UnreachableCode])] = []
    for code in codes {
      let marker = code.marker.hasPrefix("!F-") ? "!F" : code.marker
      if let index = markers.firstIndex(where: { $0.marker == marker }) {
        markers[index].codes.append(code)
      } else {
        markers.append((marker, [code]))
      }
    }
    return markers
  }()

  private static func marker(_ text: String) -> Explanation? {
    let text = inBrackets(text) ?? text
    let name = text.hasPrefix("!F-") ? "!F" : text
    let known = markers.first { $0.marker == name || $0.marker == "!\(name)" && name.count == 1 }
    guard let found = known ?? numbered(name) else { return nil }
    var sentences = found.codes.map { code in
      let family = code.family == .ipv4 ? "ICMP" : "ICMPv6"
      return "\(family) type \(code.type), code \(code.code): \(code.meaning)"
        + " (\(ICMPWords(family: code.family, type: code.type, code: code.code).source))."
    }
    switch found.marker {
    case "!F":
      sentences.append("The number behind it is the MTU in bytes of the link that the probe did not fit.")
    case "!p":
      sentences.append(
        "It comes from the target of a UDP trace: the probe arrived, so it is the end of the path and no fault.")
      return Explanation("'\(found.marker)'", [ExplanationSection("Meaning", sentences)])
    default: break
    }
    sentences.append("The path ends there: whoever says so could not send the probe on, or was told not to.")
    return Explanation("'\(found.marker)'", [ExplanationSection("Meaning", sentences)])
  }

  /// The marker of a closing line: `!H` of `host unreachable (!H) at hop 9`.
  private static func inBrackets(_ text: String) -> String? {
    guard let open = text.firstRange(of: "(!"), let close = text[open.upperBound...].firstIndex(of: ")") else {
      return nil
    }
    return "!\(text[open.upperBound..<close])"
  }

  /// A marker without a letter: `!<16>` is a code of destination unreachable, `!<4-0>` a type and a code.
  private static func numbered(_ text: String) -> (marker: String, codes: [UnreachableCode])? {
    guard text.hasPrefix("!<"), text.hasSuffix(">") else { return nil }
    let numbers = text.dropFirst(2).dropLast().split(separator: "-", omittingEmptySubsequences: false)
    let values = numbers.compactMap { UInt8($0) }
    guard values.count == numbers.count, let code = values.last, values.count <= 2 else { return nil }
    let codes = [AddressFamily.ipv4, .ipv6].map { family in
      let unreachable = family == .ipv4 ? ICMPType.destinationUnreachable : ICMPv6Type.destinationUnreachable
      return UnreachableCode(family: family, type: values.count == 2 ? values[0] : unreachable, code: code)
    }
    let marked = codes.filter { $0.marker == text }
    return marked.isEmpty ? nil : (text, marked)
  }
}
