import Lexing

/// The lessons that ship with the program.
package enum LessonCatalog {
  /// The files of `Texts/`, which the package embeds, in the order in which they are to be taken. A new lesson is a file there and a
  /// line here.
  private static let files: [(name: String, text: [UInt8])] = [
    ("ttl.ftr", PackageResources.ttl_ftr),
    ("stars.ftr", PackageResources.stars_ftr),
    ("rtt.ftr", PackageResources.rtt_ftr),
    ("ratelimit.ftr", PackageResources.ratelimit_ftr),
    ("asymmetric.ftr", PackageResources.asymmetric_ftr),
    ("balancing.ftr", PackageResources.balancing_ftr),
    ("paris.ftr", PackageResources.paris_ftr),
    ("mpls.ftr", PackageResources.mpls_ftr),
    ("nat.ftr", PackageResources.nat_ftr),
    ("timeouts.ftr", PackageResources.timeouts_ftr),
    ("mtu.ftr", PackageResources.mtu_ftr),
    ("reading.ftr", PackageResources.reading_ftr),
  ]

  /// Their names: those of the files, which a test holds to those in them.
  package static var names: [String] { files.map { String($0.name.dropLast(4)) } }

  /// All of them, read: some milliseconds.
  ///
  /// - Throws: a mistake in one of the files, which the tests would have found.
  package static func all() throws(Diagnostic) -> [Lesson] {
    var lessons: [Lesson] = []
    for file in files { lessons.append(try LessonParser.lesson(of: file.text, name: file.name)) }
    return lessons
  }

  /// The lesson of that number or name.
  ///
  /// - Throws: when there is none, with the one that was probably meant.
  static func find(_ word: String) throws(Diagnostic) -> Lesson {
    let lessons = try all()
    if let number = Int(word) {
      guard number >= 1, number <= lessons.count else {
        throw Diagnostic(
          "there is no lesson \(word)", why: "they go from 1 to \(lessons.count)", try: "'lesson' lists them")
      }
      return lessons[number - 1]
    }
    if let lesson = lessons.first(where: { $0.name == word }) { return lesson }
    let known = lessons.map(\.name) + LessonVerb.allCases.map(\.rawValue)
    let meant = Spelling.nearest(to: word, among: known)
    throw Diagnostic(
      "there is no lesson '\(word)'",
      try: meant.map { "'lesson \($0)'" } ?? "'lesson' lists them; a file has a '/' or ends in '.ftr'")
  }
}
