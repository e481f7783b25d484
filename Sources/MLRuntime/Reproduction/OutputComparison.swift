public import Client
public import Core

/// What a reproduction made beside what the trial made.
public struct OutputComparison: Hashable, Sendable, Encodable {
    /// How two outputs compare.
    public enum Verdict: String, Hashable, Sendable, Encodable {
        case identical
        case withinTolerance = "within tolerance"
        case different
        /// One of the two has no such output.
        case missing
    }

    public let output: String
    public let verdict: Verdict
    public let was: String?
    public let now: String?

    /// Metrics, each report of the metric that is optimised, numbers and texts of `outputs.json`, and kept files by their bytes.
    /// - Parameters:
    ///   - tolerance: of numbers, relative to the larger one, and absolute below 1.
    ///   - step: where the first was stopped early: only what both have reported until then is compared.
    public static func compare(
        _ first: String, _ second: String, metric: String, tolerance: Double, stoppedAt step: Int? = nil,
        on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [OutputComparison] {
        var (was, now) = (try await outputs(first, metric, fileSystem), try await outputs(second, metric, fileSystem))
        if let step {
            let reports = "metric \(metric) at step "
            was = was.filter { name, _ in
                name.hasPrefix(reports)
                    && Int(name.dropFirst(reports.count).filter { $0 != " " }).map { $0 <= step } == true
            }
            now = now.filter { was[$0.key] != nil }
        }
        return Set(was.keys).union(now.keys).sorted().map { name in
            OutputComparison(
                output: name, verdict: verdict(was[name], now[name], tolerance), was: was[name].map { "\($0)" },
                now: now[name].map { "\($0)" })
        }
    }

    static func verdict(_ was: ParameterValue?, _ now: ParameterValue?, _ tolerance: Double) -> Verdict {
        guard let was, let now else { return .missing }
        if was == now { return .identical }
        guard case (.number(let first), .number(let second)) = (was, now) else { return .different }
        if first.isNaN, second.isNaN { return .identical }
        return abs(first - second) <= tolerance * max(1, abs(first), abs(second)) ? .withinTolerance : .different
    }

    /// Everything in a result by its name; files as their length and checksum.
    private static func outputs(
        _ result: String, _ metric: String, _ fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [String: ParameterValue] {
        var found: [String: ParameterValue] = [:]
        let record = try CanonicalJSON.value(
            AttemptRecord.self, from: try await fileSystem.contents(of: "\(result)/attempt.json"))
        for (name, value) in record.metrics { found["metric \(name)"] = .number(value) }
        if let value = record.result.metric { found["metric \(metric)"] = .number(value) }
        for point in try await MetricLog.series(metric, in: result, on: fileSystem).points {
            found[report(metric, point.step)] = .number(point.value)
        }
        let files = try await files("\(result)/files", "", fileSystem)
        for file in files { found["file \(file.name)"] = .text(file.identity) }
        guard try await fileSystem.exists("\(result)/outputs.json") else { return found }
        let outputs = try CanonicalJSON.value(
            [String: ParameterValue].self, from: try await fileSystem.contents(of: "\(result)/outputs.json"))
        for (name, value) in outputs {
            // A text that names a file stands for the file.
            if case .text(let text) = value, files.contains(where: { text.hasSuffix($0.name) }) { continue }
            found["output \(name)"] = value
        }
        return found
    }

    private static func files(
        _ folder: String, _ prefix: String, _ fileSystem: HFSFileSystem
    ) async throws(HFSError) -> [(name: String, identity: String)] {
        guard try await fileSystem.exists(folder) else { return [] }
        var found: [(name: String, identity: String)] = []
        for try await entry in fileSystem.list(folder) {
            let name = String(decoding: entry.name, as: UTF8.self)
            if entry.isDirectory {
                found += try await files("\(folder)/\(name)", "\(prefix)\(name)/", fileSystem)
            } else {
                let sum = try await fileSystem.checksum(of: "\(folder)/\(name)")
                found.append(("\(prefix)\(name)", "\(entry.length) bytes, \(sum.hexadecimal)"))
            }
        }
        return found
    }

    /// The name of one report; steps sort by their numbers.
    private static func report(_ metric: String, _ step: Int) -> String {
        let digits = String(step)
        return "metric \(metric) at step \(String(repeating: " ", count: max(0, 6 - digits.count)))\(digits)"
    }
}
