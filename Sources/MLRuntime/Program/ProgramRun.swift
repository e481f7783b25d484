import Client
import Core

/// One run of a program that makes experiment calls. It outlives the process: a program that was killed goes on, started again the
/// same way, where it was.
///
/// `/Projects/P/Experiments/.programs/run-17` is open while the program runs and goes when it has come to its end. Its attributes
/// say which program it is and which process runs it.
final class ProgramRun: Sendable {
    let id: RunID
    private let writer: FileWriter
    private let fileSystem: HFSFileSystem

    private init(_ id: RunID, _ writer: FileWriter, _ fileSystem: HFSFileSystem) {
        self.id = id
        self.writer = writer
        self.fileSystem = fileSystem
    }

    /// `new`, or a run to go on with in spite of a changed program; empty: an unfinished run of the same program, else a new one.
    static let variable = "HFS_PROGRAM_RUN"

    private static let takeOverMs: Int64 = 120_000

    static func open(project: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> ProgramRun {
        let folder = "\(ExperimentPaths.experiments(of: project))/.programs"
        try await fileSystem.makeDirectory(folder)
        let key = try await ProgramKey.current()
        switch Environment[variable] {
        case "new": break
        case .some(let text):
            guard let id = RunID(text) else {
                throw HFSError(.invalidArgument, "\(variable) is 'new' or a run (run-123), not '\(text)'")
            }
            guard let run = try await takeOver(id, in: folder, on: fileSystem) else {
                throw HFSError(
                    .alreadyBeingCreated, "\(id) is no unfinished run of a program, or another process goes on with it",
                    subject: folder)
            }
            return run
        case nil:
            let unfinished = try await fileSystem.find(
                folder,
                where: .all([
                    .compare(TrialAttribute.program, .equal, .text(key)),
                    .compare("owner", .equal, .text(fileSystem.user)),
                ]), order: FindOrder("modified", isDescending: true), limit: unfinishedMax)
            for entry in unfinished.found {
                guard let id = entry.path.split(separator: "/").last.flatMap({ RunID($0) }),
                    let run = try await takeOver(id, in: folder, on: fileSystem)
                else { continue }
                Notice.say("goes on with \(id), which was cut short; \(variable)=new begins anew")
                return run
            }
        }
        return try await start(key, project, in: folder, on: fileSystem)
    }

    /// So many unfinished runs of one program are looked at: the newest ones.
    private static let unfinishedMax = 16

    private static func start(
        _ key: String, _ project: String, in folder: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProgramRun {
        var request = HFSFileSystem.RunRequest(name: ProgramKey.name)
        request.project = project
        request.kind = "program"
        request.command = RunText.command(CommandLine.arguments)
        request.host = ProcessIdentity.current.host
        let id = try await fileSystem.startRun(request).run.id
        let path = "\(folder)/\(id)"
        let writer = try await fileSystem.create(path)
        try await fileSystem.setAttribute(TrialAttribute.driver, "\(ProcessIdentity.current)", of: path)
        // By this one it is found: the other one is there by then.
        try await fileSystem.setAttribute(TrialAttribute.program, key, of: path)
        return ProgramRun(id, writer, fileSystem)
    }

    /// Makes this process go on with a run; nil when its process lives, or another one was faster, or it has come to its end.
    private static func takeOver(
        _ id: RunID, in folder: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> ProgramRun? {
        let path = "\(folder)/\(id)"
        do throws(HFSError) {
            let before = try await fileSystem.textAttribute(TrialAttribute.driver, of: path)
            if let process = before.flatMap({ ProcessIdentity($0) }),
                try await Liveness.isAlive(process, holding: path, on: fileSystem)
            {
                return nil
            }
            guard
                try await fileSystem.exchange(
                    TrialAttribute.driver, of: path, from: before, to: "\(ProcessIdentity.current)")
            else { return nil }
            let deadlineMs = SystemClock().monotonicMs + takeOverMs
            while try await !fileSystem.recoverLease(path) {
                guard SystemClock().monotonicMs < deadlineMs else {
                    throw HFSError(.recoveryInProgress, "The file of the program's run is not recovered", subject: path)
                }
                _ = try await fileSystem.readEvents(from: .end, EventQuery(path: path), waitMs: 200)
            }
            return ProgramRun(id, try await fileSystem.append(path), fileSystem)
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }

    /// The run that experiments of this program are nested in; nil where it lives no longer.
    func parent() async throws(HFSError) -> RunID? {
        try await fileSystem.run(id)?.state == .running ? id : nil
    }

    /// Tells of the program's end. What cannot be told shows by itself: the process is gone.
    /// - Parameter isComplete: nothing is left to go on with.
    func end(isComplete: Bool) async {
        try? await writer.close()
        guard isComplete else {
            _ = try? await fileSystem.exchange(
                TrialAttribute.driver, of: writer.path, from: "\(ProcessIdentity.current)", to: nil)
            return
        }
        _ = try? await fileSystem.delete(writer.path)
        _ = try? await fileSystem.endRun(id, .finished)
    }
}
