// LookupCost: what look-ups in files of this machine cost, without the shell round them. Built by scripts/bench alone.
//
//   LookupCost table-write DIRECTORY    writes a prefix table of 500,000 lines
//   LookupCost table-load DIRECTORY     loads it: milliseconds, of these milliseconds of the processor, megabytes grown,
//                                       megabytes grown at most
//   LookupCost table DIRECTORY          look-ups a second in it: matches, origins made of them
//   LookupCost mmdb DIRECTORY           writes a MaxMind database of 100,000 networks; look-ups a second in it, with the
//                                       look at the file that goes before each, and without
//   LookupCost cache DIRECTORY          a cache on disk with 70,000 entries: entries stored, names and origins found a second
//   LookupCost server ADDRESS:PORT      names and origins asked of that name server in a second, each question another one
//
// Unless it says otherwise a second is one of processor time, so that other work on the machine counts for less.

import Enrichment
import Glibc
import Lookups

@main
enum LookupCost {
  static func main() async {
    let words = CommandLine.arguments.dropFirst()
    guard words.count == 2, let what = words.first, let directory = words.last else { usage() }
    switch what {
    case "table-write":
      TableCost(directory: directory).write()
    case "table-load":
      let cost = TableCost(directory: directory).load()
      report(cost.elapsed, cost.processor, cost.settled, cost.peak)
    case "table":
      let rate = TableCost(directory: directory).found()
      report(rate.matches, rate.origins)
    case "mmdb":
      let cost = DatabaseCost(directory: directory)
      cost.write()
      let rate = cost.found()
      report(rate.checked, rate.unchecked)
    case "cache":
      let cost = CacheCost(directory: directory)
      report(cost.stored(), cost.found { .name($0) }, cost.found { .origin($0, .cymru) })
    case "server":
      let server = ServerCost(server: directory)
      let names = await server.rate(of: 20_000) { ReverseNames.name(of: $0, using: $1, completion: $2) }
      let origins = await server.rate(of: 20_000) { CymruOrigins.origin(of: $0, using: $1, completion: $2) }
      report(names, origins)
    default:
      usage()
    }
  }

  /// One line of numbers.
  private static func report(_ numbers: Double...) {
    print(numbers.map { String(($0 * 10).rounded() / 10) }.joined(separator: " "))
  }

  private static func usage() -> Never {
    print("usage: LookupCost table-write | table-load | table | mmdb | cache DIRECTORY, or server ADDRESS:PORT")
    exit(2)
  }
}

/// The seconds of processor time that `body` takes.
func processorSeconds(_ body: () -> Void) -> Double {
  let before = clock()
  body()
  return Double(clock() - before) / Double(CLOCKS_PER_SEC)
}
