/// The JSON form of `import`.
package struct ImportDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "import"
  package var version: String
  package var file: String
  /// `pcap` or `pcapng`.
  package var format: String
  /// How many packets were read.
  package var packets: Int
  /// Why reading ended before the file did; nil when it was read whole.
  @ExplicitNull package var fault: String? = nil
  /// One for each trace.
  package var results: [ResultListDocument.Entry]

  package init(
    version: String, file: String, format: String, packets: Int, fault: String?, results: [ResultListDocument.Entry]
  ) {
    self.version = version
    self.file = file
    self.format = format
    self.packets = packets
    self.results = results
    self.fault = fault
  }
}

/// The JSON form of `export` to a file.
package struct ExportDocument: Codable, Hashable, Sendable {
  package var schema = ResultCoding.schema
  package var command = "export"
  package var version: String
  package var file: String
  package var format: String
  /// Of the trace.
  package var id: String
  package var packets: Int
  /// Arrivals of which too little is known to make a packet.
  package var leftOut: Int

  enum CodingKeys: String, CodingKey {
    case schema, command, version, file, format, id, packets
    case leftOut = "left_out"
  }

  package init(version: String, file: String, format: String, id: ResultID, packets: Int, leftOut: Int) {
    self.version = version
    self.file = file
    self.format = format
    self.id = "\(id)"
    self.packets = packets
    self.leftOut = leftOut
  }
}
