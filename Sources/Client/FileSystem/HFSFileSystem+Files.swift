public import Core

extension HFSFileSystem {
    /// Creates a file and opens it for writing.
    ///
    /// Errors: `.alreadyExists`; `.alreadyBeingCreated` while another client writes it; `.fileNotFound` for a missing
    /// parent; `.accessDenied`; quota errors. The file is under construction, held by this client's lease, until the
    /// writer is closed.
    public func create(
        _ path: String, _ options: CreateOptions = CreateOptions()
    ) async throws(HFSError) -> FileWriter { throw unfinished() }

    /// Opens a closed file to write behind its end.
    ///
    /// Errors: `.fileNotFound`; `.alreadyBeingCreated` while another client writes it; `.recoveryInProgress`.
    public func append(_ path: String) async throws(HFSError) -> FileWriter { throw unfinished() }

    /// Opens a file for reading: its length and block locations are fetched, no data.
    ///
    /// Errors: `.fileNotFound` (also for a directory), `.accessDenied`.
    public func open(_ path: String) async throws(HFSError) -> FileReader { throw unfinished() }
}
