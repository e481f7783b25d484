import Core
import Transport
import WireProtocol

/// Runs: start, end, look.
extension FileSystemProtocolHandler {
    static let runs: [(String, Method)] = [
        ("startRun", { handler, call throws(HFSError) in try handler.startRun(call) }),
        ("endRun", { handler, call throws(HFSError) in try handler.endRun(call) }),
        ("getRun", { handler, call throws(HFSError) in try handler.getRun(call) }),
        ("listRuns", { handler, call throws(HFSError) in try handler.listRuns(call) }),
    ]

    /// On a connection in a run's name the new one is nested in it, or in one below it.
    private func startRun(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_StartRunRequest.self)
        let issuer = try identities.issuer()
        let asked = request.hasParent ? RunID(request.parent) : nil
        if let asked, let outer = call.connection.run, !identities.isLive(asked, within: outer) {
            throw HFSError(.accessDenied, "\(asked) is no live run within \(outer)")
        }
        let lifetimeMs = request.hasLifetimeMs ? Int64(clamping: request.lifetimeMs) : Limits.tokenLifetimeMs
        write(call, refusal: "Cannot start run \(request.name)", atMostOnce: true) {
            StartRun(
                caller: $0, issuer: issuer, name: request.name, project: request.project, parent: asked ?? $0.run,
                kind: request.kind, command: request.command, host: request.host, lifetimeMs: lifetimeMs)
        }
    }

    private func endRun(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_EndRunRequest.self)
        let id = RunID(request.run)
        if let outer = call.connection.run, identities.owner(of: id) != nil, !identities.isLive(id, within: outer) {
            throw HFSError(.accessDenied, "\(id) is not within \(outer)")
        }
        write(call, refusal: "Cannot end \(id)") {
            EndRun(
                caller: $0, id: id, state: RunState(request.state),
                exitCode: request.hasExitCode ? request.exitCode : nil)
        }
    }

    private func getRun(_ call: RPCCall) throws(HFSError) {
        let id = RunID(try call.request(Hfs_Filesystem_GetRunRequest.self).run)
        read(call, { GetRun(caller: $0, id: id) }) { run, _ in
            var response = Hfs_Filesystem_GetRunResponse()
            if let run { response.run = run.proto }
            call.reply(response)
        }
    }

    private func listRuns(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_ListRunsRequest.self)
        let limit = request.hasLimit ? min(max(Int(request.limit), 1), Limits.runPageMax) : Limits.runPageMax
        read(call) {
            ListRuns(
                caller: $0, user: request.hasUser ? request.user : nil,
                state: request.hasState ? RunState(request.state) : nil,
                parent: request.hasParent ? RunID(request.parent) : nil,
                project: request.hasProject ? request.project : nil,
                before: request.hasBefore ? RunID(request.before) : nil, limit: limit)
        } _: { page, _ in
            var response = Hfs_Filesystem_ListRunsResponse()
            response.runs = page.runs.map(\.proto)
            response.hasMore_p = page.before != nil
            if let before = page.before { response.before = before.rawValue }
            call.reply(response)
        }
    }
}
