import Core
package import Lineage

/// An answer as a W3C PROV-JSON document: versions are entities, runs are activities, users are agents.
package enum ProvJSONExport {
    package static func document(_ answer: LineageAnswer) -> JSONValue {
        var entities: [String: JSONValue] = [:]
        var activities: [String: JSONValue] = [:]
        var agents: [String: JSONValue] = [:]
        var used: [String: JSONValue] = [:]
        var generated: [String: JSONValue] = [:]
        var derived: [String: JSONValue] = [:]
        var attributed: [String: JSONValue] = [:]
        var associated: [String: JSONValue] = [:]
        func agent(_ name: String) -> JSONValue {
            let id = "hfs:agent-" + String(name.utf8.map { String($0, radix: 16) }.joined())
            agents[id] = .object(["prov:label": .string(name)])
            return .string(id)
        }
        for node in answer.nodes {
            var entity: [String: JSONValue] = [
                "prov:label": .string(GraphNames.label(node)), "hfs:state": .string(node.state.rawValue),
            ]
            if let kind = node.kind { entity["hfs:kind"] = .string(kind.rawValue) }
            if let path = node.path { entity["prov:location"] = .string(path) }
            entities[name(node.id)] = .object(entity)
            guard node.maker.run == nil, !node.maker.agent.isEmpty else { continue }
            attributed["_:a\(attributed.count)"] = .object([
                "prov:entity": .string(name(node.id)), "prov:agent": agent(node.maker.agent),
            ])
        }
        for run in answer.runs {
            var activity: [String: JSONValue] = ["prov:label": .string(GraphNames.label(run))]
            if run.startedMs > 0 { activity["prov:startTime"] = .string(Timestamp.text(run.startedMs)) }
            if run.endedMs > 0 { activity["prov:endTime"] = .string(Timestamp.text(run.endedMs)) }
            activities[name(run.id)] = .object(activity)
            guard !run.user.isEmpty else { continue }
            associated["_:w\(associated.count)"] = .object([
                "prov:activity": .string(name(run.id)), "prov:agent": agent(run.user),
            ])
        }
        for edge in answer.edges {
            switch edge {
            case .used(let run, let id):
                used["_:u\(used.count)"] = .object([
                    "prov:activity": .string(name(run)), "prov:entity": .string(name(id)),
                ])
            case .generated(let run, let id):
                generated["_:g\(generated.count)"] = .object([
                    "prov:activity": .string(name(run)), "prov:entity": .string(name(id)),
                ])
            case .derived(let output, let input):
                derived["_:d\(derived.count)"] = .object([
                    "prov:generatedEntity": .string(name(output)), "prov:usedEntity": .string(name(input)),
                ])
            }
        }
        return .object([
            "prefix": .object(["hfs": "urn:hfs:"]), "entity": .object(entities), "activity": .object(activities),
            "agent": .object(agents), "used": .object(used), "wasGeneratedBy": .object(generated),
            "wasDerivedFrom": .object(derived), "wasAttributedTo": .object(attributed),
            "wasAssociatedWith": .object(associated),
        ])
    }

    private static func name(_ id: ArtifactVersion) -> String { "hfs:\(GraphNames.id(id))" }
    private static func name(_ run: RunID) -> String { "hfs:\(run)" }
}
