import Testing
import Transport

@testable import NameNode

@Suite("Service directory")
struct ServiceDirectoryTests {
    @Test("the newest service of a name counts, for as long as its connection lasts")
    func newest() {
        let directory = ServiceDirectory()
        directory.register("provenance", at: "127.0.0.1:1", connection: RPCConnectionID(1))
        directory.register("provenance", at: "127.0.0.1:2", connection: RPCConnectionID(2))
        directory.connectionClosed(RPCConnectionID(1))
        #expect(directory.address(of: "provenance") == "127.0.0.1:2")
        directory.connectionClosed(RPCConnectionID(2))
        #expect(directory.address(of: "provenance") == nil)
    }
}
