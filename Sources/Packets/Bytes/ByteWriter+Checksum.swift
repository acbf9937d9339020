extension ByteWriter {
  /// The checksum of everything from `start` on; the checksum field in it must still be 0.
  package func checksum(from start: Int) -> UInt16 {
    var checksum = InternetChecksum()
    checksum.add(storage.span.bytes, in: start..<count)
    return checksum.value
  }

  /// The checksum of everything from `start` on, with a pseudo header before it.
  package func checksum(
    from start: Int, protocol number: IPProtocol, source: IPAddress, destination: IPAddress
  ) -> UInt16 {
    var checksum = InternetChecksum()
    checksum.addPseudoHeader(source: source, destination: destination, protocol: number, length: count - start)
    checksum.add(storage.span.bytes, in: start..<count)
    return checksum.value
  }
}
