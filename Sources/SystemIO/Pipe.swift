import CSystemIO

/// A pipe, both ends closed on exec.
package struct Pipe: ~Copyable, Sendable {
  package let readEnd: FileDescriptor
  package let writeEnd: FileDescriptor

  /// Makes a pipe of the kernel's usual size.
  ///
  /// - Throws: `SystemError` of `pipe2`.
  package init() throws(SystemError) {
    var reading: Int32 = -1
    var writing: Int32 = -1
    try checked(csio_pipe(&reading, &writing), "pipe2")
    readEnd = FileDescriptor(owning: reading)
    writeEnd = FileDescriptor(owning: writing)
  }
}
