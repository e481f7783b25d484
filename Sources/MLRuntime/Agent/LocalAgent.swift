public import Client
import Core

/// An agent whose programs are processes of this host.
public enum LocalAgent {
    /// - Parameters:
    ///   - uri: where programs and the attempts' own connections go.
    ///   - scope: a directory; trials below it are taken.
    ///   - slots: trials at once.
    ///   - capacity: what jobs and trials may take of the host; nil: slots alone count.
    ///   - takesAnyOwner: runs programs of anybody's experiments; else only those of its own user's.
    ///   - orphanTimeoutMs: how long programs go on while no namenode answers.
    ///   - executor: where programs run.
    public static func make(
        _ fileSystem: HFSFileSystem, uri: String, scope: String, slots: Int, capacity: AgentCapacity? = nil,
        takesAnyOwner: Bool = false, orphanTimeoutMs: Int64 = Agent.orphanTimeoutMsDefault,
        executor: any Executor = LocalExecutor()
    ) -> Agent {
        let services = fileSystem.tokenServices
        let given = Environment["HADOOP_CONF_DIR"]
        return Agent(
            fileSystem, uri: uri, scope: scope, slots: slots, capacity: capacity, takesAnyOwner: takesAnyOwner,
            orphanTimeoutMs: orphanTimeoutMs, executor: executor, environment: Environment.all,
            credentials: { started in
                let folder = try RunFolder(token: started.token, services: services, uri: uri, given: given)
                return TrialCredentials(
                    environment: RunVariables.values(started, folder, uri: uri), remove: { folder.remove() })
            })
    }
}
