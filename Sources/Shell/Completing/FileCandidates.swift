import Glibc

/// Completes file names from the directory as it is.
enum FileCandidates {
  /// A directory with more entries is read no further: nobody picks one of ten thousand from a list.
  private static let limit = 10_000

  /// The files whose path begins with what was typed, by name; directories end in `/`. Hidden ones only after a dot.
  static func matching(_ typed: String) -> [Completion.Candidate] {
    let cut = typed.lastIndex(of: "/").map { typed.index(after: $0) } ?? typed.startIndex
    let folder = String(typed[..<cut])
    let beginning = typed[cut...]
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return [] }
    defer { closedir(stream) }
    var found: [Completion.Candidate] = []
    while found.count < limit, let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(beginning), name != ".", name != "..", beginning.hasPrefix(".") || !name.hasPrefix(".")
      else {
        continue
      }
      var status = stat()
      let isFolder = stat(folder + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
      found.append(.init(escaped(folder + name) + (isFolder ? "/" : ""), isFinal: !isFolder))
    }
    return found.sorted { $0.text < $1.text }
  }

  /// The name as one word of a line.
  private static func escaped(_ name: String) -> String {
    name.reduce(into: "") { word, character in
      if " \t'\"\\$;|>#".contains(character) { word.append("\\") }
      word.append(character)
    }
  }
}
