import Client
import Core

extension Driver {
    /// Between two times that an agent is told to stop an attempt: the namenode forgets when it starts again.
    private static let tellAgainMs: Int64 = 5_000

    /// Takes in what running attempts have reported; takes those back of which nobody has told for a whole lease.
    mutating func take(_ news: [AttemptNews]) async throws(HFSError) {
        for news in news {
            guard let trial = running.first(where: { $0.value.run == news.run })?.key else { continue }
            if news.isSilent, clock.monotonicMs - (running[trial]?.sinceMs ?? 0) >= Int64(settings.attemptLeaseMs) {
                try await fenceSilent(trial, news.run)
                continue
            }
            guard news.count > running[trial]?.count ?? 0, wantsValues else { continue }
            running[trial]?.take(news)
            if try await hasReports(trial) { try await stopIfHopeless(trial) }
        }
        try await tellStops()
    }

    /// Whether running trials' reports decide anything.
    var wantsValues: Bool { !settings.earlyStopping.rules.isEmpty }

    /// Whether rules look at more than the last report.
    private var needsAllValues: Bool { settings.earlyStopping.rules.contains { $0 != .notANumber } }

    /// Has all that rules look at; false where it cannot be read now: then there will be a next time.
    private mutating func hasReports(_ trial: Int) async throws(HFSError) -> Bool {
        guard needsAllValues else { return true }
        do throws(HFSError) {
            if running[trial]?.isTorn == true { try await readReports(trial) }
            try await readEnded()
            return true
        } catch {
            guard error.code.mayPass else { throw error }
            return false
        }
    }

    /// Tells a running trial to stop that a rule condemns.
    private mutating func stopIfHopeless(_ trial: Int) async throws(HFSError) {
        guard history.trials[trial].result == nil, history.trials[trial].stopReason == nil,
            let series = running[trial]?.series, let step = series.points.last?.step
        else { return }
        let ended = endedSeries.sorted { $0.key < $1.key }.map(\.value)
        guard let reason = settings.earlyStopping.reason(series, ended: ended, settings.search.direction) else {
            return
        }
        try await record(.stopping(trial: trial, step: step, reason: reason))
        tell(.stopping(trial: trial, reason: reason))
    }

    /// Has the agents of trials that are to stop told so: what the namenode knows of it lasts as long as itself.
    mutating func tellStops() async throws(HFSError) {
        for (trial, attempt) in running.sorted(by: { $0.key < $1.key }) {
            guard let reason = history.trials[trial].stopReason else { continue }
            if let toldMs = attempt.stopToldMs, clock.monotonicMs - toldMs < Self.tellAgainMs { continue }
            let told = try await fileSystem.stopAttempts(of: paths.root, [attempt.run], reason: reason)
            let nowMs = clock.monotonicMs
            if told.contains(attempt.run) { running[trial]?.stopToldMs = nowMs }
        }
    }

    /// Reads the reports of trials that have ended since the last look.
    private mutating func readEnded() async throws(HFSError) {
        for trial in history.trials where endedSeries[trial.index] == nil {
            guard trial.result?.loss(settings.search.direction) != nil else { continue }
            endedSeries[trial.index] = try await series(in: paths.result(trial.index)) ?? MetricSeries()
        }
    }

    /// Reads what a running attempt has reported from its file, where the namenode has not kept all of it.
    mutating func readReports(_ trial: Int) async throws(HFSError) {
        guard let attempt = running[trial], var whole = try await series(in: paths.attempt(trial, attempt.attempt))
        else {
            return
        }
        let lastStep = whole.points.last?.step ?? .min
        for point in attempt.series.points where point.step > lastStep { whole.append(point) }
        running[trial]?.series = whole
        running[trial]?.isTorn = false
    }

    /// The values of the metric in an attempt's directory; nil where there are none, or it has been renamed meanwhile.
    private func series(in directory: String) async throws(HFSError) -> MetricSeries? {
        do throws(HFSError) {
            let bytes = try await fileSystem.contents(of: "\(directory)/\(MetricLog.fileName)")
            guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
            var series = MetricSeries()
            MetricLog.add(settings.metric, in: bytes[...end], to: &series)
            return series
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }
}
