import Core
import Testing

@testable import MLRuntime

@Suite("Claims of jobs")
struct JobClaimTests {
    static func member(_ agent: String, _ run: UInt64, _ ports: [UInt16]) -> JobMember {
        JobMember(agent: agent, run: run, address: "10.0.0.1", ports: ports)
    }

    @Test("workers come together: the exchange that completes them starts them all, in the order in which they came")
    func gathering() throws {
        let first = JobClaim().joined(by: Self.member("a,1,1", 7, [1000]), workers: 3)
        #expect(first.state == .gathering && first.gathered == 1)
        let more = first.joined(by: Self.member("a,1,1", 7, [1000, 1001]), workers: 3)
        #expect(more.state == .gathering && more.gathered == 2 && more.members.count == 1)
        let all = more.joined(by: Self.member("b,2,2", 8, [2000]), workers: 3)
        #expect(all.state == .running)
        #expect(all.firstRank(of: "a,1,1") == 0 && all.firstRank(of: "b,2,2") == 2)
        #expect(try JobClaim(all.text()) == all)
        #expect(try all.text().hasPrefix("RUNNING {"))
    }

    @Test("who leaves takes all its workers; the last one leaves a job that waits")
    func leaving() throws {
        let two = JobClaim().joined(by: Self.member("a,1,1", 7, [1]), workers: 4)
            .joined(by: Self.member("b,2,2", 8, [2, 3]), workers: 4)
        let one = two.left(by: ["b,2,2"])
        #expect(one.state == .gathering && one.gathered == 1)
        #expect(one.left(by: ["a,1,1"]).state == .queued)
        // What waits is found by the same beginning as trials that wait.
        #expect(try one.left(by: ["a,1,1"]).text().hasPrefix(TrialClaim.queuedPrefix))
    }

    @Test("the next attempt knows which runs it must end first, and counts failures only")
    func retries() throws {
        let running = JobClaim().joined(by: Self.member("a,1,1", 7, [1]), workers: 1)
        let failure = TrialResult(.failed, reason: "exit code 1")
        let lost = running.again("its agent is gone", counts: false)
        #expect((lost.attempt, lost.failures, lost.fence) == (2, 0, [RunID(7)]))
        let failed = lost.joined(by: Self.member("b,2,2", 8, [1]), workers: 1).afterFailure(
            failure, counts: true, retries: 1)
        #expect((failed.state, failed.attempt, failed.failures) == (.queued, 3, 1))
        #expect(failed.fence == [RunID(8)] && failed.lastReason == "exit code 1")
        let last = failed.joined(by: Self.member("b,2,2", 9, [1]), workers: 1).afterFailure(
            failure, counts: true, retries: 1)
        #expect(last.state == .ended && last.result?.state == .failed && last.result?.reason == "exit code 1")
        #expect(try JobClaim(last.text()) == last)
    }

    @Test("a job has ended when all its agents' workers have")
    func done() {
        let running = JobClaim().joined(by: Self.member("a,1,1", 7, [1]), workers: 2)
            .joined(by: Self.member("b,2,2", 8, [2]), workers: 2)
        #expect(running.done("a,1,1").members.map(\.isDone) == [true, false])
        #expect(running.done("a,1,1").done("b,2,2").members.map(\.isDone) == [true, true])
    }

    @Test("anything else is refused", arguments: ["", "QUEUED", "QUEUED 1", "DONE {}", "RUNNING {\"attempt\":\"x\"}"])
    func refusals(_ text: String) {
        let error = #expect(throws: HFSError.self) { try JobClaim(text) }
        #expect(error?.code == .corruptMetadata)
    }

    @Test("an agent's scope is a project, a job, or what has trials")
    func scopes() {
        let project = AgentScope("/Projects/p")
        #expect(
            project.jobs == "/Projects/p/Jobs" && project.trials == "/Projects/p/Experiments" && project.onlyJob == nil)
        let job = AgentScope("/Projects/p/Jobs/train-1")
        #expect(job.jobs == "/Projects/p/Jobs" && job.trials == nil && job.onlyJob == "/Projects/p/Jobs/train-1")
        let experiment = AgentScope("/Projects/p/Experiments/digits-1")
        #expect(experiment.jobs == nil && experiment.trials == experiment.watched)
        let trial = AgentScope("/Projects/p/Experiments/digits-1/trials/000007")
        #expect(trial.trials == trial.watched && trial.signs == experiment.signs)
        for path in ["/Projects/p/Jobs", "/Projects/p/Jobs/.new-7", "/Projects/p/Jobs/a/b", "/Jobs/a"] {
            #expect(JobPaths.job(at: path) == nil, "\(path)")
        }
    }
}
