/// What probes carry behind their headers: a text that tells whoever looks at one what it is, and zeros behind it.
enum ProbePayload {
  /// As many bytes as were asked for: the text's first ones when it is longer.
  static func bytes(_ text: StaticString, count: Int) -> [UInt8] {
    var bytes = Array(text.description.utf8.prefix(count))
    bytes.append(contentsOf: repeatElement(0, count: count - bytes.count))
    return bytes
  }
}
