import Client
import Core
import MLRuntime

/// An agent whose programs are processes of this host.
enum LocalAgent {
    static func make(_ session: Session, scope: String, slots: Int, takesAnyOwner: Bool = false) -> Agent {
        let uri = session.uri
        let services = session.fileSystem.tokenServices
        let given = Environment["HADOOP_CONF_DIR"]
        return Agent(
            session.fileSystem, uri: uri, scope: scope, slots: slots, takesAnyOwner: takesAnyOwner,
            executor: LocalExecutor(), environment: Environment.all,
            credentials: { started in
                let folder = try RunFolder(token: started.token, services: services, uri: uri, given: given)
                return TrialCredentials(
                    environment: RunVariables.values(started, folder, uri: uri), remove: { folder.remove() })
            })
    }
}
