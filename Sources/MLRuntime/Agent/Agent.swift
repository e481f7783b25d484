public import Client
public import Core

/// A worker: takes trials that wait below a directory, an experiment or all of a project's, and runs each in a slot. It knows
/// drivers only by what lies in the filesystem, so one in the driver's process and one on another host are the same.
public struct Agent: Sendable {
    let fileSystem: HFSFileSystem
    let uri: String
    let scope: String
    let executor: any Executor
    let environment: [String: String]
    let credentials: TrialCredentials.Maker
    let identity = ProcessIdentity.current
    let clock: any HFSClock = SystemClock()
    /// The settings of experiments met so far: they never change.
    let known: TrustedSettings
    private let slots: Int

    /// - Parameters:
    ///   - uri: where programs and the attempts' own connections go.
    ///   - scope: a directory; trials below it are taken.
    ///   - slots: trials at once.
    ///   - takesAnyOwner: runs programs of anybody's experiments; else only those of its own user's.
    ///   - environment: the variables that programs are started with, theirs added.
    public init(
        _ fileSystem: HFSFileSystem, uri: String, scope: String, slots: Int, takesAnyOwner: Bool = false,
        executor: any Executor,
        environment: [String: String], credentials: @escaping TrialCredentials.Maker
    ) {
        self.fileSystem = fileSystem
        self.uri = uri
        self.scope = scope
        self.slots = slots
        known = TrustedSettings(owner: takesAnyOwner ? nil : fileSystem.user)
        self.executor = executor
        self.environment = environment
        self.credentials = credentials
    }

    private enum Happening: Sendable {
        /// Trials may wait.
        case queued
        /// A running trial is to be stopped early.
        case stop(trial: String, reason: String)
        /// A slot is free again.
        case ended(ObjectIdentifier)
        case failed(HFSError)
    }

    /// Works until its task is cancelled; programs that run then are ended and their trials given back.
    public func run() async throws(HFSError) {
        let cursor = try await fileSystem.readEvents(from: .end).nextLSN
        let sign = try await showLife()
        let (happenings, source) = AsyncStream.makeStream(of: Happening.self)
        let result: Result<Void, HFSError> = await withTaskGroup { group in
            group.addTask { await watch(from: cursor, source) }
            let result = await serve(happenings, source, &group)
            group.cancelAll()
            return result
        }
        await Task {
            try? await sign.close()
            _ = try? await fileSystem.delete(sign.path)
        }.value
        try result.get()
    }

    /// A file of this agent's, open while it lives: drivers on other hosts see by its lease that it does.
    private func showLife() async throws(HFSError) -> FileWriter {
        let folder = Self.agentsDirectory(scope)
        return try await fileSystem.create("\(folder)/\(identity)", CreateOptions(overwrites: true))
    }

    /// Where agents that work below `scope` show that they live.
    static func agentsDirectory(_ scope: String) -> String { "\(scope)/.agents" }

    /// Tells of what the feed says until the task ends.
    private func watch(from start: LSN, _ source: AsyncStream<Happening>.Continuation) async {
        var cursor = start
        source.yield(.queued)
        do throws(HFSError) {
            while !Task.isCancelled {
                let page = try await fileSystem.readEvents(
                    from: .lsn(cursor), EventQuery(path: scope, kinds: [.setXAttr]), waitMs: 30_000)
                cursor = page.nextLSN
                for entry in page.entries {
                    guard case .attribute(let name, _, .some(let value)) = entry.event.change else { continue }
                    let text = String(decoding: value, as: UTF8.self)
                    switch name {
                    case TrialAttribute.claim where text.hasPrefix(TrialClaim.queuedPrefix): source.yield(.queued)
                    case TrialAttribute.stop: source.yield(.stop(trial: entry.event.path, reason: text))
                    default: break
                    }
                }
            }
        } catch {
            source.yield(.failed(error))
        }
        source.finish()
    }

    private func serve(
        _ happenings: AsyncStream<Happening>, _ source: AsyncStream<Happening>.Continuation,
        _ group: inout TaskGroup<Void>
    ) async -> Result<Void, HFSError> {
        var running: [ObjectIdentifier: AttemptRunner] = [:]
        do throws(HFSError) {
            for await happening in happenings {
                switch happening {
                case .queued: break
                case .stop(let trial, let reason):
                    for runner in running.values where runner.directoryOfTrial == trial { runner.stop(.early(reason)) }
                case .ended(let runner): running[runner] = nil
                case .failed(let error): throw error
                }
                while running.count < slots {
                    guard let claimed = try await claim() else { break }
                    let id = ObjectIdentifier(claimed.runner)
                    running[id] = claimed.runner
                    group.addTask {
                        await finish(claimed)
                        source.yield(.ended(id))
                    }
                }
            }
            return .success(())
        } catch {
            return Task.isCancelled ? .success(()) : .failure(error)
        }
    }

    /// Runs a claimed trial to its end. When the agent ends, so does the program; what must be told is told all the same.
    private func finish(_ claimed: ClaimedTrial) async {
        await withTaskCancellationHandler {
            await Task { await claimed.run(fileSystem, identity) }.value
        } onCancel: {
            claimed.runner.stop(.agentEnds)
        }
    }
}
