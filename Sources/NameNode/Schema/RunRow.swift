import Core
import MetaStore

/// `run`: a run, and the token that acts for it. The state comes first, so that whether a run is live is one byte's look.
struct RunRow: Hashable, Sendable, StoredRow {
    var run: Run
    /// Number of its token; the token's row is gone when the run has ended.
    var token: UInt32

    private static let stateOffset = 1

    init(_ run: Run, token: UInt32) {
        self.run = run
        self.token = token
    }

    static func isRunning(_ image: UnsafeRawBufferPointer) -> Bool {
        image.count > stateOffset && image[stateOffset] == RunState.running.rawValue
    }

    init(decoding image: UnsafeRawBufferPointer) throws(HFSError) {
        var reader = try RowReader(image, table: "run", newest: 1)
        guard let state = RunState(rawValue: try reader.byte()) else {
            throw HFSError(.corruptMetadata, "a run is in a state that does not exist")
        }
        let id = RunID(try reader.unsigned())
        token = UInt32(truncatingIfNeeded: try reader.unsigned())
        run = Run(
            id: id, name: try reader.string(), user: try reader.string(), project: try reader.string(),
            kind: try reader.string(), command: try reader.string(), host: try reader.string(), state: state,
            startedMs: try reader.signed())
        let parent = try reader.unsigned()
        if parent != 0 { run.parent = RunID(parent) }
        guard state != .running else { return }
        run.endedMs = try reader.signed()
        if try reader.byte() != 0 { run.exitCode = Int32(truncatingIfNeeded: try reader.signed()) }
    }

    var image: [UInt8] {
        var writer = RowWriter(version: 1, capacity: 96 + run.command.utf8.count)
        writer.byte(run.state.rawValue)
        writer.unsigned(run.id.rawValue)
        writer.unsigned(UInt64(token))
        writer.string(run.name)
        writer.string(run.user)
        writer.string(run.project)
        writer.string(run.kind)
        writer.string(run.command)
        writer.string(run.host)
        writer.signed(run.startedMs)
        writer.unsigned(run.parent?.rawValue ?? 0)
        guard run.state != .running else { return writer.bytes }
        writer.signed(run.endedMs ?? 0)
        writer.byte(run.exitCode == nil ? 0 : 1)
        if let exitCode = run.exitCode { writer.signed(Int64(exitCode)) }
        return writer.bytes
    }
}
