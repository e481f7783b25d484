import Core
import MetaStore
import Transport
import WireProtocol

/// Queries over attributes.
extension FileSystemProtocolHandler {
    static let queries: [(String, Method)] = [
        ("find", { handler, call throws(HFSError) in try handler.find(call) }),
        ("checkVisible", { handler, call throws(HFSError) in try handler.checkVisible(call) }),
    ]

    private func find(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_FindRequest.self)
        let path = try FilePath(request.path)
        let condition = request.hasWhere ? try AttributeCondition(request.where) : nil
        let compiled = try condition.map { condition throws(HFSError) in try FindCondition(condition) }
        let order =
            request.hasOrderBy
            ? Find.Order(field: try FindField(request.orderBy), isDescending: request.descending) : nil
        let limit = request.hasLimit ? Int(request.limit) : Limits.findAnswersDefault
        guard limit >= 1, limit <= Limits.findAnswersMax else {
            throw HFSError(.invalidArgument, "A query gives 1 to \(Limits.findAnswersMax) answers: \(limit)")
        }
        var names = request.attributes
        if names.isEmpty { names = (condition?.fieldNames ?? []) + (request.hasOrderBy ? [request.orderBy] : []) }
        var wanted: [(text: String, field: FindField)] = []
        for name in names where !wanted.contains(where: { $0.text == name }) {
            wanted.append((name, try FindField(name)))
        }
        // Nothing asked for: what condition and order name, where the path does not say it.
        let shown = wanted.filter { !request.attributes.isEmpty || $0.field != .name && $0.field != .path }
        // One more than a default limit tells whether it cut something off.
        let asked = request.hasLimit ? limit : limit + 1
        withCaller(call) { [self] caller in
            let find = Find(
                caller: caller, path: path, condition: compiled, order: order, limit: asked, wanted: shown)
            step(find, call, limit: limit, nil)
        }
    }

    /// Runs one read of a query, and the next ones on a thread of their own, so that no connection waits for it.
    ///
    /// - Parameter place: of a query that goes on; a first read needs none.
    private func step(_ find: Find, _ call: RPCCall, limit: Int, _ place: QueryPlaces.Place?) {
        engine.read({ view throws(PlanInterrupt) in try find.run(view) }) { [self] result in
            switch result {
            case .failure(let error): call.fail(error)
            case .success(.done(let found)): Self.reply(call, found, asked: find.limit, limit: limit)
            case .success(.more(let progress)):
                do throws(HFSError) {
                    try goOn(find, progress, call, limit: limit, place)
                } catch {
                    call.fail(error)
                }
            }
        }
    }

    private func goOn(
        _ find: Find, _ progress: FindProgress, _ call: RPCCall, limit: Int, _ place: QueryPlaces.Place?
    ) throws(HFSError) {
        guard !call.connection.isClosed else { throw HFSError(.cancelled, "Whoever asked has gone") }
        let own = if let place { place } else { try queryPlaces.enter(call.connection.id) }
        var next = find
        next.progress = progress
        try queryThreads.submit { [self, next] in
            if progress.slices > Self.slicesWithoutRest { Self.rest() }
            step(next, call, limit: limit, own)
        }
    }

    /// Reads of a query before it rests between them.
    private static let slicesWithoutRest = 8

    /// About as long as a read takes: the view's lock goes to whoever comes first, and who waits for it must come sometimes.
    private static func rest() {
        let lock = ConditionLock()
        lock.withLock { _ = lock.wait(milliseconds: 1) }
    }

    private static func reply(_ call: RPCCall, _ found: [Find.Entry], asked: Int, limit: Int) {
        var response = Hfs_Filesystem_FindResponse()
        // As many as were asked for: there may be more.
        response.isComplete = found.count < asked
        response.found = found.prefix(limit).map { entry in
            var proto = Hfs_Filesystem_Found()
            proto.path = entry.path
            proto.inode = entry.inode.rawValue
            proto.isDirectory = entry.isDirectory
            proto.attributes = entry.attributes.map { Hfs_Filesystem_FoundAttribute($0.name, $0.value) }
            return proto
        }
        call.reply(response)
    }

    private func checkVisible(_ call: RPCCall) throws(HFSError) {
        let request = try call.request(Hfs_Filesystem_CheckVisibleRequest.self)
        guard request.inodes.count + request.directories.count <= Limits.visibilityChecksMax else {
            throw HFSError(.invalidArgument, "At most \(Limits.visibilityChecksMax) inodes can be asked about at once")
        }
        withCaller(call) { [self] caller in
            guard caller.isSuperuser else {
                return call.fail(
                    HFSError(
                        .accessDenied,
                        "Access denied for user \(caller.user). Superuser privilege is required to ask for others"))
            }
            groups.groups(of: request.user) { [self] groups in
                let subject = Caller(
                    user: request.user, groups: groups,
                    isSuperuser: request.user == rules.superuser || groups.contains(rules.supergroup))
                let question = CheckVisible(
                    caller: subject, inodes: request.inodes.map { InodeID($0) },
                    directories: request.directories.map { InodeID($0) })
                engine.read({ view throws(PlanInterrupt) in try question.run(view) }) { result in
                    switch result {
                    case .failure(let error): call.fail(error)
                    case .success(let visibilities):
                        var response = Hfs_Filesystem_CheckVisibleResponse()
                        response.visibilities = visibilities.map(\.proto)
                        call.reply(response)
                    }
                }
            }
        }
    }
}

extension CheckVisible.Visibility {
    fileprivate var proto: Hfs_Filesystem_CheckVisibleResponse.Visibility {
        switch self {
        case .visible: .visible
        case .hidden: .hidden
        case .missing: .missing
        }
    }
}
