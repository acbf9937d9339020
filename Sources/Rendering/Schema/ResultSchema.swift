/// The JSON Schema (draft 2020-12) of every document that `JSONRenderer` writes; `ftrsh.schema.json` beside this file.
package enum ResultSchema {
  /// The schema as it lies in the source tree, with a newline at its end.
  package static var text: String { String(decoding: PackageResources.ftrsh_schema_json, as: UTF8.self) }
}
