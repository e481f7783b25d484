public import Core
import WireProtocol

extension HFSFileSystem {
    /// A run that began here, and the token by which a program acts in its name.
    public struct StartedRun: Hashable, Sendable {
        public var run: Run
        public var token: DelegationToken
    }

    /// What a run is asked for with; all but the name may be left out.
    public struct RunRequest: Hashable, Sendable {
        public var name: String
        public var project = ""
        /// A live run of the same user; nil: the run that this connection acts for, if any.
        public var parent: RunID?
        /// job, trial, attempt, copy, ...
        public var kind = ""
        public var command = ""
        public var host = ""
        /// How long its token holds without renewal; the run is lost when it does not. nil: a day.
        public var lifetimeMs: Int64?

        public init(name: String) { self.name = name }
    }

    /// Which runs to list; what is nil does not matter.
    public struct RunFilter: Hashable, Sendable {
        public var user: String?
        public var state: RunState?
        public var parent: RunID?
        public var project: String?

        public init() {}
    }

    /// Starts a run. At most once, also over a broken connection. `.noSuchProtocol` from a namenode that is not hfs's.
    public func startRun(_ request: RunRequest) async throws(HFSError) -> StartedRun {
        var message = Hfs_Filesystem_StartRunRequest()
        message.name = request.name
        message.project = request.project
        if let parent = request.parent { message.parent = parent.rawValue }
        message.kind = request.kind
        message.command = request.command
        message.host = request.host
        if let lifetimeMs = request.lifetimeMs { message.lifetimeMs = UInt64(clamping: lifetimeMs) }
        let answer: Hfs_Filesystem_StartRunResponse = try await namenode.callOwn("startRun", message)
        return StartedRun(
            run: Run(answer.run),
            token: DelegationToken(
                identifier: [UInt8](answer.tokenIdentifier), password: [UInt8](answer.tokenPassword)))
    }

    /// Ends a run; its token holds no longer. One that has ended already stays as it is. `.accessDenied` for another's run.
    @discardableResult
    public func endRun(_ id: RunID, _ state: RunState, exitCode: Int32? = nil) async throws(HFSError) -> Run {
        var message = Hfs_Filesystem_EndRunRequest()
        message.run = id.rawValue
        message.state = state.proto
        if let exitCode { message.exitCode = exitCode }
        let answer: Hfs_Filesystem_EndRunResponse = try await namenode.callOwn("endRun", message)
        return Run(answer.run)
    }

    /// A run; nil when there is none. `.accessDenied` for another user's, but for superusers.
    public func run(_ id: RunID) async throws(HFSError) -> Run? {
        var message = Hfs_Filesystem_GetRunRequest()
        message.run = id.rawValue
        let answer: Hfs_Filesystem_GetRunResponse = try await namenode.callOwn("getRun", message)
        return answer.hasRun ? Run(answer.run) : nil
    }

    /// Runs of this user (of everybody for superusers), newest first, at most `limit`.
    public func runs(_ filter: RunFilter = RunFilter(), limit: Int = 100) async throws(HFSError) -> [Run] {
        var message = Hfs_Filesystem_ListRunsRequest()
        if let user = filter.user { message.user = user }
        if let state = filter.state { message.state = state.proto }
        if let parent = filter.parent { message.parent = parent.rawValue }
        if let project = filter.project { message.project = project }
        var found: [Run] = []
        while found.count < limit {
            message.limit = UInt32(clamping: limit - found.count)
            let answer: Hfs_Filesystem_ListRunsResponse = try await namenode.callOwn("listRuns", message)
            found += answer.runs.map { Run($0) }
            guard answer.hasMore_p, answer.hasBefore else { break }
            message.before = answer.before
        }
        return found
    }

    /// Has a token hold for another while; gives the end of it, milliseconds since 1970.
    @discardableResult
    public func renew(_ token: DelegationToken) async throws(HFSError) -> Int64 {
        var message = Hadoop_Common_RenewDelegationTokenRequestProto()
        message.token = token.proto
        let answer: Hadoop_Common_RenewDelegationTokenResponseProto = try await namenode.call(
            "renewDelegationToken", message)
        return Int64(clamping: answer.newExpiryTime)
    }
}
