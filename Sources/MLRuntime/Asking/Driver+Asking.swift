import Client
import Core

extension Driver {
    /// Drives for a moment where nobody does: takes in what agents did and answers what was asked. False when somebody drives, who
    /// does the same.
    static func serve(_ paths: ExperimentPaths, on fileSystem: HFSFileSystem) async throws(HFSError) -> Bool {
        var driver: Driver
        do throws(HFSError) {
            driver = try await Driver.resume(paths, on: fileSystem, staysStopped: true, tell: { _ in })
        } catch {
            guard error.code == .alreadyBeingCreated else { throw error }
            return false
        }
        let result: Result<Void, HFSError>
        do throws(HFSError) {
            try await driver.reconcile()
            try await driver.answerAll()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Told also when cancelled, so that the next driver need not find out.
        let served = driver
        let isDone = await Task { await served.leave() }.value
        if isDone { try await OptunaExport.write(paths, on: fileSystem) }
        try result.get()
        return true
    }

    /// Gives the wheel back; whether all trials have ended.
    private func leave() async -> Bool {
        let isDone = history.openCount == 0 && optimizer.decide(history) == .done
        try? await journal.close()
        if isDone {
            try? await fileSystem.setAttribute(TrialAttribute.state, ExperimentState.finished.rawValue, of: paths.root)
        }
        _ = try? await fileSystem.exchange(TrialAttribute.driver, of: paths.root, from: "\(identity)", to: nil)
        return isDone
    }

    /// Answers a request that an event tells of; any other event is none of it.
    mutating func answer(_ entry: FeedEntry) async throws(HFSError) {
        guard case .attribute(TrialAttribute.ask, _, .some) = entry.event.change,
            let ask = paths.ask(at: entry.event.path)
        else { return }
        try await answer(ask)
    }

    /// Answers whatever waits.
    mutating func answerAll() async throws(HFSError) {
        guard try await fileSystem.exists(paths.asks) else { return }
        var waiting: [String] = []
        for try await entry in fileSystem.list(paths.asks) where entry.isDirectory {
            waiting.append(String(decoding: entry.name, as: UTF8.self))
        }
        for ask in waiting { try await answer(ask) }
    }

    /// Answers one request; one that was answered already, or taken back, is left alone.
    mutating func answer(_ ask: String) async throws(HFSError) {
        let path = paths.ask(ask)
        guard let text = try await attribute(TrialAttribute.ask, of: path),
            try await attribute(TrialAttribute.answer, of: path) == nil
        else { return }
        let answer: AskAnswer
        do throws(HFSError) {
            let request = try CanonicalJSON.value(AskRequest.self, from: Array(text.utf8))
            answer = .trial(try await trial(ask, request))
        } catch {
            // What is wrong with a request is for who asked.
            guard [.invalidArgument, .unsupported, .corruptMetadata].contains(error.code) else { throw error }
            answer = .refused(reason: error.message)
        }
        do throws(HFSError) {
            let bytes = try CanonicalJSON.bytes(answer)
            try await fileSystem.setAttribute(TrialAttribute.answer, String(decoding: bytes, as: UTF8.self), of: path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
        }
    }

    /// An attribute of a directory that may be gone.
    private func attribute(_ name: String, of path: String) async throws(HFSError) -> String? {
        do throws(HFSError) {
            return try await fileSystem.textAttribute(name, of: path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }

    /// The trial for a request: the one that it got before, else a new one.
    private mutating func trial(_ ask: String, _ request: AskRequest) async throws(HFSError) -> QueuedTrial {
        if let known = history.trials.first(where: { $0.suggestion.asked?.id == ask }) {
            return QueuedTrial(trial: known.index, seed: known.seed, suggestion: known.suggestion)
        }
        var suggestion = try suggestion(request.parameters)
        suggestion.asked = AskMark(id: ask, isReserved: request.isReserved)
        let trial = history.trials.count
        guard trial < Limits.experimentTrialsMax else {
            throw HFSError(.invalidArgument, "The experiment has \(trial) trials, which is the most")
        }
        let order = QueuedTrial(
            trial: trial, seed: RandomGenerator.trialSeed(settings.search.seed, index: trial), suggestion: suggestion)
        try await record(.enqueued(trial: trial, seed: order.seed, suggestion: suggestion))
        try await offer(trial)
        return order
    }

    private func suggestion(_ parameters: [String: ParameterValue]?) throws(HFSError) -> Suggestion {
        guard let parameters else {
            switch optimizer.decide(history) {
            case .trial(let suggestion): return suggestion
            case .wait:
                throw HFSError(
                    .invalidArgument,
                    "The optimizer waits for the results of trials that have not ended: tell them first")
            case .done: throw HFSError(.invalidArgument, "The search is over: all its trials are decided")
            }
        }
        return try settings.search.suggestion(asked: parameters)
    }
}

extension SearchSettings {
    /// Parameters that somebody chose; `.invalidArgument` for one that the space does not know, or a value that it cannot have. A
    /// space without parameters takes any.
    func suggestion(asked parameters: [String: ParameterValue]) throws(HFSError) -> Suggestion {
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) where !space.parameters.isEmpty {
            guard let known = space.parameters.first(where: { $0.name == name }) else {
                throw HFSError(.invalidArgument, "The space has no parameter '\(name)'")
            }
            guard known.domain.position(of: value) != nil else {
                throw HFSError(.invalidArgument, "Parameter '\(name)' is never \(value)")
            }
        }
        guard let budget = space.budget else { return Suggestion(parameters) }
        guard case .number(let number)? = parameters[budget.name] else { return suggestion(parameters) }
        guard number >= Double(budget.low), number <= Double(budget.high), let whole = Int(exactly: number) else {
            throw HFSError(
                .invalidArgument, "The budget lies between \(budget.low) and \(budget.high), not at \(number)")
        }
        return withBudget(parameters, whole)
    }
}

extension TrialAttribute {
    /// Of a request for a trial: what is asked, and the answer.
    static let ask = "ml.ask"
    static let answer = "ml.answer"
}

extension ExperimentPaths {
    var asks: String { "\(root)/asks" }
    func ask(_ id: String) -> String { "\(asks)/\(id)" }

    /// The request whose directory `path` is.
    func ask(at path: String) -> String? {
        guard path.hasPrefix("\(asks)/") else { return nil }
        return String(path.dropFirst(asks.utf8.count + 1))
    }
}
