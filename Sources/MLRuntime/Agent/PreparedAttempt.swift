import Client

/// An attempt that is about to run, with everything that it needs.
struct PreparedAttempt: Sendable {
    let runner: AttemptRunner
    /// The attempt's own connection.
    let connection: HFSFileSystem
    let folder: TrialFolder
    let credentials: TrialCredentials

    /// Takes back what lies on disk for it.
    func remove() async {
        await connection.close()
        folder.remove()
        credentials.remove()
    }
}
