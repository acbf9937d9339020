extension ICMPExtension {
  /// Appends an extension structure with its checksum.
  package static func write(_ objects: [ICMPExtensionObject], into writer: inout ByteWriter) {
    let start = writer.count
    writer.append(UInt32(version) << 28)
    for object in objects { object.write(into: &writer) }
    writer.set(writer.checksum(from: start), at: start + 2)
  }
}

extension ICMPExtensionObject {
  /// Appends the object with its header.
  package func write(into writer: inout ByteWriter) {
    let start = writer.count
    writer.append(0 as UInt16)
    switch self {
    case .mpls(let labels):
      writer.append(Self.mplsClass)
      writer.append(Self.incomingStackType)
      for label in labels { writer.append(label.word) }
    case .interfaceInformation(let interface):
      writer.append(Self.interfaceClass)
      interface.writeTypeAndBody(into: &writer)
    case .unknown(let classNumber, let type, let bytes):
      writer.append(classNumber)
      writer.append(type)
      writer.append(bytes)
    }
    writer.set(UInt16(truncatingIfNeeded: writer.count - start), at: start)
  }
}

extension InterfaceInformation {
  /// Appends the object's type, which says what follows, and its items; a name is cut to its longest length.
  fileprivate func writeTypeAndBody(into writer: inout ByteWriter) {
    writer.append(
      role.rawValue << 6 | (index == nil ? 0 : Item.index) | (address == nil ? 0 : Item.address)
        | (name == nil ? 0 : Item.name) | (mtu == nil ? 0 : Item.mtu))
    if let index { writer.append(index) }
    if let address {
      writer.append(Self.addressFamilyNumber(address.family))
      writer.append(0 as UInt16)
      address.write(into: &writer)
    }
    if let name {
      let text = Array(name.utf8.prefix(Self.longestName))
      let length = (1 + text.count + 3) / 4 * 4
      writer.append(UInt8(length))
      writer.append(text)
      writer.append(zeros: length - 1 - text.count)
    }
    if let mtu { writer.append(mtu) }
  }
}
