/// Where libedit has put the characters of prompt and line on rows of a width.
///
/// The rules are those of libedit's refresh.c: a character that does not fit moves to the next row whole, a row that is full
/// puts the cursor at the beginning of the next, controls take two columns (`^A`), a tab goes to the next eighth column.
struct LineLayout: Equatable {
  private(set) var row = 0
  private(set) var column = 0
  private let columns: Int

  init(columns: Int) { self.columns = max(1, columns) }

  mutating func advance(_ scalars: some Sequence<Unicode.Scalar>) {
    for scalar in scalars { advance(scalar) }
  }

  private mutating func advance(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x0A: nextRow()
    case 0x09: repeat { take(1) } while column % 8 != 0
    case 0..<0x20, 0x7F:
      take(1)
      take(1)
    default: take(DisplayWidth.of(scalar))
    }
  }

  private mutating func take(_ width: Int) {
    if column + width > columns { nextRow() }
    column += width
    if column >= columns { nextRow() }
  }

  private mutating func nextRow() {
    row += 1
    column = 0
  }
}
