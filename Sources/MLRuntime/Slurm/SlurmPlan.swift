/// Decides what is to be submitted, from what waits and what was submitted before. No I/O.
struct SlurmPlan: Hashable, Sendable {
    /// Agents to be submitted together.
    struct Submission: Hashable, Sendable {
        /// What the agents are for; nil: whatever waits.
        var work: WaitingWork?
        var count: Int
    }

    /// An agent that Slurm has.
    struct Live: Hashable, Sendable {
        var path: String?
        var isRunning: Bool
    }

    /// An agent that comes to nothing is submitted so often for the same attempt.
    static let submissionsMax = 5

    let mode: SlurmMode
    /// Agents at once.
    let most: Int
    /// How often an attempt's agents were submitted.
    private var submitted: [String: Int] = [:]

    init(_ mode: SlurmMode, most: Int) {
        self.mode = mode
        self.most = most
    }

    mutating func next(_ waiting: [WaitingWork], _ live: [Live]) -> [Submission] {
        var room = most - live.count
        switch mode {
        case .pilots:
            let programs = waiting.reduce(0) { $0 + $1.count }
            let count = min(room, programs - live.count { !$0.isRunning })
            return count > 0 ? [Submission(work: nil, count: count)] : []
        case .each:
            var next: [Submission] = []
            for work in waiting {
                let count = min(room, work.count - live.count { $0.path == work.path })
                guard count > 0, submitted[work.key, default: 0] < Self.submissionsMax else { continue }
                submitted[work.key, default: 0] += 1
                room -= count
                next.append(Submission(work: work, count: count))
            }
            return next
        }
    }

    /// Somebody does not want it run: it is not submitted again for the same attempt.
    mutating func giveUp(_ work: WaitingWork) { submitted[work.key] = Self.submissionsMax }

    /// Whether agents for it were submitted so often that they are no more.
    func isGivenUp(_ work: WaitingWork) -> Bool { submitted[work.key, default: 0] >= Self.submissionsMax }
}
