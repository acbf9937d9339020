import Packets

/// Whose addresses are looked up, and of which family; nil for both.
struct TargetQuestion: Hashable {
  let name: String
  let family: AddressFamily?
}
