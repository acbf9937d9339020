import Testing

@Suite("The floors")
struct FloorTests {
  private typealias Target = PackageDescription.Target

  @Test("every dependency of the package goes down")
  func dependenciesGoDown() throws {
    #expect(Floors.violations(in: try PackageDescription.load().targets) == [])
  }

  @Test("every floor is inhabited: a module named here exists")
  func floorsAreReal() throws {
    let modules = try PackageDescription.load().targets.filter { $0.type != "test" }.map(\.name)
    #expect(Set(Floors.byModule.keys) == Set(modules))
  }

  @Test(
    "a dependency that goes up, or sideways, or to a module without a floor, is found",
    arguments: [
      ("Time", "Probing", "Time (floor 1) uses Probing (floor 3)"),
      ("Sockets", "Simulation", "Sockets (floor 5) uses Simulation (floor 5)"),
      ("Sockets", "Utilities", "Sockets uses Utilities, which has no floor"),
      ("Utilities", "Time", "Utilities has no floor"),
    ])
  func wrongDependencyIsFound(from: String, to: String, complaint: String) {
    let target = Target(name: from, type: "library", path: "Sources/\(from)", targetDependencies: [to])
    #expect(Floors.violations(in: [target]) == [complaint])
  }

  @Test("each module has its folder in Sources and its tests in Tests, and no folder lacks a target")
  func foldersMatchTargets() throws {
    let targets = try PackageDescription.load().targets
    for target in targets {
      #expect(target.path == (target.type == "test" ? "Tests/" : "Sources/") + target.name)
    }
    let names = Set(targets.map(\.name))
    for module in targets where module.type == "library" && !module.name.hasPrefix("C") {
      #expect(names.contains(module.name + "Tests"), "\(module.name) has no tests")
    }
    // Tests/ also holds what is no target: whole sessions, as text.
    #expect(try SourceTree.folders(in: "Sources").subtracting(names) == [])
    #expect(try SourceTree.folders(in: "Tests").subtracting(names).subtracting(["Transcripts"]) == [])
  }
}
