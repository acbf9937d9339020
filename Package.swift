// swift-tools-version: 6.2
import PackageDescription

// A target imports only targets on lower floors (Tests/ArchitectureTests checks it). The floors are drawn in README.md.

/// Settings of every Swift target: each line has its reason.
let strict: [SwiftSetting] = [
  // `any` is written where a value is boxed, so that the cost is visible.
  .enableUpcomingFeature("ExistentialAny"),
  // A member is usable only where its module is imported, so that the floors are true.
  .enableUpcomingFeature("MemberImportVisibility"),
  // An async function stays on its caller's executor: no hidden hop between a reply and its reader.
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("InferIsolatedConformances"),
  .treatAllWarnings(as: .error),
]

let cStrict: [CSetting] = [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])]

func module(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
}

let heaps: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let deques: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")

let package = Package(
  name: "ftrsh",
  products: [.executable(name: "ftrsh", targets: ["ftrsh"])],
  dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
  targets: [
    // Floor 0: what Swift cannot say.
    .target(name: "CSystemIO", cSettings: cStrict),
    .systemLibrary(name: "CEditline", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
    .target(name: "CLineEditor", dependencies: ["CEditline"], cSettings: cStrict),

    .systemLibrary(name: "CCares", pkgConfig: "libcares", providers: [.apt(["libc-ares-dev"])]),
    .systemLibrary(name: "CMaxMindDB", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CUring", pkgConfig: "liburing", providers: [.apt(["liburing-dev"])]),

    // Floor 1: vocabulary without the network.
    module("Time"),
    module("Lexing"),
    module("Packets"),
    module("SQLite", ["CSQLite"]),
    module("Statistics"),

    // Floor 2: the tracer as a value; DNS messages; descriptors and the event loop.
    module("Tracing", ["Packets", "Time"]),
    module("NameWire", ["Packets"]),
    module("SystemIO", ["CSystemIO", "Time"]),

    // Floor 3: tracers over a transport; what is known about addresses. Neither knows the other.
    module("Probing", ["Tracing", "Packets", "Time", "SystemIO", heaps, deques]),
    module("Enrichment", ["Packets", "Time", "SystemIO", heaps]),

    // Floor 4: a finished trace, and what shows it.
    module("Results", ["Probing", "Enrichment", "Tracing", "Packets", "Time", "Statistics"]),

    // Floor 5: adapters.
    module("Sockets", ["Probing", "Tracing", "Packets", "Time", "SystemIO", "CSystemIO"]),
    module(
      "Simulation",
      [
        "Probing", "Enrichment", "NameWire", "Tracing", "Packets", "Time", "Lexing", "SystemIO", "CSystemIO",
        "Statistics", heaps,
      ],
      resources: [.embedInCode("Networks")]),
    module(
      "Lookups",
      [
        "Enrichment", "Probing", "NameWire", "SQLite", "Packets", "Time", "SystemIO", "CSystemIO", "CCares",
        "CMaxMindDB",
      ]),
    module(
      "Approaches",
      ["Results", "Probing", "Tracing", "Packets", "Time", "SystemIO", "CSystemIO", "CUring", heaps, deques]),
    module("Captures", ["Results", "Probing", "Enrichment", "Tracing", "Packets", "Time"]),
    module("History", ["Results", "SQLite", "Enrichment", "Tracing", "Packets", "Time", "SystemIO"]),
    module(
      "Rendering", ["Results", "Enrichment", "Tracing", "Packets", "Time", "Lexing", "Statistics"],
      resources: [.embedInCode("Schema/ftrsh.schema.json")]),

    // Floor 6: the language and the terminal.
    module(
      "Shell",
      [
        "Lexing", "Rendering", "Results", "Simulation", "Lookups", "History", "Captures", "Approaches", "Probing",
        "Enrichment", "Tracing", "Packets", "Time", "SystemIO", "Statistics",
      ],
      resources: [.embedInCode("Lessons/Texts")]),
    module("Terminal", ["Results", "SystemIO", "CSystemIO", "CLineEditor"]),

    // Floor 7: the composition root.
    .executableTarget(
      name: "ftrsh",
      dependencies: [
        "Shell", "Terminal", "Sockets", "Simulation", "Lookups", "Approaches", "Rendering", "Results",
        "Probing", "Enrichment", "Tracing", "Packets", "Time", "SystemIO", "CSystemIO",
      ],
      swiftSettings: strict),

    tests("ArchitectureTests", []),
    tests("TimeTests", ["Time"]),
    tests("LexingTests", ["Lexing"]),
    tests("PacketsTests", ["Packets"]),
    tests("SQLiteTests", ["SQLite", "CSQLite", "TestSupport"]),
    tests("StatisticsTests", ["Statistics", "TestSupport"]),
    tests("NameWireTests", ["NameWire", "Packets"]),
    tests("TracingTests", ["Tracing", "Packets", "Time"]),
    tests("SystemIOTests", ["SystemIO", "CSystemIO", "Time"]),
    tests("ProbingTests", ["Probing", "Simulation", "Lexing", "Tracing", "Packets", "Time", "SystemIO"]),
    tests("EnrichmentTests", ["Enrichment", "Packets", "Time", "SystemIO"]),
    // Traces as text, a console that remembers, a terminal to look at: a test target, so that only tests can use it.
    tests(
      "TestSupport",
      [
        "Terminal", "CLineEditor", "Results", "Probing", "Enrichment", "Tracing", "Packets", "Time", "SystemIO",
      ]),
    tests(
      "ResultsTests",
      [
        "TestSupport", "Results", "Simulation", "Statistics", "Probing", "Enrichment", "Tracing", "Packets", "Time",
      ]),
    tests(
      "SocketsTests",
      [
        "TestSupport", "Sockets", "Probing", "Simulation", "Tracing", "Packets", "Time", "SystemIO", "CSystemIO",
      ]),
    tests(
      "SimulationTests",
      [
        "Simulation", "Probing", "Enrichment", "NameWire", "Tracing", "Packets", "Time", "Lexing", "SystemIO",
        "Statistics",
      ]),
    tests(
      "LookupsTests",
      [
        "TestSupport", "Lookups", "Enrichment", "Probing", "NameWire", "SQLite", "Packets", "Time", "SystemIO",
        "CSystemIO",
      ]),
    tests(
      "ApproachesTests",
      [
        "TestSupport", "Approaches", "Results", "Sockets", "Simulation", "Probing", "Tracing", "Packets", "Time",
        "SystemIO",
        "CSystemIO",
      ]),
    tests(
      "CapturesTests",
      ["TestSupport", "Captures", "Results", "Probing", "Enrichment", "Tracing", "Packets", "Time", "SystemIO"]),
    tests(
      "HistoryTests",
      ["TestSupport", "History", "Results", "SQLite", "Enrichment", "Tracing", "Packets", "Time", "SystemIO"]),
    tests(
      "RenderingTests", ["TestSupport", "Rendering", "Results", "Probing", "Enrichment", "Tracing", "Packets", "Time"]),
    tests(
      "ShellTests",
      [
        "TestSupport", "Shell", "History", "Lexing", "Rendering", "Results", "Simulation", "Probing", "Enrichment",
        "Tracing", "Packets", "Time", "SystemIO",
      ]),
    tests("TerminalTests", ["TestSupport", "Terminal", "Results", "SystemIO", "CSystemIO", "CLineEditor"]),
    tests(
      "EndToEndTests",
      [
        "TestSupport", "Sockets", "Lookups", "Probing", "Enrichment", "Tracing", "NameWire", "Packets", "Time",
        "SystemIO", "CSystemIO",
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// What the engine and the look-ups cost without the shell round them: targets of scripts/bench, not of the product.
if Context.environment["FTRSH_BENCH"] != nil {
  package.targets.append(
    .executableTarget(
      name: "EngineCost", dependencies: ["Sockets", "Simulation", "Probing", "SystemIO", "Tracing", "Packets", "Time"],
      path: "scripts/bench.d/EngineCost", swiftSettings: strict))
  package.targets.append(
    .executableTarget(
      name: "LookupCost", dependencies: ["Lookups", "Enrichment", "SystemIO", "Packets", "Time"],
      path: "scripts/bench.d/LookupCost", swiftSettings: strict))
}

// How often a comparison is wrong: a target of scripts/soak.
if Context.environment["FTRSH_SOAK"] != nil {
  package.targets.append(
    .executableTarget(
      name: "AlarmCount",
      dependencies: ["Results", "Simulation", "Probing", "Tracing", "Statistics", "Packets", "Time"],
      path: "scripts/soak.d/AlarmCount", swiftSettings: strict))
}

// The parsers of what strangers send, under libFuzzer: a target of scripts/fuzz, which builds it with instruments.
if Context.environment["FTRSH_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        "Captures", "Results", "Lookups", "NameWire", "Probing", "Enrichment", "Tracing", "Packets", "Lexing", "Time",
      ],
      path: "scripts/fuzz.d/Fuzz", swiftSettings: strict))
}
