import Core
import Testing

@testable import Client

@Suite("Addresses of namenodes")
struct NamenodeAddressTests {
    @Test(
        "What an address means",
        arguments: [
            ("hdfs://a", [("a", 8020)]), ("hdfs://a:1/x/y", [("a", 1)]), ("a:1,b", [("a", 1), ("b", 8020)]),
            ("HDFS://127.0.0.1:9,[::1]:10", [("127.0.0.1", 9), ("::1", 10)]), ("hdfs://[::1]/", [("::1", 8020)]),
        ] as [(String, [(String, UInt16)])])
    func parsed(_ text: String, _ expected: [(String, UInt16)]) throws {
        let addresses = try NamenodeAddress.parse(text)
        #expect(addresses == expected.map { NamenodeAddress(host: $0.0, port: $0.1) })
    }

    @Test(
        "What is no address",
        arguments: ["", "hdfs://", "http://a", "hdfs://a:x", "hdfs://a:0", "a:70000", "a,,b", ":1", "me@a"])
    func refused(_ text: String) {
        let error = #expect(throws: HFSError.self) { try NamenodeAddress.parse(text) }
        #expect(error?.code == .invalidArgument)
    }
}
