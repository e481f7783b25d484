import Core

/// An experiment as a study in the format of Optuna's `JournalFileBackend` (optuna 4 and 5): a JSON object a line. What is there to
/// see in a study, its plots and its importances can then be seen of the experiment.
enum OptunaJournal {
    static let fileName = "optuna.journal"

    /// The study, whole: trials in their order, each in one record.
    static func bytes(
        _ name: String, _ settings: ExperimentSettings, _ history: History, details: [Int: TrialDetails]
    ) throws(HFSError) -> [UInt8] {
        let direction = settings.search.direction == .minimize ? 1 : 2
        var bytes = try CanonicalJSON.bytes(Study(study_name: name, directions: [direction]))
        for (key, value) in [("metric", settings.metric), ("optimizer", settings.optimizer.name)] {
            bytes += [UInt8(ascii: "\n")]
            bytes += try CanonicalJSON.bytes(StudyAttribute(user_attr: [key: value]))
        }
        let domains = domains(settings.search.space, history)
        for trial in history.trials {
            bytes += [UInt8(ascii: "\n")]
            bytes += try CanonicalJSON.bytes(try TrialLine(trial, domains, details[trial.index]))
        }
        return bytes + [UInt8(ascii: "\n")]
    }

    /// Of each parameter what it may be; of one that the space does not know what it was.
    private static func domains(_ space: SearchSpace, _ history: History) -> [String: ParameterDomain] {
        var domains = Dictionary(space.parameters.map { ($0.name, $0.domain) }) { first, _ in first }
        var seen: [String: [ParameterValue]] = [:]
        for trial in history.trials {
            for (name, value) in trial.suggestion.parameters where domains[name] == nil {
                if seen[name]?.contains(value) != true { seen[name, default: []].append(value) }
            }
        }
        for (name, values) in seen {
            let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
            if numbers.count == values.count, let low = numbers.min(), let high = numbers.max() {
                domains[name] = .double(low: low, high: high)
            } else {
                domains[name] = .categorical(values)
            }
        }
        return domains
    }

    // Names and numbers are those of optuna.storages.journal.

    private struct Study: Encodable {
        let op_code = 0
        let worker_id = "hfs"
        let study_name: String
        let directions: [Int]
    }

    private struct StudyAttribute: Encodable {
        let op_code = 2
        let worker_id = "hfs"
        let study_id = 0
        let user_attr: [String: String]
    }

    private struct TrialLine: Encodable {
        let op_code = 4
        let worker_id = "hfs"
        let study_id = 0
        let state: Int
        let value: Double?
        let datetime_start: String?
        let datetime_complete: String?
        let distributions: [String: String]
        let params: [String: Double]
        var user_attrs: [String: String] = [:]
        let system_attrs: [String: String] = [:]
        let intermediate_values: [String: Double]

        private enum CodingKeys: String, CodingKey {
            case op_code, worker_id, study_id, state, value, datetime_start, datetime_complete, distributions, params
            case user_attrs, system_attrs, intermediate_values
        }

        init(
            _ trial: History.Trial, _ domains: [String: ParameterDomain], _ details: TrialDetails?
        ) throws(HFSError) {
            let metric = trial.result?.metric.flatMap { $0.isFinite ? $0 : nil }
            switch trial.result?.state {
            case .finished: state = metric == nil ? 3 : 1
            case .stopped: state = metric == nil ? 3 : 2
            case .failed, .killed: state = 3
            case nil: state = trial.agent == nil ? 4 : 0
            }
            value = state == 1 || state == 2 ? metric : nil
            datetime_start = details.map { UTCTime.text($0.startedMs) }
            datetime_complete = trial.result == nil ? nil : details.map { UTCTime.text($0.endedMs) }
            var (distributions, params): ([String: String], [String: Double]) = ([:], [:])
            for (name, value) in trial.suggestion.parameters {
                guard let domain = domains[name], let inner = Self.inner(value, domain) else { continue }
                distributions[name] = String(decoding: try CanonicalJSON.bytes(Distribution(domain)), as: UTF8.self)
                params[name] = inner
            }
            (self.distributions, self.params) = (distributions, params)
            var values: [String: Double] = [:]
            for point in details?.series.points ?? [] where point.value.isFinite {
                values["\(point.step)"] = point.value
            }
            intermediate_values = values
            if let reason = trial.result?.reason { user_attrs["reason"] = reason }
        }

        /// A reader asks for the time of the start whether there is one or not.
        func encode(to encoder: any Encoder) throws {
            var line = encoder.container(keyedBy: CodingKeys.self)
            try line.encode(op_code, forKey: .op_code)
            try line.encode(worker_id, forKey: .worker_id)
            try line.encode(study_id, forKey: .study_id)
            try line.encode(state, forKey: .state)
            try line.encodeIfPresent(value, forKey: .value)
            try line.encode(datetime_start, forKey: .datetime_start)
            try line.encodeIfPresent(datetime_complete, forKey: .datetime_complete)
            try line.encode(distributions, forKey: .distributions)
            try line.encode(params, forKey: .params)
            try line.encode(user_attrs, forKey: .user_attrs)
            try line.encode(system_attrs, forKey: .system_attrs)
            try line.encode(intermediate_values, forKey: .intermediate_values)
        }

        /// A number as it is, one of several by its place.
        private static func inner(_ value: ParameterValue, _ domain: ParameterDomain) -> Double? {
            switch (domain, value) {
            case (.categorical(let values), _), (.ordinal(let values), _): values.firstIndex(of: value).map(Double.init)
            case (_, .number(let number)): number
            default: nil
            }
        }
    }

    private struct Distribution: Encodable {
        struct Attributes: Encodable {
            var low: Double?
            var high: Double?
            var log: Bool?
            var step: Double?
            var choices: [ParameterValue]?
        }

        let name: String
        let attributes: Attributes

        init(_ domain: ParameterDomain) {
            switch domain {
            case .double(let low, let high, let isLogarithmic, let step):
                name = "FloatDistribution"
                attributes = Attributes(low: low, high: high, log: isLogarithmic, step: step)
            case .int(let low, let high, let isLogarithmic, let step):
                name = "IntDistribution"
                // Optuna has no steps on a logarithmic scale, and wants the last step to end at the bound.
                let width = isLogarithmic ? 1 : step
                attributes = Attributes(
                    low: Double(low), high: Double(low + (high - low) / width * width), log: isLogarithmic,
                    step: Double(width))
            case .budget(let low, let high):
                name = "IntDistribution"
                attributes = Attributes(low: Double(low), high: Double(high), log: false, step: 1)
            case .categorical(let values), .ordinal(let values):
                name = "CategoricalDistribution"
                attributes = Attributes(choices: values)
            }
        }
    }
}
