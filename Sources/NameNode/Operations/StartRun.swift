import Core
import MetaStore

/// Starts a run with a token of its own. Nested in another live run of the same user when `parent` is given.
struct StartRun: NamespaceOperation {
    var caller: Caller
    var issuer: TokenIssuer
    var name: String
    var project: String = ""
    var parent: RunID?
    var kind: String = ""
    var command: String = ""
    var host: String = ""
    /// Until when the token holds without renewal.
    var lifetimeMs: Int64 = Limits.tokenLifetimeMs

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        try refusing { () throws(HFSError) in try checkTexts() }
        let ancestors = if let parent { try ancestors(within: parent, view) } else { [RunID]() }
        let id = inputs.ids.takeRun()
        let token = TokenRow(
            owner: caller.user, renewer: caller.user, issuedMs: inputs.nowMs, keyID: issuer.keyID,
            lifetimeMs: lifetimeMs, run: id, ancestors: ancestors)
        let run = Run(
            id: id, name: name, user: caller.user, project: project, parent: parent, kind: kind, command: command,
            host: host, startedMs: inputs.nowMs)
        var mutation = Mutation()
        let number = try NewToken.add(token, view, &mutation)
        mutation.put(Keys.run(id), RunRow(run, token: number).image)
        mutation.tell(.runStarted, run, run.told)
        return Planned(
            mutation, Answer(.started(run, issuer.token(token, number: number)), [.tokenIssued(number, token)]))
    }

    private func checkTexts() throws(HFSError) {
        guard !name.isEmpty else { throw HFSError(.invalidArgument, "A run has a name") }
        for (what, text) in [("name", name), ("project", project), ("kind", kind), ("host", host)] {
            guard text.utf8.count <= Limits.runNameBytesMax else {
                throw HFSError(
                    .invalidArgument,
                    "A run's \(what) has at most \(Limits.runNameBytesMax) bytes, not \(text.utf8.count)")
            }
        }
        guard command.utf8.count <= Limits.runCommandBytesMax else {
            throw HFSError(
                .invalidArgument,
                "A run's command has at most \(Limits.runCommandBytesMax) bytes, not \(command.utf8.count)")
        }
        guard lifetimeMs > 0 else { throw HFSError(.invalidArgument, "A run's token holds for some time") }
    }

    /// What a run in `parent` is nested in.
    private func ancestors(within parent: RunID, _ view: any MetadataView) throws(PlanInterrupt) -> [RunID] {
        guard let row = try view.run(parent) else { throw refusal(.fileNotFound, "\(parent) does not exist") }
        guard row.run.user == caller.user else {
            throw refusal(.accessDenied, "\(parent) is not a run of \(caller.user)")
        }
        guard row.run.state == .running, let token = try view.token(row.token) else {
            throw refusal(.invalidArgument, "\(parent) has ended")
        }
        guard token.ancestors.count + 1 < Limits.runNestingMax else {
            throw refusal(.invalidArgument, "Runs are nested at most \(Limits.runNestingMax) deep")
        }
        return [parent] + token.ancestors
    }
}

extension Mutation {
    /// Adds an event about a run, which has no place in the tree.
    mutating func tell(_ kind: NamespaceEvent.Kind, _ run: Run, _ text: String) {
        events.append(
            NamespaceEvent(kind, inode: InodeID(run.id.rawValue), parent: InodeID(0), path: "", change: .text(text)))
    }
}

extension Run {
    /// What the event of its beginning says: the name, then a line for each further fact, `key=value`.
    fileprivate var told: String {
        var lines = [name]
        if let parent { lines.append("parent=\(parent)") }
        for (key, value) in [("kind", kind), ("project", project), ("host", host), ("command", command)]
        where !value.isEmpty {
            lines.append("\(key)=\(value.split(whereSeparator: \.isNewline).joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }
}
