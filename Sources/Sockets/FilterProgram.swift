import CSystemIO

/// The steps that classic BPF programs are written in here; `FilterProgram.assemble` makes instructions of them.
///
/// A machine with two registers, A and X. A load beyond the end of the packet ends the program and rejects the packet.
enum FilterStep {
  /// A becomes the byte, or the two bytes in network order, at that offset.
  case loadByte(UInt32)
  case loadHalf(UInt32)
  /// The same at X plus that offset.
  case loadByteAtX(UInt32)
  case loadHalfAtX(UInt32)
  /// X becomes the length of the IPv4 header at that offset: four times its low four bits.
  case headerLengthToX(UInt32)
  /// A becomes A and the mask, A shifted left, A plus X; X becomes A.
  case and(UInt32)
  case shiftLeft(UInt32)
  case addX
  case copyToX
  /// Goes on at the label if A equals the value.
  case go(to: Label, ifEqual: UInt32)
  /// Rejects the packet unless A equals the value.
  case require(UInt32)
  /// A place to go on at.
  case label(Label)
  /// Ends the program: the packet is taken, whole.
  case accept
  /// Ends the program: the packet is dropped.
  case reject

  enum Label: Hashable {
    case reply
    case error
  }
}

enum FilterProgram {
  /// Turns steps into instructions: labels become distances, which must be forward and below 256.
  static func assemble(_ steps: [FilterStep]) -> [csio_filter_instruction] {
    let places = places(of: steps)
    var program: [csio_filter_instruction] = []
    for step in steps {
      switch step {
      // The codes are part of the kernel's interface (linux/bpf_common.h, linux/filter.h).
      case .loadByte(let offset): program.append(instruction(0x30, offset))
      case .loadHalf(let offset): program.append(instruction(0x28, offset))
      case .loadByteAtX(let offset): program.append(instruction(0x50, offset))
      case .loadHalfAtX(let offset): program.append(instruction(0x48, offset))
      case .headerLengthToX(let offset): program.append(instruction(0xb1, offset))
      case .and(let mask): program.append(instruction(0x54, mask))
      case .shiftLeft(let bits): program.append(instruction(0x64, bits))
      case .addX: program.append(instruction(0x0c, 0))
      case .copyToX: program.append(instruction(0x07, 0))
      case .go(let label, ifEqual: let value):
        guard let place = places[label] else {
          preconditionFailure("A program jumps to a label that it does not have.")
        }
        let distance = UInt8(place - program.count - 1)
        program.append(csio_filter_instruction(code: 0x15, if_true: distance, if_false: 0, value: value))
      case .require(let value):
        // Equal skips the rejection that follows.
        program.append(csio_filter_instruction(code: 0x15, if_true: 1, if_false: 0, value: value))
        program.append(instruction(0x06, 0))
      case .label: break
      case .accept: program.append(instruction(0x06, .max))
      case .reject: program.append(instruction(0x06, 0))
      }
    }
    return program
  }

  /// The index of the instruction that follows each label.
  private static func places(of steps: [FilterStep]) -> [FilterStep.Label: Int] {
    var places: [FilterStep.Label: Int] = [:]
    var count = 0
    for step in steps {
      switch step {
      case .label(let label): places[label] = count
      case .require: count += 2
      case .loadByte, .loadHalf, .loadByteAtX, .loadHalfAtX, .headerLengthToX, .and, .shiftLeft, .addX, .copyToX, .go,
        .accept, .reject:
        count += 1
      }
    }
    return places
  }

  private static func instruction(_ code: UInt16, _ value: UInt32) -> csio_filter_instruction {
    csio_filter_instruction(code: code, if_true: 0, if_false: 0, value: value)
  }
}
