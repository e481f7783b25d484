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
    private let hasFailed = Mutex(false)

    private init(fileSystem: HFSFileSystem, console: Console, uri: String) {
        self.uri = uri
        self.fileSystem = fileSystem
        self.console = console
        user = fileSystem.user
    }

    /// Connects, runs `body` until it ends or SIGINT or SIGTERM cancels it, closes, and turns failures into exit codes.
    ///
    /// - Parameter isCopy: outside of any run the command is a run of its own.
    static func run(
        _ command: String, _ options: ConnectionOptions, isCopy: Bool = false,
        _ body: @escaping @Sendable (Session) async throws -> Void
    ) async throws {
        let console = Console(command: command)
        let uri = options.resolvedURI
        do {
            let failed = try await Interrupt.cancelling {
                let fileSystem: HFSFileSystem
                do {
                    fileSystem = try await options.connect()
                } catch {
                    throw Complaint(error, about: uri)
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
                    let hasFailed = session.hasFailed.withLock { $0 }
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
    func attempt(_ operand: String, _ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            try fail(operand, error)
        }
    }

    /// Says that `operand` failed and remembers it. Cancellation and a closed output end the command instead.
    func fail(_ operand: String, _ error: any Error) throws {
        if error is CancellationError || error is Console.OutputClosed || Task.isCancelled { throw error }
        if let error = error as? HFSError, error.code == .cancelled { throw error }
        hasFailed.withLock { $0 = true }
        console.complain(Complaint(error, about: operand))
    }

    /// The status of `path`; nil when there is nothing.
    func statusIfExists(_ path: String) async throws -> FileStatus? {
        do {
            return try await fileSystem.status(of: path)
        } catch let error where error.code == .fileNotFound {
            return nil
        }
    }
}
