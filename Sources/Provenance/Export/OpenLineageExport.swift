import Core
package import Lineage

/// Runs as OpenLineage events: a START and, for a run that ended, a COMPLETE, FAIL or ABORT, with inputs and outputs.
///
/// Source: the specification 2-0-2 (OpenLineage.json); run ids there are UUIDs, so ours are written into one.
package enum OpenLineageExport {
    private static let schema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
    private static let producer = "urn:hfs:provenance"

    /// One event an element. `namespace`: the cluster's address.
    package static func events(_ answer: LineageAnswer, namespace: String) -> [JSONValue] {
        var events: [JSONValue] = []
        for run in answer.runs {
            events.append(event(run, "START", run.startedMs, answer, namespace))
            let end: String? =
                switch run.outcome {
                case .running: nil
                case .finished: "COMPLETE"
                case .failed: "FAIL"
                case .killed, .lost: "ABORT"
                }
            if let end { events.append(event(run, .string(end), run.endedMs, answer, namespace)) }
        }
        return events
    }

    private static func event(
        _ run: LineageRun, _ type: JSONValue, _ timeMs: Int64, _ answer: LineageAnswer, _ namespace: String
    ) -> JSONValue {
        var inputs: [JSONValue] = []
        var outputs: [JSONValue] = []
        for edge in answer.edges {
            switch edge {
            case .used(run.id, let id): inputs += answer.nodes.filter { $0.id == id }.map { dataset($0, namespace) }
            case .generated(run.id, let id):
                outputs += answer.nodes.filter { $0.id == id }.map { dataset($0, namespace) }
            default: break
            }
        }
        var facets: [String: JSONValue] = [:]
        if let parent = run.parent {
            facets["parent"] = .object([
                "_producer": .string(producer),
                "_schemaURL": "https://openlineage.io/spec/facets/1-0-1/ParentRunFacet.json#/$defs/ParentRunFacet",
                "run": .object(["runId": .string(uuid(parent))]),
                "job": .object(["namespace": .string(namespace), "name": .string("\(parent)")]),
            ])
        }
        return .object([
            "eventType": type, "eventTime": .string(Timestamp.text(timeMs)), "producer": .string(producer),
            "schemaURL": .string(schema),
            "run": .object(["runId": .string(uuid(run.id)), "facets": .object(facets)]),
            "job": .object([
                "namespace": .string(namespace), "name": .string(run.name.isEmpty ? "\(run.id)" : run.name),
            ]),
            "inputs": .array(inputs), "outputs": .array(outputs),
        ])
    }

    private static func dataset(_ node: LineageNode, _ namespace: String) -> JSONValue {
        .object([
            "namespace": .string(namespace), "name": .string(node.path ?? "hidden-\(node.id)"),
            "facets": .object([
                "version": .object([
                    "_producer": .string(producer),
                    "_schemaURL": .string(
                        "https://openlineage.io/spec/facets/1-0-1/DatasetVersionDatasetFacet.json"
                            + "#/$defs/DatasetVersionDatasetFacet"),
                    "datasetVersion": .string("\(node.id)"),
                ])
            ]),
        ])
    }

    /// The run's number in the last 16 digits of a UUID of version 8 (its own layout).
    static func uuid(_ run: RunID) -> String {
        let digits = String(run.rawValue, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        return "68667300-0000-8\(padded.prefix(3))-8\(padded.dropFirst(3).prefix(1))00-\(padded.dropFirst(4))"
    }
}
