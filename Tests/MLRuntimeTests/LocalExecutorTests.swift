import Core
import Testing

@testable import MLRuntime

@Suite("Programs of this host", .timeLimit(.minutes(5)))
struct LocalExecutorTests {
    /// Everything that a program writes, and how it ends.
    static func run(
        _ arguments: String..., directory: String = "/tmp",
        whileReading: (any RunningProgram, String) -> Void = { _, _ in }
    ) async throws -> (String, ProgramEnding) {
        let program = try LocalExecutor().start(
            ProgramRequest(arguments: arguments, environment: ["PATH=/usr/bin:/bin", "A=b"], directory: directory))
        var text = ""
        while true {
            switch try await program.output(waitMs: 1000) {
            case .bytes(let bytes):
                text += String(decoding: bytes, as: UTF8.self)
                whileReading(program, text)
            case .ended(let ending): return (text, ending)
            }
        }
    }

    @Test("output and errors come together, with the environment and directory that were asked for")
    func output() async throws {
        let (text, ending) = try await Self.run("sh", "-c", "echo $A; pwd; echo wrong >&2; exit 3", directory: "/usr")
        #expect(text == "b\n/usr\nwrong\n")
        #expect(ending == .exited(3))
        #expect(ending.failure?.contains("exit code 3") == true)
        #expect(try await Self.run("true").1.failure == nil)
    }

    @Test("a program that is not there is refused with its name")
    func missing() throws {
        let error = #expect(throws: HFSError.self) {
            try LocalExecutor().start(
                ProgramRequest(arguments: ["no-such-program"], environment: [], directory: "."))
        }
        #expect(error?.message.contains("no-such-program") == true)
    }

    @Test("SIGTERM goes to the whole group")
    func group() async throws {
        let (text, ending) = try await Self.run(
            "sh", "-c", "trap 'echo bye; exit 7' TERM; sleep 100 & echo ready; wait"
        ) { program, text in
            if text.contains("ready") { program.stop(graceMs: 30_000) }
        }
        #expect(text == "ready\nbye\n")
        #expect(ending == .exited(7))
    }

    @Test("one that ignores it is killed when its time is over, and so are its children")
    func killed() async throws {
        let (text, ending) = try await Self.run(
            "sh", "-c",
            "trap '' TERM; sh -c 'trap \"\" TERM; sleep 1000' & echo $!; echo ready; while :; do sleep 1; done"
        ) { program, text in
            if text.contains("ready") { program.stop(graceMs: 200) }
        }
        #expect(ending == .signalled(9))
        let child = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        #expect(ProcessIdentity(pid: child) == nil)
    }

    @Test("a group is killed by its number only with what it was started with")
    func identity() async throws {
        var isTried = false
        let (_, ending) = try await Self.run("sh", "-c", "echo ready; sleep 1000") { program, text in
            guard text.contains("ready"), !isTried else { return }
            isTried = true
            program.process?.killGroup(startedWith: ["A=c"])
            #expect(program.process?.isAlive == true)
            program.process?.killGroup(startedWith: ["A=b"])
        }
        #expect(ending == .signalled(9))
    }

    @Test("all that a program started is found by what it was started with, whatever group it has left for")
    func killAll() async throws {
        let program = try LocalExecutor().start(
            ProgramRequest(
                arguments: ["sh", "-c", "setsid sh -c 'echo $$; echo ready; while :; do sleep 1; done' & wait"],
                environment: ["PATH=/usr/bin:/bin", "KILLED=all"], directory: "/tmp"))
        var text = ""
        while !text.contains("ready"), case .bytes(let bytes) = try await program.output(waitMs: 1000) {
            text += String(decoding: bytes, as: UTF8.self)
        }
        let child = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        ProcessIdentity.killAll(startedWith: ["KILLED=all", "PATH=/nowhere"])
        #expect(ProcessIdentity(pid: child)?.isAlive == true)
        ProcessIdentity.killAll(startedWith: ["KILLED=all", "PATH=/usr/bin:/bin"])
        #expect(ProcessIdentity(pid: child)?.isAlive != true)
        while case .bytes = try await program.output(waitMs: 1000) {}
    }

    @Test("a program that closes its output is waited for all the same")
    func silent() async throws {
        let (text, ending) = try await Self.run("sh", "-c", "echo x; exec >&- 2>&-; sleep 0.3; exit 5")
        #expect(text == "x\n")
        #expect(ending == .exited(5))
    }
}
