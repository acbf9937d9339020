import Lookups
import Testing

@Suite("The configuration of the resolver")
struct ResolverConfigurationTests {
  @Test("takes the machine's servers unless told")
  func defaults() {
    let configuration = ResolverConfiguration()
    #expect(configuration.servers == nil)
    #expect(configuration.window == 64)
  }
}
