import FoundationEssentials

/// The files of the checkout, and the rules of form that a compiler does not know.
enum SourceTree {
  struct File {
    /// Relative to the top of the checkout.
    let path: String
    let lines: [Substring]
  }

  /// Above this a file holds more than one idea. Most have 60 to 200 lines.
  static let maxLines = 450

  /// Swift and C files below a folder of the checkout.
  static func files(in folder: String) throws -> [File] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: "\(PackageDescription.root)/\(folder)")
    return try paths.filter { path in [".swift", ".c", ".h"].contains { path.hasSuffix($0) } }.sorted().map { path in
      let text = try String(contentsOfFile: "\(PackageDescription.root)/\(folder)/\(path)", encoding: .utf8)
      return File(path: "\(folder)/\(path)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
    }
  }

  /// Names of the folders directly inside a folder of the checkout.
  static func folders(in folder: String) throws -> Set<String> {
    let path = "\(PackageDescription.root)/\(folder)"
    return Set(try FileManager.default.contentsOfDirectory(atPath: path).filter { isDirectory("\(path)/\($0)") })
  }

  static func isDirectory(_ path: String) -> Bool {
    var isDirectory = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
  }

  /// Whether a line imports the whole of Foundation, which costs 10 ms at start and 40 MB on disk.
  static func importsFoundation(_ line: Substring) -> Bool {
    let words = line.split { $0 == " " || $0 == "." }
    guard let keyword = words.firstIndex(of: "import"), words[..<keyword].allSatisfy(isImportModifier) else {
      return false
    }
    return words[(keyword + 1)...].contains("Foundation")
  }

  private static func isImportModifier(_ word: Substring) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }

  /// Whether a module says what lives in it: a page `M.docc/M.md`, or a file that opens with a comment naming `M`.
  static func isDocumented(module: String, files: [File]) -> Bool {
    let page = "\(PackageDescription.root)/Sources/\(module)/\(module).docc/\(module).md"
    return FileManager.default.fileExists(atPath: page) || files.contains { opensNaming(module, $0) }
  }

  private static func opensNaming(_ module: String, _ file: File) -> Bool {
    // In a C header the comment follows `#pragma once`.
    guard let first = file.lines.first(where: { !$0.hasPrefix("#") }) else { return false }
    return first.hasPrefix("//") && first.split { !$0.isLetter && !$0.isNumber }.contains(Substring(module))
  }
}
