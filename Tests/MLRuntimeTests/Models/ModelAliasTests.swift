import Core
import Testing

@testable import MLRuntime

@Suite("Aliases of models")
struct ModelAliasTests {
    @Test("the attribute holds the whole history, the newest first")
    func history() throws {
        var alias = ModelAlias("production")
        #expect(alias.version == nil)
        try alias.check(.version(nil))
        for version in 1...UInt64(ModelAlias.historyMax + 10) {
            alias.change(to: version, user: "ann", timeMs: Int64(version))
        }
        alias.change(to: nil, user: "bob", timeMs: 99)
        let attribute = try #require(ExtendedAttribute(fullName: alias.attributeName, value: try alias.bytes))
        let read = try #require(try ModelAlias(attribute: attribute))
        #expect(read == alias && read.name == "production" && read.version == nil)
        #expect(read.history.count == ModelAlias.historyMax && read.history[0].user == "bob")
        #expect(read.history[1].version == UInt64(ModelAlias.historyMax + 10))
        #expect(try alias.bytes.count < Limits.xattrBytesMax / 2)
    }

    @Test("what is expected is checked")
    func expectations() throws {
        var alias = ModelAlias("production")
        alias.change(to: 3, user: "ann", timeMs: 0)
        try alias.check(.anything)
        try alias.check(.version(3))
        for expected in [nil, 2] as [UInt64?] {
            let error = #expect(throws: HFSError.self) { try alias.check(.version(expected)) }
            #expect(error?.message.contains("is given to version 3") == true)
        }
    }

    @Test("other attributes are none, and a damaged one is said")
    func attributes() throws {
        for name in ["ml.accuracy", "user.alias.x", "trusted.ml.alias.x"] {
            let attribute = try #require(ExtendedAttribute(fullName: name, value: [1]))
            #expect(try ModelAlias(attribute: attribute) == nil)
        }
        let damaged = try #require(ExtendedAttribute(fullName: "ml.alias.x", value: Array("3".utf8)))
        #expect(throws: HFSError.self) { try ModelAlias(attribute: damaged) }
    }
}
