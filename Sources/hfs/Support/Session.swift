import ArgumentParser
import Client
import Core
import Glibc
import Synchronization

/// What a file command works with: the connected filesystem, the console, and whether anything has failed so far.
final class Session: Sendable {
    let fileSystem: HFSFileSystem
    let console: Console
    let user: String
    /// The cluster that the command talks to.
    let uri: String
    private let failures = Mutex(Failures())

    private struct Failures {
        var hasAny = false
        /// Something in the home directory is missing or forbidden: perhaps there is no such directory.
        var maybeNoHome = false
    }

    private init(fileSystem: HFSFileSystem, console: Console, uri: String) {
        self.uri = uri
        self.fileSystem = fileSystem
        self.console = console
        user = fileSystem.user
    }

    /// Connects, runs `body` until it ends or SIGINT or SIGTERM cancels it, closes, and turns failures into exit codes.
    ///
    /// - Parameters:
    ///   - isCopy: outside of any run the command is a run of its own.
    ///   - patienceMs: as `ConnectionOptions.connect` has it.
    static func run(
        _ command: String, _ options: ConnectionOptions, isCopy: Bool = false, patienceMs: Int64? = nil,
        _ body: @escaping @Sendable (Session) async throws -> Void
    ) async throws {
        let console = Console(command: command)
        let uri = options.resolvedURI
        do {
            let failed = try await Interrupt.cancelling {
                let fileSystem: HFSFileSystem
                do throws(HFSError) {
                    fileSystem = try await options.connect(patienceMs: patienceMs)
                } catch {
                    throw Self.complaint(error, uri)
                }
                do {
                    let copy = isCopy ? try await CopyRun.start(command, fileSystem, uri) : nil
                    let session = Session(fileSystem: copy?.fileSystem ?? fileSystem, console: console, uri: uri)
                    do {
                        try await body(session)
                    } catch {
                        await copy?.end(error is CancellationError || Task.isCancelled ? .killed : .failed)
                        throw error
                    }
                    try await session.explainMissingHome()
                    let hasFailed = session.failures.withLock { $0.hasAny }
                    await copy?.end(hasFailed ? .failed : .finished)
                    await fileSystem.close()
                    return hasFailed
                } catch {
                    await fileSystem.close()
                    throw error
                }
            }
            console.clearStatus()
            try console.flush()
            if failed { throw ExitCode(1) }
        } catch let interrupted as Interrupt.Interrupted {
            console.clearStatus()
            throw ExitCode(128 + interrupted.signal)
        } catch is Console.OutputClosed {
            throw ExitCode(128 + SIGPIPE)
        } catch let code as ExitCode {
            throw code
        } catch {
            try? console.flush()
            console.complain(Complaint(error, about: ""))
            throw ExitCode(1)
        }
    }

    /// Why nobody could be reached.
    static func complaint(_ error: HFSError, _ uri: String) -> Complaint {
        guard error.code == .connectionLost else { return Complaint(error, about: uri) }
        return Complaint(uri, "\(error) (is it a namenode's port? a cluster's own one is 8020 unless chosen)")
    }

    /// Where relative paths start.
    var home: String { RemotePath.absolute("", user: user) }

    /// The absolute path that `operand` means: relative ones lie in the user's home directory, `.` and `..` are resolved,
    /// this cluster's `hdfs://host:port` in front is dropped.
    ///
    /// Throws for an empty operand, which an unset variable makes, and for one that names another cluster.
    func path(_ operand: String) throws -> String {
        guard !operand.isEmpty else { throw Complaint("''", "An empty path") }
        if let authority = RemotePath.authority(operand), !RemotePath.authorities(uri).contains(authority) {
            throw Complaint(operand, "Lies in another cluster than \(uri) (--uri names the one to talk to)")
        }
        return RemotePath.absolute(operand, user: user)
    }

    /// Runs `body` for one operand. What it throws is said and remembered, and the command goes on with the next one.
    ///
    /// - Returns: whether it went well.
    @discardableResult
    func attempt(_ operand: String, _ body: () async throws -> Void) async throws -> Bool {
        do {
            try await body()
            return true
        } catch {
            try fail(operand, error)
            return false
        }
    }

    /// Says that `operand` failed and remembers it. Cancellation and a closed output end the command instead.
    func fail(_ operand: String, _ error: any Error) throws {
        if error is CancellationError || error is Console.OutputClosed || Task.isCancelled { throw error }
        let code = (error as? HFSError)?.code
        if code == .cancelled { throw error }
        let isAtHome = "\(RemotePath.absolute(operand, user: user))/".hasPrefix("\(home)/")
        failures.withLock { failures in
            failures.hasAny = true
            if isAtHome, code == .fileNotFound || code == .accessDenied { failures.maybeNoHome = true }
        }
        console.complain(Complaint(error, about: operand))
    }

    /// Whoever has just come has no home directory, and all relative paths fail for that.
    private func explainMissingHome() async throws {
        guard failures.withLock({ $0.maybeNoHome }), try await statusIfExists(home) == nil else { return }
        console.complain(
            Complaint(
                home,
                "There is no home directory (a superuser makes it: hfs mkdir -p \(home) && hfs chown \(user) \(home))"))
    }

    /// The status of `path`; nil when there is nothing.
    func statusIfExists(_ path: String) async throws(HFSError) -> FileStatus? {
        do throws(HFSError) {
            return try await fileSystem.status(of: path)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }
}
