import Client
import Core
import Synchronization

/// An experiment's journal in the filesystem, open for writing. Who has it open is the driver: taking it over ends the writing of
/// whoever had it before.
final class JournalFile: Sendable {
    /// Who may write: the process that the experiment's directory names.
    struct Wheel: Sendable {
        var paths: ExperimentPaths
        var driver: ProcessIdentity

        fileprivate func check(_ fileSystem: HFSFileSystem) async throws(HFSError) {
            let holder = try await fileSystem.textAttribute(TrialAttribute.driver, of: paths.root)
            guard holder == "\(driver)" else {
                throw HFSError(
                    .leaseExpired, "\(holder ?? "Nobody") drives the experiment by now", subject: paths.root)
            }
        }
    }

    private let wheel: Wheel
    private let fileSystem: HFSFileSystem
    private let clock: any HFSClock
    private let writer: Mutex<FileWriter>

    private init(_ wheel: Wheel, _ writer: FileWriter, on fileSystem: HFSFileSystem, clock: any HFSClock) {
        self.wheel = wheel
        self.writer = Mutex(writer)
        self.fileSystem = fileSystem
        self.clock = clock
    }

    /// A new, empty one.
    static func create(
        _ wheel: Wheel, on fileSystem: HFSFileSystem, clock: any HFSClock
    ) async throws(HFSError) -> JournalFile {
        JournalFile(wheel, try await fileSystem.create(wheel.paths.journal), on: fileSystem, clock: clock)
    }

    /// Takes over a journal whose writer is gone: its lease is recovered, a last line that was never finished is dropped.
    static func takeOver(
        _ wheel: Wheel, on fileSystem: HFSFileSystem, clock: any HFSClock
    ) async throws(HFSError) -> (file: JournalFile, records: [JournalRecord]) {
        let (writer, records) = try await reopened(wheel.paths.journal, on: fileSystem, clock: clock)
        return (JournalFile(wheel, writer, on: fileSystem, clock: clock), records)
    }

    /// Returns when a decision is on the disks of all datanodes of the pipeline: it may be acted on. What an agent did is in the
    /// memory of all of them: after a power cut it is read from the trial's claim again. Datanodes that are away are waited for.
    /// `.leaseExpired` when somebody else drives by now.
    func append(_ record: JournalRecord) async throws(HFSError) {
        do throws(HFSError) {
            return try await write(record)
        } catch {
            guard error.code.mayPass || error.code == .leaseExpired else { throw error }
        }
        try await Patience(fileSystem: fileSystem, clock: clock).run { () async throws(HFSError) in
            try await wheel.check(fileSystem)
            await writer.withLock { $0 }.abort()
            let (new, records) = try await Self.reopened(wheel.paths.journal, on: fileSystem, clock: clock)
            writer.withLock { $0 = new }
            // Whoever took the wheel meanwhile takes the journal back from here.
            try await wheel.check(fileSystem)
            if records.last != record { try await write(record) }
        }
    }

    func close() async throws(HFSError) { try await writer.withLock { $0 }.close() }

    private func write(_ record: JournalRecord) async throws(HFSError) {
        let writer = writer.withLock { $0 }
        try await writer.write(try Journal.line(record))
        if record.isDecision { try await writer.hsync() } else { try await writer.hflush() }
    }

    /// The journal open again, with all that it says.
    private static func reopened(
        _ path: String, on fileSystem: HFSFileSystem, clock: any HFSClock
    ) async throws(HFSError) -> (FileWriter, [JournalRecord]) {
        let deadlineMs = clock.monotonicMs + 120_000
        while try await !fileSystem.recoverLease(path) {
            guard clock.monotonicMs < deadlineMs else {
                throw HFSError(.recoveryInProgress, "The journal's last block is not recovered", subject: path)
            }
            // The recovery's end is an event.
            _ = try await fileSystem.readEvents(from: .end, EventQuery(path: path), waitMs: 200)
        }
        let bytes = try await fileSystem.contents(of: path)
        let (records, validBytes) = try Journal.records(in: bytes)
        if validBytes < bytes.count {
            let mended = "\(path).mended"
            try await fileSystem.write(Array(bytes.prefix(validBytes)), to: mended)
            try await fileSystem.rename(mended, to: path, overwriting: true)
        }
        return (try await fileSystem.append(path), records)
    }
}
