import Packets
import Time
import Tracing

/// A reply in one sentence.
struct ReplyWords {
  let sentence: String

  init(_ reply: Reply, _ hop: HopExplainer) {
    let at = "at \(hop.moment(reply.arrival))"
    let source = "from \(reply.responder)"
    switch reply.kind {
    case .timeExceeded:
      let whose = reply.responder == hop.request.target ? ", the target's own address" : ""
      sentence =
        "Time exceeded \(source)\(whose) came \(at): the probe was not forwarded there, since its \(hop.ttlName) was spent."
    case .echoReply: sentence = "An echo reply \(source) came \(at): the probe arrived at the host that it was sent to."
    case .unreachable(let code) where code.isPort:
      sentence =
        "Port unreachable \(source) came \(at): the probe arrived at a host, and no program there waits on that port."
    case .unreachable(let code):
      let mtu = code.mtu.map { ", the next link takes \($0) bytes" } ?? ""
      sentence =
        "\(code.meaning.prefix(1).uppercased())\(code.meaning.dropFirst()) \(source) came \(at)\(mtu): it cannot go on."
    case .datagram: sentence = "A UDP datagram \(source) came \(at): a program on the probed port has answered."
    case .reset: sentence = "A TCP reset \(source) came \(at): the probe arrived, and the port is closed."
    case .synAck: sentence = "A TCP SYN with ACK \(source) came \(at): the probe arrived, and the port is open."
    }
  }
}
