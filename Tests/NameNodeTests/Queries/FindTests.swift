import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct FindTests {
    private let bob = TestNamespace.user("bob", "staff")
    private let accurate = AttributeCondition.compare("ml.accuracy", .greater, .number(0.9))

    /// Ten models of accuracy 0.85 to 0.94 in each of two projects.
    private func models(_ ns: TestNamespace) async throws {
        for project in ["a", "b"] {
            for index in 0..<10 {
                let path = "/Projects/\(project)/Models/m\(index)"
                try await ns.mkdirs(path)
                try await ns.set(path, "ml.accuracy", "0.\(85 + index)")
                try await ns.set(path, "hfs.artifact", index % 2 == 0 ? "model" : "experiment")
            }
        }
    }

    @Test func aQueryFindsTheBestAsSoonAsTheyAreSet() async throws {
        try await TestNamespace.with { ns in
            try await models(ns)
            #expect(
                try await ns.paths("/Projects/a", accurate, order: "ml.accuracy", descending: true, limit: 3)
                    == ["/Projects/a/Models/m9", "/Projects/a/Models/m8", "/Projects/a/Models/m7"])
            #expect(try await ns.paths("/", accurate).count == 8)
            let models = AttributeCondition.all([accurate, .compare("kind", .equal, .text("model"))])
            #expect(
                try await ns.paths("/Projects", models, order: "path") == [
                    "/Projects/a/Models/m6", "/Projects/a/Models/m8", "/Projects/b/Models/m6", "/Projects/b/Models/m8",
                ])
            try await ns.set("/Projects/a/Models/m0", "ml.accuracy", "0.99")
            try await ns.unset("/Projects/a/Models/m9", "ml.accuracy")
            try await ns.delete("/Projects/a/Models/m8")
            #expect(
                try await ns.paths("/Projects/a", accurate, order: "ml.accuracy", descending: true)
                    == ["/Projects/a/Models/m0", "/Projects/a/Models/m7", "/Projects/a/Models/m6"])
            let best = try await ns.find("/Projects/a/Models/m0", accurate)
            #expect(best.entries.map(\.path) == ["/Projects/a/Models/m0"])
            #expect(try await ns.audit() == [])
        }
    }

    @Test func whatMovedToAnotherProjectIsFoundThere() async throws {
        try await TestNamespace.with { ns in
            try await models(ns)
            try await ns.mkdirs("/tmp")
            try await ns.mkdirs("/Projects/c")
            _ = try await ns.rename("/Projects/a/Models", "/Projects/c/old")
            #expect(try await ns.paths("/Projects/a", accurate) == [])
            #expect(try await ns.paths("/Projects/c", accurate).count == 4)
            #expect(try await ns.paths("/Projects/c/old/m9", accurate) == ["/Projects/c/old/m9"])
            // Out of what had moved in, and by way of a place outside of all projects.
            _ = try await ns.rename("/Projects/c/old/m9", "/Projects/c/m9")
            _ = try await ns.rename("/Projects/c/old/m8", "/tmp/m8")
            #expect(try await ns.paths("/Projects/c/m9", accurate).count == 1)
            #expect(try await ns.paths("/tmp", accurate) == ["/tmp/m8"])
            try await ns.delete("/Projects/c/old")
            #expect(try await ns.paths("/Projects/c", accurate) == ["/Projects/c/m9"])
            _ = try await ns.rename("/tmp/m8", "/Projects/b/m8")
            #expect(try await ns.paths("/Projects/b", accurate).count == 5)
            _ = try await ns.rename("/Projects/b", "/Projects/b2")
            _ = try await ns.rename("/Projects/b2", "/tmp/b3")
            _ = try await ns.rename("/tmp", "/Projects/d")
            #expect(try await ns.paths("/Projects/d", accurate).count == 5)
            #expect(try await ns.paths("/", accurate).count == 6)
            try await ns.settle()
            #expect(try await ns.audit() == [])
            try await ns.delete("/Projects")
            try await ns.settle()
            #expect(try await ns.audit() == [])
        }
    }

    @Test func onlyWhatTheCallerMayReachAndReadIsFound() async throws {
        try await TestNamespace.with { ns in
            try await models(ns)
            try await ns.chmod("/Projects/a/Models", 0o700)
            try await ns.chmod("/Projects/b/Models/m9", 0o300)
            #expect(try await ns.paths("/", accurate).count == 8)
            #expect(
                try await ns.paths("/", accurate, order: "name", as: bob)
                    == ["/Projects/b/Models/m6", "/Projects/b/Models/m7", "/Projects/b/Models/m8"])
            #expect(
                await refusalText { () throws(HFSError) in try await ns.find("/Projects/a/Models/m1", as: bob) }
                    .hasPrefix("accessDenied: "))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.find("/none") }.hasPrefix("fileNotFound: "))
        }
    }

    @Test func aWalkAnswersWhereNoIndexHelps() async throws {
        try await TestNamespace.with { ns in
            try await models(ns)
            try await ns.chown("/Projects/a/Models/m3", "bob")
            #expect(
                try await ns.paths("/", .compare("owner", .equal, .text("bob"))) == ["/Projects/a/Models/m3"])
            #expect(try await ns.paths("/Projects/b", .prefix("name", "m")).count == 10)
            #expect(try await ns.paths("/Projects/b", .not(.exists("ml.accuracy"))).count == 2)
            #expect(try await ns.paths("/Projects/b").count == 12)
            #expect(try await ns.paths("/Projects/b", .compare("kind", .equal, .text("directory"))).count == 2)
        }
    }

    @Test func longQueriesTakeSeveralReads() async throws {
        try await TestNamespace.with { ns in
            let count = 1500
            for index in 0..<count {
                try await ns.mkdirs("/p/\(index)")
                try await ns.set("/p/\(index)", "ml.step", "\(index)")
            }
            try await ns.chown("/p/\(count - 1)", "bob")
            let rare = AttributeCondition.all([.exists("ml.step"), .compare("owner", .equal, .text("bob"))])
            #expect(try await ns.paths("/p", rare, order: "ml.step") == ["/p/\(count - 1)"])
            let many = try await ns.paths("/p", .compare("ml.step", .less, .number(700)), order: "name")
            #expect(many == (0..<700).map { "/p/\($0)" }.sorted())
        }
    }

    @Test func fieldsThatCannotBeSearchedAreRefused() async throws {
        try await TestNamespace.with { ns in
            for field in ["trusted.x", "accuracy", "ml.", "size"] {
                #expect(
                    await refusalText { () throws(HFSError) in try await ns.find("/", .exists(field)) }
                        .hasPrefix("invalidArgument: '\(field)' cannot be searched"))
            }
        }
    }

    @Test func aServiceLearnsWhatAUserMaySee() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/open/f")
            try await ns.write("/closed/d/f")
            try await ns.write("/blind/f")
            try await ns.chmod("/closed", 0o700)
            try await ns.chmod("/blind", 0o711)
            var inodes: [InodeID] = [.root, InodeID(1 << 40)]
            for path in ["/open/f", "/closed", "/closed/d/f", "/blind/f"] {
                inodes.append(try #require(try await ns.stat(path)).inode)
            }
            #expect(
                try await ns.ask(CheckVisible(caller: bob, inodes: inodes))
                    == [.visible, .missing, .visible, .visible, .hidden, .hidden])
            #expect(
                try await ns.ask(CheckVisible(caller: TestNamespace.root, inodes: inodes))
                    == [.visible, .missing, .visible, .visible, .visible, .visible])
            var directories: [InodeID] = [.root, InodeID(1 << 40)]
            for path in ["/open", "/closed", "/closed/d", "/blind"] {
                directories.append(try #require(try await ns.stat(path)).inode)
            }
            #expect(
                try await ns.ask(CheckVisible(caller: bob, inodes: [.root], directories: directories))
                    == [.visible, .visible, .missing, .visible, .hidden, .hidden, .hidden])
        }
    }
}
