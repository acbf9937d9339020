import Captures
import Glibc
import Lexing
import SystemIO

/// The files of `export` and `import`.
enum CaptureAccess {
  /// Reads a capture.
  ///
  /// - Throws: a diagnostic, still without a place, when nothing of it can be used.
  static func read(_ path: String) throws(Diagnostic) -> CaptureFile {
    let bytes: [UInt8]
    do throws(ResultFile.Refusal) {
      bytes = try ResultFile.readAll(path)
    } catch {
      let why =
        switch error {
        case .notAFile: "it is no ordinary file"
        case .system(let error): "\(error)"
        }
      throw Diagnostic("cannot read '\(path)'", why: why, try: "a capture of tcpdump, as pcap or pcapng")
    }
    guard bytes.count <= CaptureFile.longestBytes else {
      throw Diagnostic(
        "cannot import '\(path)'", why: "it is longer than \(CaptureFile.longestBytes >> 20) MiB",
        try: "tcpdump -r '\(path)' -w smaller.pcap with a filter")
    }
    do throws(CaptureError) {
      return try CaptureFile.read(bytes)
    } catch {
      throw Diagnostic("cannot import '\(path)'", why: error.description, try: remedy(error))
    }
  }

  private static func remedy(_ error: CaptureError) -> String {
    switch error.reason {
    case .notACapture(let kind?) where kind.contains("compressed"): "uncompress it first"
    case .notACapture(let kind?) where kind.contains("warts"): "a capture that tcpdump made while scamper ran"
    case .notACapture, .malformed, .truncated, .tooMany: "a capture of tcpdump, as pcap or pcapng"
    case .linkType: "capture on another interface: 'tcpdump -i any' always works"
    case .unsupported: "tcpdump or editcap write it anew"
    }
  }

  /// Writes a capture, all of it or nothing; a file that is there already is replaced if it is a capture in the same format.
  static func write(_ bytes: [UInt8], to path: String) throws(Diagnostic) {
    try ResultFile.write(bytes, to: path, of: .capture)
  }
}
