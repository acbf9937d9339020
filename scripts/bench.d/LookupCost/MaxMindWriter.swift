import Packets

/// Makes databases in MaxMind's format (MaxMind DB 2.0), small ones in tests and large ones to measure.
///
///     tree      nodes of two records of 32 bits; a record is a node's number, the number of nodes (nothing there), or
///               more: the number of nodes + 16 + an offset into the data
///     16 × 0
///     data      values, each once
///     marker    AB CD EF "MaxMind.com"
///     metadata  a map
struct MaxMindWriter {
  indirect enum Value: Hashable {
    case text(String)
    case uint16(UInt16)
    case uint32(UInt32)
    case uint64(UInt64)
    case map([String: Value])
    case array([Value])
  }

  private enum Target {
    case nothing
    case node(Int)
    case data(Int)
  }

  private let layout: String
  private let family: AddressFamily
  private var nodes: [(Target, Target)] = [(.nothing, .nothing)]
  private var data: [UInt8] = []
  private var offsets: [Value: Int] = [:]

  /// - Parameter family: of the tree; one of IPv6 holds IPv4 too, as ::/96.
  init(layout: String, family: AddressFamily = .ipv6) {
    self.layout = layout
    self.family = family
  }

  /// Adds a network; shorter prefixes first.
  mutating func add(_ prefix: Prefix, _ value: Value) {
    let target = Target.data(offset(of: value))
    let isMapped = family == .ipv6 && prefix.address.family == .ipv4
    let length = prefix.length + (isMapped ? 96 : 0)
    precondition(length > 0 && (family == .ipv6 || prefix.address.family == .ipv4), "it fits into the tree")
    let bits = UInt128(prefix.address.high) << 64 | UInt128(prefix.address.low)
    let width = family == .ipv4 ? 32 : 128
    var node = 0
    for depth in 0..<length {
      let isRight = bits >> UInt128(width - 1 - depth) & 1 == 1
      guard depth < length - 1 else {
        if isRight { nodes[node].1 = target } else { nodes[node].0 = target }
        return
      }
      let next = isRight ? nodes[node].1 : nodes[node].0
      if case .node(let number) = next {
        node = number
        continue
      }
      // What was said of the whole goes on for its halves.
      nodes.append((next, next))
      if isRight { nodes[node].1 = .node(nodes.count - 1) } else { nodes[node].0 = .node(nodes.count - 1) }
      node = nodes.count - 1
    }
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(nodes.count * 8 + data.count + 1_024)
    for (left, right) in nodes {
      for target in [left, right] { Self.append(UInt64(record(target)), 4, to: &bytes) }
    }
    bytes += [UInt8](repeating: 0, count: 16) + data + [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
    let metadata: [String: Value] = [
      "node_count": .uint32(UInt32(nodes.count)), "record_size": .uint16(32),
      "ip_version": .uint16(family == .ipv4 ? 4 : 6),
      "database_type": .text(layout), "languages": .array([.text("en")]),
      "description": .map(["en": .text("made by hand")]),
      "binary_format_major_version": .uint16(2), "binary_format_minor_version": .uint16(0),
      "build_epoch": .uint64(1_764_115_200),
    ]
    Self.encode(.map(metadata), into: &bytes)
    return bytes
  }

  private func record(_ target: Target) -> Int {
    switch target {
    case .nothing: nodes.count
    case .node(let number): number
    case .data(let offset): nodes.count + 16 + offset
    }
  }

  private mutating func offset(of value: Value) -> Int {
    if let known = offsets[value] { return known }
    offsets[value] = data.count
    defer { Self.encode(value, into: &data) }
    return data.count
  }

  private static func encode(_ value: Value, into bytes: inout [UInt8]) {
    switch value {
    case .text(let text):
      control(2, text.utf8.count, into: &bytes)
      bytes += Array(text.utf8)
    case .uint16(let number): encode(UInt64(number), type: 5, into: &bytes)
    case .uint32(let number): encode(UInt64(number), type: 6, into: &bytes)
    case .uint64(let number): encode(number, type: 9, into: &bytes)
    case .map(let pairs):
      control(7, pairs.count, into: &bytes)
      for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
        encode(.text(key), into: &bytes)
        encode(value, into: &bytes)
      }
    case .array(let values):
      control(11, values.count, into: &bytes)
      for value in values { encode(value, into: &bytes) }
    }
  }

  /// A number without its leading zero bytes.
  private static func encode(_ number: UInt64, type: UInt8, into bytes: inout [UInt8]) {
    let count = (64 - number.leadingZeroBitCount + 7) / 8
    control(type, count, into: &bytes)
    append(number, count, to: &bytes)
  }

  /// Type in the first three bits, or behind when it is above 7; size in the other five, up to 28 or, behind, up to 284.
  private static func control(_ type: UInt8, _ size: Int, into bytes: inout [UInt8]) {
    precondition(size < 285 + 65_536, "the longer forms are not needed")
    bytes.append((type > 7 ? 0 : type << 5) | UInt8(size < 29 ? size : size < 285 ? 29 : 30))
    if type > 7 { bytes.append(type - 7) }
    if size >= 285 {
      append(UInt64(size - 285), 2, to: &bytes)
    } else if size >= 29 {
      append(UInt64(size - 29), 1, to: &bytes)
    }
  }

  private static func append(_ number: UInt64, _ count: Int, to bytes: inout [UInt8]) {
    for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8))) }
  }
}
