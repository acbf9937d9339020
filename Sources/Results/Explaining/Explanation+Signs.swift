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
    let folded = asked.lowercased()
    let found = Sign.all.first { sign in
      sign.sign.lowercased() == folded || sign.words.contains { $0.lowercased() == folded }
    }
    guard let found else { return nil }
    let meaning = "\(found.meaning.prefix(1).uppercased())\(found.meaning.dropFirst())."
    self.init("'\(found.sign)'", [ExplanationSection("Meaning", [meaning] + found.sentences)])
  }

  /// Every word that `explain` knows, for completion and for what was probably meant.
  package static var signWords: [String] {
    var words: [String] = []
    for sign in Sign.all {
      // What has a blank in it is typed as several words, and not completed.
      words += ([sign.sign] + sign.words).filter { !$0.contains(" ") }
    }
    return words + markers.map(\.marker)
  }

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
    let name = text.hasPrefix("!F-") ? "!F" : text
    guard let found = markers.first(where: { $0.marker == name || $0.marker == "!\(name)" && name.count == 1 }) else {
      return nil
    }
    var sentences = found.codes.map { code in
      let family = code.family == .ipv4 ? "ICMP" : "ICMPv6"
      return "\(family) type \(code.type), code \(code.code): \(code.meaning)"
        + " (\(ICMPWords(family: code.family, type: code.type, code: code.code).source))."
    }
    if name == "!F" {
      sentences.append("The number behind it is the MTU in bytes of the link that the probe did not fit.")
    }
    if name == "!p" {
      sentences.append(
        "It comes from the target of a UDP trace: the probe arrived, so it is the end of the path and no fault.")
    } else {
      sentences.append("The path ends there: whoever says so could not send the probe on, or was told not to.")
    }
    return Explanation("'\(found.marker)'", [ExplanationSection("Meaning", sentences)])
  }
}
