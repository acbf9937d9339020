import Packets
import Results

extension ICMPExtensionObject {
  /// The object as one word behind a hop; MPLS and unknown objects as `traceroute -e` writes them.
  var mark: String {
    switch self {
    case .mpls(let labels):
      let entries = labels.map {
        "L=\($0.label),E=\($0.trafficClass),S=\($0.bottomOfStack ? 1 : 0),T=\($0.timeToLive)"
      }
      return "<MPLS:\(entries.joined(separator: "/"))>"
    case .interfaceInformation(let interface):
      let parts = [
        interface.name, interface.address?.description, interface.index.map { "index \($0)" },
        interface.mtu.map { "mtu \($0)" },
      ]
      return "<\(interface.role.word): \(parts.compactMap { $0 }.joined(separator: ", "))>"
    case .unknown(let classNumber, let type, let bytes):
      let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      return "<\(classNumber)/\(type):\(digits)>"
    }
  }
}
