import Glibc
import SystemIO

extension PrefixTable {
  /// Reads a file: half a second for 500,000 lines, so not on the event loop's thread.
  ///
  /// - Throws: `SourceTrouble` when it cannot be read, or holds not one prefix.
  package init(path: String) throws(SourceTrouble) {
    var reader = PrefixTableReader()
    do throws(SystemError) {
      let file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
      guard file >= 0 else { throw SystemError(call: "open", errno: errno) }
      let descriptor = FileDescriptor(owning: file)
      _ = try FileStamp(descriptor: descriptor.raw)
      try reader.read(descriptor)
    } catch {
      throw SourceTrouble(error)
    }
    self = try reader.finish()
  }

  /// Reads the text of a table.
  ///
  /// - Throws: `SourceTrouble` when it holds not one prefix.
  package init(text: [UInt8]) throws(SourceTrouble) {
    var reader = PrefixTableReader()
    reader.take(text.span, isEnd: true)
    self = try reader.finish()
  }
}

/// A table while it is read, line by line.
struct PrefixTableReader: ~Copyable {
  private var ipv4: [PrefixRange<UInt32>] = []
  private var ipv6: [PrefixRange<UInt128>] = []
  private var texts = TextPool()
  private var lines = 0
  private var faults: [PrefixTable.Fault] = []
  private var faultCount = 0
  private var isCut = false
  /// Whether the rest of a line that is too long is being passed over.
  private var isSkipping = false
  /// How the file began, to tell a compressed one.
  private var beginning: [UInt8] = []

  /// So much is read at once.
  private static let chunkBytes = 1 << 20

  /// Reads a file to its end.
  mutating func read(_ file: borrowing FileDescriptor) throws(SystemError) {
    var buffer = [UInt8](repeating: 0, count: Self.chunkBytes)
    var filled = 0
    while !isCut {
      let count = buffer.withUnsafeMutableBytes { bytes in
        Glibc.read(file.raw, bytes.baseAddress?.advanced(by: filled), bytes.count - filled)
      }
      guard count >= 0 else {
        if errno == EINTR { continue }
        throw SystemError(call: "read", errno: errno)
      }
      filled += count
      // At most a line is left, so there is always room for the next chunk.
      let taken = take(buffer.span.extracting(0..<filled), isEnd: count == 0)
      if count == 0 { return }
      for index in taken..<filled { buffer[index - taken] = buffer[index] }
      filled -= taken
    }
  }

  /// Reads the lines of a piece of the file.
  ///
  /// - Returns: how many bytes were taken; the others belong to a line that goes on, and are to be given again.
  @discardableResult
  mutating func take(_ bytes: Span<UInt8>, isEnd: Bool) -> Int {
    if beginning.isEmpty { for index in 0..<min(2, bytes.count) { beginning.append(bytes[index]) } }
    var start = 0
    var index = 0
    while index < bytes.count, !isCut {
      if bytes[index] == UInt8(ascii: "\n") {
        takeLine(bytes, start..<index)
        start = index + 1
      }
      index += 1
    }
    guard start < bytes.count, !isCut else { return bytes.count }
    if isEnd {
      takeLine(bytes, start..<bytes.count)
      return bytes.count
    }
    // One byte more than the longest line, for a carriage return.
    guard bytes.count - start > PrefixTable.longestLine + 1 else { return start }
    if !isSkipping { fault(.tooLong, at: lines + 1) }
    isSkipping = true
    return bytes.count
  }

  private mutating func takeLine(_ bytes: Span<UInt8>, _ range: Range<Int>) {
    lines += 1
    guard lines <= PrefixTable.mostLines else {
      isCut = true
      return
    }
    guard !isSkipping else {
      isSkipping = false
      return
    }
    var line = range
    if let last = line.last, bytes[last] == UInt8(ascii: "\r") { line.removeLast() }
    do throws(LineFault) {
      guard line.count <= PrefixTable.longestLine else { throw .tooLong }
      guard let read = try PrefixLine(bytes, line) else { return }
      guard let text = texts.number(of: read.text, in: bytes) else {
        isCut = true
        return
      }
      switch read.range {
      case .ipv4(let first, let last, let length):
        ipv4.append(PrefixRange(first: first, last: last, text: text, length: length))
      case .ipv6(let first, let last, let length):
        ipv6.append(PrefixRange(first: first, last: last, text: text, length: length))
      }
    } catch {
      fault(error, at: lines)
    }
  }

  private mutating func fault(_ reason: LineFault, at line: Int) {
    faultCount += 1
    if faults.count < PrefixTable.shownFaults { faults.append(PrefixTable.Fault(line: line, reason: reason)) }
  }

  /// Makes the table of what was read.
  consuming func finish() throws(SourceTrouble) -> PrefixTable {
    let count = ipv4.count + ipv6.count
    guard count > 0 else {
      let remedy = "an uncompressed table of iptoasn.com (TSV) or a pfx2as file"
      if beginning == [0x1f, 0x8b] { throw SourceTrouble("it is compressed", try: "'gunzip' it") }
      let first = faults.first.map { ": line \($0.line): \($0.reason)" } ?? ""
      throw SourceTrouble("it holds no prefix" + first, try: remedy)
    }
    texts.seal()
    let segments4 = PrefixSegments(&ipv4)
    ipv4 = []
    let segments6 = PrefixSegments(&ipv6)
    return PrefixTable(
      ipv4: segments4, ipv6: segments6, texts: texts, count: count, faults: faults, faultCount: faultCount, isCut: isCut
    )
  }
}
