import Core
import Testing

@testable import MLRuntime

@Suite("Slurm", .timeLimit(.minutes(5)))
struct SlurmTests {
    static func work(_ path: String, attempt: Int = 1, count: Int = 1) -> WaitingWork {
        WaitingWork(path: path, attempt: attempt, resources: .none, count: count)
    }

    @Test("what Slurm says of jobs, and what it means here")
    func states() {
        let text =
            "12_1|RUNNING\n12_2|PENDING\n13|NODE_FAIL\n14_1 |OUT_OF_MEMORY\n15|CANCELLED\n16|NEW_IN_24\nslurm_load_jobs error\n"
        #expect(
            SlurmQueue.states(in: text) == [
                "12_1": .running, "12_2": .queued, "13": .lost, "14_1": .failed, "15": .killed, "16": .unknown,
            ])
        #expect(SlurmState("TIMEOUT") == .lost && SlurmState("COMPLETED") == .finished)
    }

    @Test("pilots: as many as programs wait, less those that are on their way, and never more than asked for")
    func pilots() {
        var plan = SlurmPlan(.pilots, most: 4)
        let waiting = [Self.work("a", count: 3), Self.work("b")]
        #expect(plan.next(waiting, []) == [SlurmPlan.Submission(work: nil, count: 4)])
        let onTheWay = SlurmPlan.Live(path: nil, isRunning: false)
        let running = SlurmPlan.Live(path: nil, isRunning: true)
        #expect(plan.next(waiting, [onTheWay, onTheWay, onTheWay]) == [SlurmPlan.Submission(work: nil, count: 1)])
        #expect(plan.next(waiting, [running, running]) == [SlurmPlan.Submission(work: nil, count: 2)])
        #expect(plan.next(waiting, [running, running, running, running]).isEmpty)
        #expect(plan.next([], [running]).isEmpty)
    }

    @Test(
        "one for each: those that have none yet; what comes to nothing again and again is given up until its next attempt"
    )
    func each() {
        var plan = SlurmPlan(.each, most: 3)
        let (gang, other) = (Self.work("gang", count: 2), Self.work("other"))
        #expect(
            plan.next([gang, other], []) == [
                SlurmPlan.Submission(work: gang, count: 2), SlurmPlan.Submission(work: other, count: 1),
            ])
        let one = SlurmPlan.Live(path: "gang", isRunning: true)
        #expect(plan.next([gang], [one]) == [SlurmPlan.Submission(work: gang, count: 1)])
        for _ in 2..<SlurmPlan.submissionsMax { #expect(plan.next([gang], []).count == 1) }
        #expect(plan.next([gang], []).isEmpty && plan.isGivenUp(gang) && !plan.isGivenUp(other))
        let again = Self.work("gang", attempt: 2, count: 2)
        #expect(plan.next([again], []).count == 1)
        plan.giveUp(again)
        #expect(plan.next([again], []).isEmpty)
    }

    @Test("the script is one that a shell takes, whatever stands in its parts")
    func script() async throws {
        var script = SlurmScript(
            uri: "hdfs://h:1", user: "o'brien $(x)", http: "h:9870", program: "/a b/hfs",
            arguments: ["--only", "/Projects/p'q"])
        script.arguments.append("")
        let check = try await LocalExecutor().output(
            of: ProgramRequest(
                arguments: ["sh", "-n", "-c", script.text], environment: ["PATH=/usr/bin:/bin"], directory: "/"))
        #expect(check.ending == .exited(0) && check.text.isEmpty)
        let echo = try await LocalExecutor().output(
            of: ProgramRequest(
                arguments: ["sh", "-c", "printf %s \(SlurmScript.quoted(script.user))"],
                environment: ["PATH=/usr/bin:/bin"],
                directory: "/"))
        #expect(echo.text == script.user)
    }
}
