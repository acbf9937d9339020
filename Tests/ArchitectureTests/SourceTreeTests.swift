import FoundationEssentials
import Testing

@Suite("The source tree")
struct SourceTreeTests {
  @Test("nothing imports the whole of Foundation")
  func noFoundation() throws {
    let files = try SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests")
    #expect(files.filter { $0.lines.contains(where: SourceTree.importsFoundation) }.map(\.path) == [])
  }

  @Test(
    "an import of Foundation is recognised in each of its forms, its essentials are not",
    arguments: [
      ("import Foundation", true), ("  import Foundation  ", true), ("@preconcurrency import Foundation", true),
      ("package import Foundation", true), ("import struct Foundation.Date", true), ("import Foundation.NSDate", true),
      ("import FoundationEssentials", false), ("// import Foundation", false), ("let import1 = Foundation()", false),
    ])
  func foundationIsRecognised(line: String, isFoundation: Bool) {
    #expect(SourceTree.importsFoundation(line[...]) == isFoundation)
  }

  @Test("no file is longer than one idea")
  func filesAreShort() throws {
    let files = try SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests")
    #expect(files.filter { $0.lines.count > SourceTree.maxLines }.map(\.path) == [])
  }

  @Test("every module says what lives in it: a page M.docc/M.md, or a file whose first line is a comment naming M")
  func modulesAreDocumented() throws {
    let undocumented = try SourceTree.folders(in: "Sources").sorted().filter { module in
      !SourceTree.isDocumented(module: module, files: try SourceTree.files(in: "Sources/\(module)"))
    }
    #expect(undocumented == [])
  }

  @Test("a module whose files open with code, or name another module, counts as undocumented")
  func missingDocumentationIsFound() {
    func file(_ firstLine: Substring) -> SourceTree.File { .init(path: "A.swift", lines: [firstLine, "import Time"]) }
    #expect(!SourceTree.isDocumented(module: "Nowhere", files: [file("import Time"), file("// Elsewhere: a place.")]))
    #expect(SourceTree.isDocumented(module: "Nowhere", files: [file("// Nowhere: a place.")]))
  }

  @Test("the top of the checkout holds nothing foreign")
  func topLevelIsExact() throws {
    let known: Set<String> = ["Package.swift", "Package.resolved", "README.md", "Sources", "Tests", "scripts"]
    let names = try FileManager.default.contentsOfDirectory(atPath: PackageDescription.root)
    #expect(Set(names.filter { !$0.hasPrefix(".") }).subtracting(known) == [])
  }

  @Test("no placeholder is left")
  func noPlaceholders() throws {
    let paths = try (SourceTree.files(in: "Sources") + SourceTree.files(in: "Tests")).map(\.path)
    #expect(paths.filter { $0.hasSuffix("/Placeholder.swift") } == [])
  }
}
