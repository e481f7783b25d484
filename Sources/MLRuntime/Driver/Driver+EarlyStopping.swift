import Client
import Core

extension Driver {
    /// Looks at the reports of running trials and tells those to stop that a rule condemns.
    mutating func stopHopeless() async throws(HFSError) {
        guard !settings.earlyStopping.rules.isEmpty else { return }
        let running = history.trials.filter { $0.result == nil && $0.agent != nil && $0.stopReason == nil }
        guard !running.isEmpty else { return }
        try await readEnded()
        let ended = endedSeries.sorted { $0.key < $1.key }.map(\.value)
        for trial in running {
            let series = try await series(of: trial, in: paths.attempt(trial.index, trial.attempts))
            guard let step = series.points.last?.step,
                let reason = settings.earlyStopping.reason(series, ended: ended, settings.search.direction)
            else { continue }
            try await record(.stopping(trial: trial.index, step: step, reason: reason))
            try await fileSystem.setAttribute(TrialAttribute.stop, reason, of: paths.trial(trial.index))
            tell(.stopping(trial: trial.index, reason: reason))
        }
    }

    /// Reads the reports of trials that have ended since the last look.
    private mutating func readEnded() async throws(HFSError) {
        for trial in history.trials where endedSeries[trial.index] == nil {
            guard trial.result?.loss(settings.search.direction) != nil else { continue }
            endedSeries[trial.index] = try await series(of: trial, in: paths.result(trial.index))
            tails[trial.index] = nil
        }
    }

    /// What a trial's last attempt has reported by now; nothing while it has not.
    private mutating func series(of trial: History.Trial, in directory: String) async throws(HFSError) -> MetricSeries {
        var tail = tails[trial.index] ?? MetricTail(attempt: trial.attempts)
        if tail.attempt != trial.attempts { tail = MetricTail(attempt: trial.attempts) }
        try await tail.read(settings.metric, in: directory, on: fileSystem)
        tails[trial.index] = tail
        return tail.series
    }
}
