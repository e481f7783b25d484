import Client
import Core

/// An experiment's journal in the filesystem, open for writing. Who has it open is the driver: taking it over ends the writing of
/// whoever had it before.
struct JournalFile {
    private let writer: FileWriter

    /// A new, empty one.
    static func create(_ path: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> JournalFile {
        JournalFile(writer: try await fileSystem.create(path))
    }

    /// Takes over a journal whose writer is gone: its lease is recovered, a last line that was never finished is dropped.
    static func takeOver(
        _ path: String, on fileSystem: HFSFileSystem, clock: any HFSClock
    ) async throws(HFSError) -> (file: JournalFile, records: [JournalRecord]) {
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
        return (JournalFile(writer: try await fileSystem.append(path)), records)
    }

    /// Returns when a decision is on the disks of all datanodes of the pipeline: it may be acted on. What an agent did is in the
    /// memory of all of them: after a power cut it is read from the trial's claim again.
    func append(_ record: JournalRecord) async throws(HFSError) {
        try await writer.write(try Journal.line(record))
        if record.isDecision { try await writer.hsync() } else { try await writer.hflush() }
    }

    func close() async throws(HFSError) { try await writer.close() }
}
