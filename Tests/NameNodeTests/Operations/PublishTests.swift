import Core
import MetaStore
import Testing

@testable import NameNode

@Suite struct PublishTests {
    private let bob = TestNamespace.user("bob", "staff")
    private let models = "/Projects/p/Models/digits"

    private func staged(_ ns: TestNamespace, _ path: String = "/Projects/p/tmp/s") async throws {
        try await ns.write("\(path)/weights", [100])
        try await ns.write("\(path)/assets/labels")
    }

    @Test func aPublishedDirectoryHasItsNameAttributesAndSealAtOnce() async throws {
        try await TestNamespace.with { ns in
            try await staged(ns)
            #expect(
                try await ns.publish("/Projects/p/tmp/s", models, ["ml.accuracy": "0.9", "user.note": "first"])
                    == "\(models)/1")
            #expect(
                try await ns.attributes("\(models)/1")
                    == ["hfs.artifact=model", "ml.accuracy=0.9", "user.note=first"])
            #expect(try await ns.stat("/Projects/p/tmp/s") == nil)
            #expect(try await ns.stat("\(models)/1/assets/labels") != nil)
            let best = AttributeCondition.all([
                .compare("kind", .equal, .text("model")), .compare("ml.accuracy", .greaterOrEqual, .number(0.9)),
            ])
            #expect(try await ns.paths("/Projects/p", best) == ["\(models)/1"])
            #expect(try await ns.summary("/Projects/p").fileCount == 2)
            #expect(try await ns.audit() == [])
            try await staged(ns)
            #expect(try await ns.publish("/Projects/p/tmp/s", models, ["hfs.artifact": "log"]) == "\(models)/2")
            #expect(try await ns.attributes("\(models)/2") == ["hfs.artifact=log"])
        }
    }

    @Test func versionsAreNeverGivenOutTwice() async throws {
        let directory = try TemporaryDirectory()
        for round in 0..<2 {
            try await TestNamespace.with(.shards(directory.path, count: 2)) { ns in
                try await staged(ns)
                #expect(try await ns.publish("/Projects/p/tmp/s", models) == "\(models)/\(2 * round + 1)")
                try await ns.delete("\(models)/\(2 * round + 1)")
                try await staged(ns)
                #expect(try await ns.publish("/Projects/p/tmp/s", models) == "\(models)/\(2 * round + 2)")
                try await ns.settle()
                #expect(try await ns.audit() == [])
            }
        }
        try await TestNamespace.with(.shards(directory.path, count: 2)) { ns in
            try await ns.mkdirs("\(models)/5")
            try await staged(ns)
            #expect(try await ns.publish("/Projects/p/tmp/s", models) == "\(models)/6")
            #expect(
                await refusalText { () throws(HFSError) in
                    try await ns.delete("\(models)/6/weights")
                }.hasPrefix("accessDenied: "))
        }
    }

    @Test func publishersAtOnceGetVersionsOfTheirOwn() async throws {
        try await TestNamespace.with { ns in
            for index in 0..<20 { try await staged(ns, "/Projects/p/tmp/s\(index)") }
            let paths = try await withThrowingTaskGroup(of: String.self) { group in
                for index in 0..<20 {
                    group.addTask { try await ns.publish("/Projects/p/tmp/s\(index)", models) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(paths) == Set((1...20).map { "\(models)/\($0)" }))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aRepeatedCallGetsTheFirstAnswer() async throws {
        try await TestNamespace.with { ns in
            try await staged(ns)
            let operation = Publish(
                caller: TestNamespace.root, staging: try ns.path("/Projects/p/tmp/s"), target: try ns.path(models),
                attributes: [])
            var answers: [[UInt8]] = []
            for _ in 0..<2 {
                let outcome: Result<Outcome<Answer>, HFSError> = await withCheckedContinuation { continuation in
                    ns.namenode.writer.submit(
                        operation, retry: RetryKey(clientID: Array(0..<16), callID: 7),
                        completion: { continuation.resume(returning: $0) })
                }
                switch try outcome.get() {
                case .done(let answer): answers.append(answer.wireBytes())
                case .replayed(let bytes): answers.append(bytes)
                }
            }
            #expect(answers[0] == answers[1])
            #expect(try await ns.names(models) == ["1"])
        }
    }

    @Test func whatIsOpenOrNotOnesOwnIsRefused() async throws {
        try await TestNamespace.with { ns in
            try await staged(ns)
            try await ns.create("/Projects/p/tmp/s/late", holder: "writer")
            try await ns.create("/Projects/p/elsewhere")
            func refused(_ staging: String, _ target: String, as caller: Caller = TestNamespace.root) async -> String {
                await refusalText { () throws(HFSError) in try await ns.publish(staging, target, as: caller) }
            }
            #expect(
                await refused("/Projects/p/tmp/s", models)
                    == "alreadyBeingCreated: /Projects/p/tmp/s cannot be published: writer writes /Projects/p/tmp/s/late"
            )
            try await ns.complete("/Projects/p/tmp/s/late", holder: "writer")
            #expect(await refused("/none", models).hasPrefix("fileNotFound: "))
            #expect(await refused("/Projects/p/tmp/s/late", models).hasPrefix("pathNotADirectory: "))
            #expect(await refused("/Projects/p/tmp/s", "/Projects/p/tmp/s/in").hasPrefix("invalidArgument: "))
            #expect(await refused("/Projects/p/tmp/s", "/Projects/p/tmp/s/late").hasPrefix("invalidArgument: "))
            #expect(await refused("/Projects/p/tmp/s", "/Projects/p/elsewhere").hasPrefix("pathNotADirectory: "))
            #expect(await refused("/", models).hasPrefix("invalidArgument: "))
            #expect(await refused("/Projects/p/tmp/s", models, as: bob).hasPrefix("accessDenied: "))
            try await ns.chmod("/Projects/p/tmp", 0o777)
            try await ns.chmod("/Projects/p", 0o777)
            #expect(await refused("/Projects/p/tmp/s", models, as: bob).contains("not the owner"))
            try await ns.chown("/Projects/p/tmp/s", "bob")
            #expect(await refused("/Projects/p/tmp/s", models, as: bob) == "done")
            #expect(await refused("\(models)/1", "/Projects/p/other").hasPrefix("alreadyExists: "))
            #expect(try await ns.audit() == [])
        }
    }

    @Test func aPublicationIsToldOnceWithBothPlaces() async throws {
        try await TestNamespace.with { ns in
            try await staged(ns)
            let operation = Publish(
                caller: TestNamespace.root, staging: try ns.path("/Projects/p/tmp/s"), target: try ns.path(models),
                attributes: [try ns.attribute("ml.accuracy", "1")])
            let planned = try await ns.namenode.writer.read { view throws(PlanInterrupt) in
                var inputs = PlanInputs(
                    nowMs: 1,
                    ids: IDRange(
                        inodeSequence: 1 << 30, blockSequence: 1 << 30, generationStamp: 1 << 30, directoryShard: 3))
                return try operation.plan(view, &inputs).mutation.events
            }
            #expect(planned.map(\.kind) == [.mkdir, .mkdir, .publish, .setXAttr, .setXAttr])
            #expect(planned[2].path == "/Projects/p/tmp/s")
            guard case .moved(_, let path) = planned[2].change else {
                Issue.record("\(planned[2])")
                return
            }
            #expect(path == "\(models)/1")
            #expect(planned[3].path == "\(models)/1")
        }
    }
}
