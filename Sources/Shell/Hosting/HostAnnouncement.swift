import Lexing

/// What a process that serves a network says on its standard output before it begins: a word and its value a line.
///
///     device lab0
///     address 192.168.1.10
///     resolver 192.168.1.1
///     note names are not asked of the lab: no such file (ENOENT from mount MS_BIND '/etc/resolv.conf')
///     ready
///
/// or why it cannot: `error`, `why` and `try` with a diagnostic's sentences.
package struct HostAnnouncement: Hashable, Sendable {
  /// The name of the TUN device.
  package var device = ""
  /// Of the network's first node, which are this end's.
  package var addresses: [String] = []
  /// Of the network's name server.
  package var nameServers: [String] = []
  /// What does not work, one sentence each.
  package var notes: [String] = []

  package init() {}

  /// As it is written.
  package var text: String {
    var lines = ["device \(device)"]
    lines += addresses.map { "address \($0)" }
    lines += nameServers.map { "resolver \($0)" }
    lines += notes.map { "note \($0)" }
    return (lines + ["ready", ""]).joined(separator: "\n")
  }

  /// A refusal as it is written.
  package static func text(of refusal: Diagnostic) -> String {
    var lines = ["error \(refusal.summary)"]
    if let why = refusal.why { lines.append("why \(why)") }
    if let remedy = refusal.remedy { lines.append("try \(remedy)") }
    return (lines + [""]).joined(separator: "\n")
  }

  /// Reads it.
  ///
  /// - Throws: the refusal; or a diagnostic of its own when it ends before it says either.
  package init(reading text: String) throws(Diagnostic) {
    var refusal: Diagnostic?
    for line in text.split(separator: "\n") {
      let space = line.firstIndex(of: " ") ?? line.endIndex
      let value = String(line[space...].dropFirst())
      switch line[..<space] {
      case "device": device = value
      case "address": addresses.append(value)
      case "resolver": nameServers.append(value)
      case "note": notes.append(value)
      case "error": refusal = Diagnostic(value)
      case "why": refusal?.why = value
      case "try": refusal?.remedy = value
      case "ready": return
      // A later version may say more.
      default: continue
      }
    }
    throw refusal ?? Diagnostic("the process that was to serve the network has ended", why: "it said nothing")
  }
}
