import Core
import Testing

@testable import MLRuntime

@Suite("A trial that is watched")
struct WatchedTrialTests {
    @Test("its claims tell how it stands")
    func claims() throws {
        var trial = WatchedTrial(3)
        #expect(trial.state == "QUEUED")
        trial.take(try TrialClaim("RUNNING 1 h,1,2 run-7"))
        #expect(trial.state == "RUNNING" && trial.attempt == 1)
        trial.take(.failed(attempt: 1, agent: "a", result: TrialResult(.failed, reason: "exit 3")))
        #expect(trial.state == "FAILED" && trial.reason == "exit 3")
        trial.take(.queued(attempt: 2))
        #expect(trial.state == "QUEUED")
        trial.take(.ended(attempt: 2, agent: "a", result: TrialResult(.finished, metric: 0.5)))
        #expect(trial.state == "FINISHED" && trial.metric == 0.5 && trial.attempt == 2)
    }
}
