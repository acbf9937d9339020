import Packets
import Time
import Tracing

// The words and numbers of the store form. Each is read strictly: what a field cannot be is a `DecodingError` that names the field.

extension SingleValueDecodingContainer {
  /// Makes a value of what was read, or complains that it is not what it should be.
  fileprivate func require<Value>(_ value: Value?, _ what: String) throws -> Value {
    guard let value else { throw DecodingError.dataCorruptedError(in: self, debugDescription: "not \(what)") }
    return value
  }
}

extension Encoder {
  fileprivate func write(_ value: some Encodable) throws {
    var container = singleValueContainer()
    try container.encode(value)
  }
}

extension IPAddress: Codable {
  /// Reads the text of an address.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try container.require(IPAddress(try container.decode(String.self)), "an IP address")
  }

  /// Writes the canonical text.
  package func encode(to encoder: any Encoder) throws { try encoder.write(description) }
}

extension Prefix: Codable {
  /// Reads `ADDRESS/LENGTH`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try container.require(Prefix(try container.decode(String.self)), "a prefix")
  }

  /// Writes `ADDRESS/LENGTH`.
  package func encode(to encoder: any Encoder) throws { try encoder.write(description) }
}

extension AddressFamily: Codable {
  /// Reads 4 or 6.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let families: [Int: AddressFamily] = [4: .ipv4, 6: .ipv6]
    self = try container.require(families[try container.decode(Int.self)], "4 or 6")
  }

  /// Writes 4 or 6.
  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .ipv4: try encoder.write(4)
    case .ipv6: try encoder.write(6)
    }
  }
}

extension TTL: Codable {
  /// Reads a number from 1 to 255.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try container.require(TTL(try container.decode(Int.self)), "a TTL, 1 to 255")
  }

  /// Writes the number.
  package func encode(to encoder: any Encoder) throws { try encoder.write(value) }
}

extension ResultID: Codable {
  /// Reads the name with or without its `@`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try container.require(ResultID(try container.decode(String.self)), "the id of a result")
  }

  /// Writes the name without its `@`.
  package func encode(to encoder: any Encoder) throws { try encoder.write(text) }
}

extension WallTime: Codable {
  /// Reads the form that `description` writes.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self = try container.require(
      WallTime(try container.decode(String.self)), "a time like 2026-11-24T00:17:23.042Z")
  }

  /// Writes ISO 8601 in UTC with milliseconds.
  package func encode(to encoder: any Encoder) throws { try encoder.write(description) }
}

/// A length of time in whole nanoseconds, as results have them; at most ten years.
struct StoredDuration: Codable, Hashable {
  var duration: Duration

  /// Ages of answers are days and everything else is seconds; sums of such times cannot overflow.
  private static let longest: Int64 = 315_360_000 * 1_000_000_000

  init(_ duration: Duration) { self.duration = duration }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let nanoseconds = try container.decode(Int64.self)
    guard (-Self.longest...Self.longest).contains(nanoseconds) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "longer than ten years")
    }
    duration = Duration(nanoseconds: nanoseconds)
  }

  func encode(to encoder: any Encoder) throws { try encoder.write(duration.nanoseconds) }
}

/// A moment of a trace, in nanoseconds behind its beginning.
///
/// The zero of the clock was that of a machine since rebooted; `began` of the trace has it once.
struct StoredOffset: Codable, Hashable {
  private var offset: StoredDuration

  init(_ instant: Instant, from beginning: Instant) { offset = StoredDuration(instant - beginning) }

  func instant(from beginning: Instant) -> Instant { beginning + offset.duration }

  init(from decoder: any Decoder) throws { offset = try StoredDuration(from: decoder) }
  func encode(to encoder: any Encoder) throws { try offset.encode(to: encoder) }
}
