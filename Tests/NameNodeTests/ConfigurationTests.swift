import FoundationEssentials
import Testing

@testable import NameNode

@Suite("A namenode's configuration")
struct ConfigurationTests {
    @Test(
        "must say where the namenode keeps its metadata", arguments: ["{}", "{\"port\": 0}", "{\"directory\": \"\"}"])
    func directory(text: String) throws {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(NameNodeConfiguration.self, from: Data(text.utf8))
        }
    }

    @Test("gives everything else its default")
    func defaults() throws {
        let read = try JSONDecoder().decode(NameNodeConfiguration.self, from: Data("{\"directory\": \"/d\"}".utf8))
        #expect(read == NameNodeConfiguration(directory: "/d"))
    }
}
