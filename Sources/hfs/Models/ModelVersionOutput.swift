import Core
import MLRuntime

/// A version of a model as the commands print it.
struct ModelVersionOutput: Encodable {
    let name: String
    let version: UInt64
    let path: String
    let user: String
    let createdMs: Int64
    let description: String
    let metrics: [String: Double]
    let aliases: [String]
    let signature: ModelSignature?
    let inputExample: ModelExample?
    /// nil where it was not asked for, and where provenance does not know.
    let origin: ModelOriginOutput?
    /// Why provenance does not know.
    let originProblem: String?

    init(_ version: ModelVersion, origin: Result<ModelOrigin, HFSError>? = nil) throws(HFSError) {
        name = version.name
        self.version = version.version
        path = version.path
        user = version.user
        createdMs = version.createdMs
        description = version.description
        metrics = version.metrics
        aliases = version.aliases
        signature = version.signature
        inputExample = try version.inputExample.map { json throws(HFSError) in try ModelExample(json: json) }
        switch origin {
        case .success(let found)?:
            self.origin = ModelOriginOutput(found)
            originProblem = nil
        case .failure(let error)?:
            self.origin = nil
            originProblem = Self.problem(error)
        case nil:
            self.origin = nil
            originProblem = nil
        }
    }

    private static func problem(_ error: HFSError) -> String {
        switch error.code {
        case .timedOut: "the provenance service is behind the cluster's events: ask again later"
        default: error.message
        }
    }

    var metricsText: String {
        metrics.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    /// For a person: what it is, one row each.
    var rows: [[String]] {
        var rows = [
            ["model", "\(name)/\(version)"], ["path", path], ["user", user],
            ["created", Format.time(createdMs, seconds: true)],
        ]
        if !description.isEmpty { rows.append(["description", description]) }
        for (metric, value) in metrics.sorted(by: { $0.key < $1.key }) { rows.append([metric, "\(value)"]) }
        if !aliases.isEmpty { rows.append(["aliases", aliases.joined(separator: " ")]) }
        for (what, fields) in [("input", signature?.inputs), ("output", signature?.outputs)] {
            for field in fields ?? [] { rows.append([what, "\(field.name): \(field)"]) }
        }
        if inputExample != nil { rows.append(["input example", "--json shows it"]) }
        if let originProblem { rows.append(["made by", "unknown: \(originProblem)"]) }
        return rows + (origin?.rows ?? [])
    }
}
