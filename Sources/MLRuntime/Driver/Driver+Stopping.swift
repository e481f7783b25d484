import Client
import Core

extension Driver {
    /// Ends the experiment because somebody wants it: what waits is never tried, what runs is told to stop, and its last metric
    /// counts.
    mutating func stopAll(_ reason: String) async throws(HFSError) {
        guard stopReason == nil else { return }
        stopReason = reason
        for trial in history.trials where trial.result == nil { try await stop(trial, reason) }
        try await tellStops()
    }

    private mutating func stop(_ trial: History.Trial, _ reason: String) async throws(HFSError) {
        if running[trial.index] == nil, try await withdraw(trial, reason) { return }
        // An agent has it.
        guard history.trials[trial.index].result == nil, history.trials[trial.index].stopReason == nil else { return }
        let step = running[trial.index]?.series.points.last?.step ?? 0
        try await record(.stopping(trial: trial.index, step: step, reason: reason))
        tell(.stopping(trial: trial.index, reason: reason))
    }

    /// Takes back an offer that no agent has taken, for good; false when one has.
    private mutating func withdraw(_ trial: History.Trial, _ reason: String) async throws(HFSError) -> Bool {
        let path = paths.trial(trial.index)
        let result = TrialResult(.killed, reason: reason)
        let ended = TrialClaim.ended(attempt: trial.attempts, agent: "-", result: result)
        let claim = try await fileSystem.textAttribute(TrialAttribute.claim, of: path)
        // One that somebody asked for has no claim before its end is told.
        let isReserved = trial.suggestion.asked?.isReserved == true
        if try claim.map({ text throws(HFSError) in try TrialClaim(text).isQueued }) ?? isReserved {
            if try await fileSystem.exchange(TrialAttribute.claim, of: path, from: claim, to: ended.text()) {
                await result.describe(path, metric: settings.metric, on: fileSystem)
                try await record(.ended(trial: trial.index, attempt: trial.attempts, result: result))
                tell(.ended(trial: trial.index, result: result))
                return true
            }
        }
        guard let now = try await fileSystem.textAttribute(TrialAttribute.claim, of: path) else { return false }
        try await handle(trial.index, TrialClaim(now))
        return history.trials[trial.index].result != nil
    }
}
