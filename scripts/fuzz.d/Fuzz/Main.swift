// The fuzzers of scripts/fuzz: libFuzzer feeds bytes to one of the parsers that read what strangers send.
//
//     Fuzz --list                     prints the targets
//     Fuzz --seeds TARGET DIRECTORY   writes the inputs that a run begins with
//     Fuzz TARGET [libFuzzer's arguments]
//
// A target traps when a parser breaks its word: that it reads or refuses, within bounds, and says the same of the same bytes.

import Glibc

/// A parser to be fed.
enum FuzzTarget: String, CaseIterable {
  case packets, dns, cymru, stun, table, lexer, capture

  /// Hands the process to libFuzzer, which calls back for each input until its time is up.
  func run(_ count: inout Int32, _ arguments: inout UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
    // A C function pointer carries nothing with it, so each target has one of its own.
    switch self {
    case .packets: runFuzzer(&count, &arguments) { feed(PacketsFuzzing.run, $0, $1) }
    case .dns: runFuzzer(&count, &arguments) { feed(NamesFuzzing.run, $0, $1) }
    case .cymru: runFuzzer(&count, &arguments) { feed(CymruFuzzing.run, $0, $1) }
    case .stun: runFuzzer(&count, &arguments) { feed(STUNFuzzing.run, $0, $1) }
    case .table: runFuzzer(&count, &arguments) { feed(TableFuzzing.run, $0, $1) }
    case .lexer: runFuzzer(&count, &arguments) { feed(LexerFuzzing.run, $0, $1) }
    case .capture: runFuzzer(&count, &arguments) { feed(CaptureFuzzing.run, $0, $1) }
    }
  }

  /// What a run begins with.
  var seeds: [[UInt8]] {
    switch self {
    case .packets: PacketsFuzzing.seeds
    case .dns: NamesFuzzing.seeds
    case .cymru: CymruFuzzing.seeds
    case .stun: STUNFuzzing.seeds
    case .table: TableFuzzing.seeds
    case .lexer: LexerFuzzing.seeds
    case .capture: CaptureFuzzing.seeds
    }
  }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ input: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

private func feed(_ run: ([UInt8]) -> Void, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// Called by the linker's `main`: libFuzzer brings none when it is run as a library.
@_cdecl("Fuzz_main")
func main(_ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32 {
  let words = (1..<max(1, Int(count))).compactMap { arguments[$0].map { String(cString: $0) } }
  switch words.first {
  case "--list":
    for target in FuzzTarget.allCases { print(target.rawValue) }
    return 0
  case "--seeds" where words.count == 3:
    guard let target = FuzzTarget(rawValue: words[1]) else { return 2 }
    for (number, seed) in target.seeds.enumerated() {
      guard let file = fopen("\(words[2])/seed-\(number)", "w") else { return 1 }
      let written = fwrite(seed, 1, seed.count, file)
      guard fclose(file) == 0, written == seed.count else { return 1 }
    }
    return 0
  case let word?:
    guard let target = FuzzTarget(rawValue: word) else { return 2 }
    // libFuzzer takes the first word for the program's name.
    var rest = arguments + 1
    var count = count - 1
    return target.run(&count, &rest)
  case nil: return 2
  }
}

/// Bytes in hexadecimal; blanks and line ends do not matter.
func hex(_ text: String) -> [UInt8] {
  let digits = text.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
