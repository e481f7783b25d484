public import Client
public import Core

/// An experiment from outside: another optimizer, or a person, asks for trials and tells how they ended. Whoever drives the experiment
/// answers; where nobody does, this process drives for as long as that takes.
public struct ExperimentQueue: Sendable {
    private static let waitMs: UInt32 = 10_000

    private let paths: ExperimentPaths
    private let fileSystem: HFSFileSystem

    public init(_ paths: ExperimentPaths, on fileSystem: HFSFileSystem) {
        self.paths = paths
        self.fileSystem = fileSystem
    }

    /// A trial, written down before the answer: of these parameters, else of those that the optimizer chooses. Errors:
    /// `.invalidArgument` with the reason for which there is none.
    /// - Parameter isReserved: the caller runs it and tells; else agents run it.
    public func ask(
        _ parameters: [String: ParameterValue]?, isReserved: Bool
    ) async throws(HFSError) -> AskedTrial {
        let path = paths.ask(String(UInt64.random(in: 0...UInt64.max), radix: 36))
        let request = AskRequest(parameters: parameters, isReserved: isReserved)
        let text = String(decoding: try CanonicalJSON.bytes(request), as: UTF8.self)
        var cursor = try await fileSystem.readEvents(from: .end).nextLSN
        try await fileSystem.makeDirectory(path)
        try await fileSystem.setAttribute(TrialAttribute.ask, text, of: path)
        let answer: Result<AskAnswer, HFSError>
        do throws(HFSError) {
            answer = .success(try await self.answer(path, &cursor))
        } catch {
            answer = .failure(error)
        }
        // Also when cancelled: what is not asked any more is not answered.
        let fileSystem = fileSystem
        await Task { _ = try? await fileSystem.delete(path, recursive: true) }.value
        switch try answer.get() {
        case .trial(let order): return AskedTrial(order)
        case .refused(let reason): throw HFSError(.invalidArgument, reason, subject: paths.root)
        }
    }

    private func answer(_ path: String, _ cursor: inout LSN) async throws(HFSError) -> AskAnswer {
        while true {
            let isServed = try await Driver.serve(paths, on: fileSystem)
            if let text = try await fileSystem.textAttribute(TrialAttribute.answer, of: path) {
                return try CanonicalJSON.value(AskAnswer.self, from: Array(text.utf8))
            }
            guard !isServed else { throw HFSError(.corruptMetadata, "The request was not answered", subject: path) }
            // Whoever drives answers, or ends.
            let page = try await fileSystem.readEvents(
                from: .lsn(cursor), EventQuery(path: paths.root, kinds: [.setXAttr, .removeXAttr]), waitMs: Self.waitMs)
            cursor = page.nextLSN
        }
    }

    /// Ends a trial that was asked for to be run by the caller. `.invalidArgument` for any other, and for one that has ended.
    public func tell(_ trial: Int, _ result: TrialResult) async throws(HFSError) {
        let settings = try await ExperimentStore.settings(paths, on: fileSystem)
        let path = paths.trial(trial)
        guard trial >= 0, try await fileSystem.exists(path),
            let text = try await fileSystem.textAttribute(TrialAttribute.order, of: path)
        else { throw HFSError(.invalidArgument, "There is no trial \(trial)", subject: paths.root) }
        let order = try CanonicalJSON.value(QueuedTrial.self, from: Array(text.utf8))
        guard order.suggestion.asked?.isReserved == true else {
            throw HFSError(
                .invalidArgument, "Trial \(trial) is run by an agent, which tells how it ended", subject: paths.root)
        }
        let ended = TrialClaim.ended(attempt: 1, agent: AskedTrial.agent, result: result)
        guard try await fileSystem.exchange(TrialAttribute.claim, of: path, from: nil, to: ended.text()) else {
            throw HFSError(.invalidArgument, "Trial \(trial) has ended already", subject: paths.root)
        }
        try await keep(order, result, settings)
        await result.describe(path, metric: settings.metric, on: fileSystem)
        _ = try await Driver.serve(paths, on: fileSystem)
    }

    /// The files by which the trial is seen like any other: its record, and its parameters and metric for TensorBoard.
    private func keep(
        _ order: QueuedTrial, _ result: TrialResult, _ settings: ExperimentSettings
    ) async throws(HFSError) {
        guard result.state == .finished, let metric = result.metric else { return }
        let trial = order.trial
        let nowMs = SystemClock().nowMs
        let record = AttemptRecord(
            trial: trial, attempt: 1, agent: AskedTrial.agent, run: "-", parameters: order.suggestion.parameters,
            seed: order.seed, startedMs: nowMs, endedMs: nowMs, metrics: [settings.metric: metric], result: result)
        let events =
            EventFile.version(timeMs: nowMs)
            + EventFile.hparamsStart(order.suggestion.parameters, group: "trial \(trial)", timeMs: nowMs)
            + EventFile.scalar(settings.metric, metric, step: result.step ?? 0, timeMs: nowMs)
            + EventFile.hparamsEnd(.success, timeMs: nowMs)
        let name = EventFile.name(timeMs: nowMs, host: ProcessIdentity.current.host, suffix: "\(trial).1")
        try await fileSystem.write(try CanonicalJSON.bytes(record), to: "\(paths.result(trial))/attempt.json")
        try await fileSystem.write(events, to: "\(paths.result(trial))/\(name)")
    }

    /// How a trial ended, waiting for that.
    public func result(of trial: Int) async throws(HFSError) -> TrialResult {
        let path = paths.trial(trial)
        var cursor = try await fileSystem.readEvents(from: .end).nextLSN
        while true {
            let text = try await fileSystem.textAttribute(TrialAttribute.claim, of: path)
            let claim = try text.map { text throws(HFSError) in try TrialClaim(text) }
            if case .ended(_, _, let result)? = claim {
                _ = try await Driver.serve(paths, on: fileSystem)
                return result
            }
            if case .failed? = claim, try await Driver.serve(paths, on: fileSystem) { continue }
            let page = try await fileSystem.readEvents(
                from: .lsn(cursor), EventQuery(path: path, kinds: [.setXAttr]), waitMs: Self.waitMs)
            cursor = page.nextLSN
            // Its agent may be gone, which a driver finds out.
            if page.entries.isEmpty { _ = try await Driver.serve(paths, on: fileSystem) }
        }
    }
}
