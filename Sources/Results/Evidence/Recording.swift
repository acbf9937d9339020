// A recording: the traces of a session with every packet, as one file that grows by a line a trace.
//
//     {"ftrsh":"recording","schema":1,"version":"0.5.0"}
//     {"ftrsh":"result","schema":1,"kind":"trace","trace":{… "packets":"AQEA…"}}
//     …
//
// Each line is whole by itself, so a file that was cut off loses the line that was being written and nothing else. A trace that
// stands there twice was heard of again after its end: the later line counts.

/// What a recording holds, and what of it cannot be read.
package struct Recording: Hashable, Sendable {
  /// A line that is no trace with packets.
  package struct Damage: Hashable, Sendable {
    /// Of its first byte, counted from 0.
    package let offset: Int
    package let reason: String
  }

  /// Traces that can be replayed, in the order in which they were made.
  package private(set) var traces: [TraceResult] = []
  package private(set) var damages: [Damage] = []

  private static let mark = "recording"
  /// The version of the form of the file; that of its lines is `StoreForm.schema`.
  package static let schema = 1
  /// The longest line read, in bytes: `PacketRecord.mostBytes` as base64, twice.
  private static let longestLine = 16 << 20
  /// Most damages told: the rest of a file of another kind is not listed line by line.
  static let mostDamages = 16

  /// The first line of a file.
  package static func heading(version: String) -> String {
    "{\"ftrsh\":\"\(mark)\",\"schema\":\(schema),\"version\":\(ResultCoding.encode(version))}\n"
  }

  /// The line of a trace.
  package static func line(_ result: TraceResult) -> String { StoreForm.encode(result) + "\n" }

  /// Reads a file, as far as it is whole.
  ///
  /// - Throws: when it is no recording, or one of a later version.
  package init(_ bytes: [UInt8]) throws(StoreFormError) {
    var start = 0
    var isFirst = true
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let line = bytes[start..<(end ?? bytes.count)]
      if isFirst {
        try Self.check(line)
        isFirst = false
      } else {
        read(line, at: start, isWhole: end != nil)
      }
      start = (end ?? bytes.count) + 1
    }
    if isFirst { throw .notOurs }
  }

  private static func check(_ line: ArraySlice<UInt8>) throws(StoreFormError) {
    let start: StoreForm.Start
    guard let text = String(validating: line.prefix(longestLine), as: UTF8.self) else { throw .notOurs }
    do throws(ResultCodingError) {
      start = try ResultCoding.decode(StoreForm.Start.self, from: text)
    } catch {
      throw .notOurs
    }
    guard start.ftrsh == mark, start.schema >= 1 else { throw .notOurs }
    guard start.schema <= schema else { throw .newer(schema: start.schema) }
  }

  private mutating func note(_ reason: String, at offset: Int) {
    if damages.count < Self.mostDamages { damages.append(Damage(offset: offset, reason: reason)) }
  }

  private mutating func read(_ line: ArraySlice<UInt8>, at offset: Int, isWhole: Bool) {
    guard !line.isEmpty else { return }
    guard isWhole else { return note("the file is cut off in this line", at: offset) }
    guard line.count <= Self.longestLine else {
      return note("the line is longer than \(Self.longestLine >> 20) MiB", at: offset)
    }
    do throws(StoreFormError) {
      guard let text = String(validating: line, as: UTF8.self) else { throw .notOurs }
      let result = try StoreForm.decodeTrace(text)
      guard WhatIf.reproduces(result) ?? false else { throw .malformed("its packets do not give its trace") }
      if let index = traces.firstIndex(where: { $0.id == result.id }) {
        traces[index] = result
      } else {
        traces.append(result)
      }
    } catch {
      note(error.reason, at: offset)
    }
  }
}
