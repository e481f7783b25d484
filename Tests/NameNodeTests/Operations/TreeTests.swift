import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct TreeTests {
    @Test func mkdirsMakesWhatIsMissingAndCountsIt() async throws {
        try await TestNamespace.with { ns in
            try await ns.settle()
            #expect(try await ns.mkdirs("/a/b/c", mode: 0o500) == .result(true))
            #expect(try await ns.mkdirs("/a/b") == .result(true))
            #expect(try await ns.stat("/a/b/c")?.mode == FileMode(0o500))
            // Directories on the way stay usable for their maker.
            #expect(try await ns.stat("/a")?.mode == FileMode(0o700))
            #expect(try await ns.stat("/")?.childrenCount == 1)
            #expect(try await ns.summary("/").directoryCount == 4)
            #expect(try await ns.audit() == [])
        }
    }

    @Test func mkdirsRefusesAsHDFSDoes() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/p/f")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/f") }
                    == "alreadyExists: Path is not a directory: /p/f")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/f/x") }
                    == "alreadyExists: Parent path is not a directory: /p/f x")
            let orphan = Mkdirs(
                caller: TestNamespace.root, path: try ns.path("/p/no/x"), mode: .directoryDefault, unmasked: nil,
                createParent: false)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.run(orphan) }
                    == "fileNotFound: Parent directory doesn't exist: /p/no")
            let long = String(repeating: "x", count: 256)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/\(long)") }.hasPrefix(
                    "nameTooLong: "))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/.reserved/x") }
                    .hasPrefix("invalidArgument: File name \".reserved\" is reserved"))
            #expect(
                await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/.snapshot/x") }
                    == "invalidArgument: \".snapshot\" is a reserved name.")
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRefusedOperationChangesNothing() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/p/f")
            let before = try await ns.dump()
            let lsn = ns.engine.publishedLSN
            _ = await refusalText { () throws(HFSError) in try await ns.mkdirs("/p/f/x/y") }
            _ = await refusalText { () throws(HFSError) in try await ns.rename2("/p/f", "/no/where") }
            _ = await refusalText { () throws(HFSError) in try await ns.delete("/p", recursive: false) }
            #expect(ns.engine.publishedLSN == lsn)
            #expect(try await ns.dump().rows.map(\.image) == before.rows.map(\.image))
        }
    }

    @Test func renameAnswersFalseWhereRename2Throws() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/p/d/e")
            try await ns.write("/p/f")
            for (from, to) in [
                ("/p/none", "/p/y"), ("/p/d", "/p/f"), ("/p/d", "/p/d/e/z"), ("/p/d", "/p/no/z"), ("/", "/p/x"),
                ("/p/d", "/p/f/z"), ("/p/d", "/p/d"),
            ] {
                #expect(try await ns.rename(from, to) == .result(false), "\(from) -> \(to)")
            }
            #expect(try await ns.rename("/p/f", "/p/f") == .result(true))
            #expect(try await ns.rename("/p/f", "/p/d") == .result(true))
            #expect(try await ns.stat("/p/d/f") != nil)
            #expect(try await ns.rename("/p/d/f", "/") == .result(true))
            #expect(try await ns.names("/") == ["f", "p"])
            #expect(try await ns.audit() == [])
        }
    }

    @Test func rename2NamesWhatIsWrong() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/p/d/e")
            try await ns.write("/p/f")
            try await ns.write("/p/o")
            let cases: [(String, String, Bool, String)] = [
                ("/p/none", "/p/y", false, "fileNotFound: rename source /p/none is not found."),
                ("/p/f", "/p/o", false, "alreadyExists: rename destination /p/o already exists"),
                ("/p/f", "/p/d", true, "io: Source /p/f and destination /p/d must both be directories"),
                ("/p/d/e", "/p/d", true, "io: rename destination directory /p/d is not empty"),
                ("/p/f", "/p/no/z", false, "fileNotFound: rename destination parent /p/no/z not found."),
                ("/p/d", "/p/f/z", false, "notADirectory: rename destination parent /p/f/z is a file."),
                ("/p/d", "/p/d/e/z", false, "io: Rename destination /p/d/e/z is a directory or file under source /p/d"),
                ("/p/f", "/p/f", false, "alreadyExists: The source /p/f and destination /p/f are the same"),
                ("/", "/p/x", false, "io: rename source cannot be the root"),
                ("/p/f", "/", true, "io: rename destination cannot be the root"),
            ]
            for (from, to, overwrite, text) in cases {
                let answer = await refusalText { () throws(HFSError) in
                    try await ns.rename2(from, to, overwrite: overwrite)
                }
                #expect(answer == text)
            }
        }
    }

    @Test func rename2ReplacesAFileAndAnEmptyDirectoryInOneStep() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/a/f", [100], replication: 2)
            try await ns.write("/b/g", [30, 40])
            let moved = try await ns.stat("/a/f")?.inode
            try await ns.rename2("/a/f", "/b/g", overwrite: true)
            #expect(try await ns.stat("/b/g")?.inode == moved)
            #expect(try await ns.summary("/").spaceConsumed == 200)
            try await ns.mkdirs("/x/full/sub")
            try await ns.mkdirs("/y/empty")
            try await ns.rename2("/x/full", "/y/empty", overwrite: true)
            #expect(try await ns.names("/y/empty") == ["sub"])
            try await ns.settle()
            #expect(try await ns.audit() == [])
        }
    }

    @Test func deleteUnlinksAtOnceAndFreesBehind() async throws {
        try await TestNamespace.with { ns in
            for index in 0..<300 { try await ns.write("/t/d\(index % 7)/e/f\(index)", [10]) }
            try await ns.create("/t/d0/open", holder: "w")
            #expect(ns.namenode.leases.openFileCount == 1)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.delete("/t", recursive: false) }
                    == "directoryNotEmpty: `/t is non empty': Directory is not empty")
            #expect(try await ns.delete("/t") == .result(true))
            #expect(try await ns.stat("/t/d1/e/f1") == nil)
            #expect(try await ns.summary("/").fileCount == 0)
            try await ns.settle()
            #expect(try await ns.audit() == [])
            #expect(try await ns.dump().rows.count { $0.key.table != .system } == 1)
            #expect(ns.namenode.leases.openFileCount == 0)
            #expect(try await ns.delete("/t") == .result(false))
            #expect(try await ns.delete("/") == .result(false))
        }
    }

    @Test func aFileWithManyBlocksIsFreedByTheReclaimer() async throws {
        try await TestNamespace.with { ns in
            try await ns.write("/big", Array(repeating: 5, count: 300))
            #expect(try await ns.stat("/big")?.length == 1500)
            try await ns.delete("/big")
            try await ns.settle()
            #expect(try await ns.dump().rows.count { $0.key.table != .system } == 1)
        }
    }

    @Test func inodePathsNameWhatTheyMean() async throws {
        try await TestNamespace.with { ns in
            let inode = try await ns.create("/a/b/f")
            let status = try await ns.stat("/.reserved/.inodes/\(inode)")
            #expect(status?.inode == inode)
            let directory = try #require(try await ns.stat("/a")).inode
            #expect(try await ns.stat("/.reserved/.inodes/\(directory)/b/f")?.inode == inode)
            #expect(
                await refusalText { () throws(HFSError) in try await ns.stat("/.reserved/.inodes/999999") }
                    .hasPrefix("fileNotFound: "))
            try await ns.delete("/a")
            #expect(
                await refusalText { () throws(HFSError) in try await ns.stat("/.reserved/.inodes/\(inode)") }
                    .hasPrefix("fileNotFound: "))
        }
    }

    @Test func listingsPageInByteOrder() async throws {
        try await TestNamespace.with { ns in
            for index in 0..<25 { try await ns.mkdirs("/l/\(index)") }
            var all: [String] = []
            var after: [UInt8] = []
            while true {
                let page = try #require(
                    try await ns.ask(
                        GetListing(
                            caller: TestNamespace.root, path: ns.path("/l"), startAfter: after, needLocation: false,
                            pageMax: 10)))
                if after.isEmpty { #expect(page.remaining == 15) }
                all += page.entries.map { String(decoding: $0.status.name, as: UTF8.self) }
                after = page.entries.last?.status.name ?? []
                if page.remaining == 0 { break }
            }
            #expect(all == (0..<25).map { "\($0)" }.sorted())
            #expect(try await ns.names("/none") == nil)
            try await ns.write("/f")
            #expect(try await ns.names("/f") == [""])
        }
    }

    @Test func timesFollowChangesAndObeySetTimes() async throws {
        try await TestNamespace.with { ns in
            try await ns.mkdirs("/d")
            let made = try #require(try await ns.stat("/d")).modifiedMs
            ns.clock.advance(byMs: 1000)
            try await ns.write("/d/f")
            #expect(try await ns.stat("/d")?.modifiedMs == made + 1000)
            _ = try await ns.run(
                SetTimes(caller: TestNamespace.root, path: ns.path("/d"), modifiedMs: 5, accessedMs: nil))
            #expect(try await ns.stat("/d")?.modifiedMs == 5)
            ns.clock.advance(byMs: 1000)
            try await ns.delete("/d/f")
            #expect(try await ns.stat("/d")?.modifiedMs == made + 2000)
        }
    }
}
