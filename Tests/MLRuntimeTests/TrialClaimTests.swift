import Core
import Testing

@testable import MLRuntime

@Suite("Claims")
struct TrialClaimTests {
    @Test("a claim is read back as it was")
    func texts() throws {
        let failed = TrialResult(.failed, metric: .nan, step: 3, reason: "exit code 1, with spaces")
        for claim in [
            TrialClaim.queued(attempt: 1), .running(attempt: 2, agent: "node-1,17,99", run: RunID(12)),
            .failed(attempt: 3, agent: "h,1,1", result: TrialResult(.failed, reason: "a b  c")),
            .ended(attempt: 1, agent: "h,1,1", result: TrialResult(.finished, metric: 0.5)),
        ] {
            #expect(try TrialClaim(claim.text()) == claim)
        }
        let text = try TrialClaim.failed(attempt: 1, agent: "h,1,1", result: failed).text()
        #expect(try TrialClaim(text).text() == text)
        #expect(try TrialClaim.queued(attempt: 4).text().hasPrefix(TrialClaim.queuedPrefix))
    }

    @Test(
        "anything else is refused",
        arguments: ["", "QUEUED", "QUEUED x", "RUNNING 1 a", "RUNNING 1 a b", "ENDED 1 a {", "DONE 1 a b"])
    func refusals(_ text: String) {
        let error = #expect(throws: HFSError.self) { try TrialClaim(text) }
        #expect(error?.code == .corruptMetadata)
    }

    @Test("a trial's directory tells its experiment and number, and nothing else does")
    func paths() {
        let paths = ExperimentPaths("/Projects/p/Experiments/digits-3")
        #expect(paths.id == "digits-3")
        #expect(paths.trial(17) == "/Projects/p/Experiments/digits-3/trials/000017")
        let found = ExperimentPaths.trial(at: paths.trial(17))
        #expect(found?.experiment == paths && found?.trial == 17)
        #expect(ExperimentPaths.trial(at: paths.trial(1_234_567))?.trial == 1_234_567)
        for path in [paths.root, paths.result(3), "/trials/x", "/a/trials/b"] {
            #expect(ExperimentPaths.trial(at: path) == nil, "\(path)")
        }
    }

    @Test(
        "a process is known by its start: this one lives, one of its number that began elsewhere or otherwise does not")
    func identity() throws {
        let current = ProcessIdentity.current
        #expect(current.isAlive == true)
        #expect(ProcessIdentity(current.description) == current)
        #expect(ProcessIdentity(host: current.host, pid: current.pid, start: current.start + 1).isAlive == false)
        #expect(ProcessIdentity(host: "elsewhere", pid: current.pid, start: current.start).isAlive == nil)
        #expect(ProcessIdentity("host,1") == nil)
    }
}
