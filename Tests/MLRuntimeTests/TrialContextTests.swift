import Core
import Testing

@testable import MLRuntime

@Suite("What a trial's closure gets")
struct TrialContextTests {
    private static let variables = [
        "HFS_EXPERIMENT": "/Projects/p/Experiments/e-1", "HFS_TRIAL": "3", "HFS_ATTEMPT": "2", "HFS_SEED": "4294967295",
        "HFS_METRIC": "accuracy", "HFS_PARAMS": #"{"act":"relu","hidden":16,"lr":0.25}"#, "HFS_BUDGET": "9",
        "HFS_LOGDIR": "/l", "HFS_CHECKPOINT_DIR": "/c", "HFS_OUTPUTS": "/o", "HFS_OMITTED": #"["conv2"]"#,
    ]

    @Test("the environment of an attempt is read, whole or not at all")
    func environment() throws {
        let environment = try TrialEnvironment(Self.variables)
        #expect(
            environment.trial == 3 && environment.attempt == 2 && environment.seed == .max && environment.budget == 9)
        #expect(environment.omitted == ["conv2"])
        let params = environment.parameters
        #expect(try params.double("lr") == 0.25)
        #expect(try params.int("hidden") == 16)
        #expect(try params.text("act") == "relu")
        #expect(try params.text("hidden") == "16")
        for name in Self.variables.keys.sorted() where !["HFS_BUDGET", "HFS_PARAMS", "HFS_OMITTED"].contains(name) {
            let error = try #require(throws: HFSError.self) {
                try TrialEnvironment(Self.variables.filter { $0.key != name })
            }
            #expect(error.message.contains(name))
        }
        for (name, value) in [("HFS_TRIAL", "x"), ("HFS_SEED", "-1"), ("HFS_PARAMS", "[]"), ("HFS_BUDGET", "1.5")] {
            #expect(throws: HFSError.self) { try TrialEnvironment(Self.variables.merging([name: value]) { $1 }) }
        }
    }

    @Test("a parameter that is not there or of another kind is an error that lists what there is")
    func parameters() throws {
        let params = TrialParameters(["act": .text("relu"), "lr": .number(0.5)])
        for refused in [{ try params.double("rate") }, { try params.double("act") }, { try Double(params.int("lr")) }] {
            let error = try #require(throws: HFSError.self) { _ = try refused() }
            #expect(error.message.contains("act=relu lr=0.5"))
        }
        #expect(throws: HFSError.self) { try params.text("rate") }
    }

    @Test("who is a worker of a group, and who is none")
    func places() throws {
        #expect(try WorkerPlace([:]) == nil)
        // torchrun's variables alone make nobody a worker of ours.
        #expect(try WorkerPlace(["RANK": "1", "WORLD_SIZE": "2"]) == nil)
        let place = try #require(try WorkerPlace(["RANK": "1", "WORLD_SIZE": "2", "HFS_RENDEZVOUS": "/r"]))
        #expect(place.rank == 1 && place.count == 2 && place.rendezvous == "/r" && place.host == "127.0.0.1")
        for (rank, count) in [("2", "2"), ("-1", "2"), ("0", "0"), ("", "2"), ("0", "x")] {
            #expect(throws: HFSError.self) {
                try WorkerPlace(["RANK": rank, "WORLD_SIZE": count, "HFS_RENDEZVOUS": "/r"])
            }
        }
    }

    @Test("the newest two checkpoints stay, and one that was not finished does not count")
    func checkpoints() throws {
        let folder = try TrialFolder()
        defer { folder.remove() }
        let checkpoints = CheckpointFolder(folder.checkpoints)
        #expect(checkpoints.newest == nil)
        for step in [3, 1, 12, 1_000_000_000] {
            _ = try checkpoints.save(step: step, [UInt8(truncatingIfNeeded: step)])
        }
        #expect(TrialFolder.entries(folder.checkpoints) == ["step-000000012", "step-1000000000"])
        #expect(try checkpoints.newest?.bytes() == [0])
        struct Failed: Error {}
        #expect(throws: Failed.self) {
            try checkpoints.save(step: 1_000_000_001) { path in
                try SmallFile.write([1], to: path)
                throw Failed()
            }
        }
        #expect(checkpoints.newest?.step == 1_000_000_000)
        _ = try checkpoints.save(step: 1_000_000_000, [7])
        #expect(try checkpoints.newest?.bytes() == [7])
    }

    @Test("workers go on from rank 0's checkpoint, whatever they hold themselves", arguments: [-1, 5])
    func sharing(_ step: Int) async throws {
        let steps = try await TestRing.run(3) { ring -> Checkpoint? in
            let folder = try TrialFolder()
            defer { folder.remove() }
            let checkpoints = CheckpointFolder(folder.checkpoints)
            if ring.rank == 0, step >= 0 { _ = try checkpoints.save(step: step, [9, 9]) }
            if ring.rank == 1 { _ = try checkpoints.save(step: 7, [1]) }
            try await checkpoints.share(ring)
            if let newest = checkpoints.newest { #expect(try newest.bytes() == [9, 9]) }
            return checkpoints.newest
        }
        #expect(steps.map { $0?.step ?? -1 } == [step, step, step])
    }

    @Test("a process that tracks itself is the program of its one trial")
    func inProcess() async throws {
        let executor = InProcessExecutor()
        async let awaited = executor.variables()
        let request = ProgramRequest(arguments: ["x"], environment: ["A=1", "B=2=3"], directory: "/")
        let program = try executor.start(request)
        #expect(await awaited == ["A": "1", "B": "2=3"])
        #expect(throws: HFSError.self) { try executor.start(request) }
        try executor.program.say("one")
        try executor.program.say("two")
        #expect(try await program.output(waitMs: 10_000) == .bytes(Array("one\ntwo\n".utf8)))
        program.stop(graceMs: 0)
        #expect(executor.program.isStopped)
        executor.program.end(.exited(0))
        executor.program.end(.exited(1))
        #expect(try await program.output(waitMs: 10_000) == .ended(.exited(0)))
        #expect(throws: HFSError.self) { try executor.program.say("three") }
        let unused = InProcessExecutor()
        async let never = unused.variables()
        unused.end()
        #expect(await never == nil)
    }
}
