import Core
import Lineage

/// Rows of the graph from rows of the tables, in the order of columns of `GraphSchema`, and back.
///
/// Ids are 63-bit numbers, which a 64-bit signed column holds.
extension EntryRow {
    init(_ row: GraphRow) {
        self.init(
            inode: InodeID(UInt64(row[0] as Int64)), parent: InodeID(UInt64(row[1] as Int64)), name: row[2],
            isDirectory: row[3] as Int64 != 0)
        kind = (row[4] as String?).flatMap(ArtifactKind.init(rawValue:))
        version = UInt32(row[5] as Int64)
        createdMs = row[6]
        createdBy = Agent(run: runID(row[7]), agent: row[8])
        deletedLSN = LSN(UInt64(row[9] as Int64))
        deletedMs = row[10]
        deletedBy = Agent(run: runID(row[11]), agent: row[12])
        replaces = inodeID(row[13])
        replacedBy = inodeID(row[14])
        lastReadMs = row[15]
    }

    static let select = """
        SELECT inode, parent, name, is_directory, kind, version, created_ms, created_run, created_agent, deleted_lsn, \
        deleted_ms, deleted_run, deleted_agent, replaces, replaced_by, last_read_ms FROM entry
        """
    static let insert = "INSERT OR REPLACE INTO entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"

    var arguments: [any GraphBindable] {
        [
            column(inode.rawValue), column(parent.rawValue), name, isDirectory, kind?.rawValue, Int64(version),
            createdMs, createdBy.run.map { column($0.rawValue) }, createdBy.agent, column(deletedLSN.rawValue),
            deletedMs, deletedBy.run.map { column($0.rawValue) }, deletedBy.agent,
            replaces.map { column($0.rawValue) }, replacedBy.map { column($0.rawValue) }, lastReadMs,
        ]
    }
}

extension VersionRow {
    init(_ row: GraphRow) {
        self.init(
            artifactVersion(row, 0), maker: Agent(run: runID(row[2]), agent: row[3]),
            lsn: LSN(UInt64(row[5] as Int64)), timeMs: row[6])
        inputs = UInt32(row[4] as Int64)
        length = UInt64(row[7] as Int64)
        modifiedMs = row[8]
        checksum = (row[9] as Int64?).map { UInt32($0) }
        if (row[10] as Int64?) != nil { owner = artifactVersion(row, 10) }
        isSealed = row[12] as Int64 != 0
    }

    static let select = """
        SELECT inode, version, run, agent, inputs, lsn, time_ms, length, modified_ms, checksum, owner_inode, \
        owner_version, is_sealed FROM version
        """
    static let insert = "INSERT OR REPLACE INTO version VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"

    var arguments: [any GraphBindable] {
        [
            column(id.inode.rawValue), Int64(id.version), maker.run.map { column($0.rawValue) }, maker.agent,
            Int64(inputs), column(lsn.rawValue), timeMs, column(length), modifiedMs, checksum.map { Int64($0) },
            owner.map { column($0.inode.rawValue) }, owner.map { Int64($0.version) }, isSealed,
        ]
    }
}

extension RunRow {
    init(_ row: GraphRow) {
        self.init(RunID(UInt64(row[0] as Int64)))
        run.parent = runID(row[1])
        run.name = row[2]
        run.kind = row[3]
        run.user = row[4]
        run.project = row[5]
        run.command = row[6]
        run.host = row[7]
        run.startedMs = row[8]
        run.endedMs = row[9]
        run.outcome = RunState(rawValue: UInt8(row[10] as Int64)) ?? .lost
        run.exitCode = (row[11] as Int64?).map { Int32($0) }
        inputs = UInt32(row[12] as Int64)
    }

    static let select = """
        SELECT id, parent, name, kind, user, project, command, host, started_ms, ended_ms, state, exit_code, inputs \
        FROM run
        """
    static let insert = "INSERT OR REPLACE INTO run VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"

    var arguments: [any GraphBindable] {
        [
            column(run.id.rawValue), run.parent.map { column($0.rawValue) }, run.name, run.kind, run.user, run.project,
            run.command, run.host, run.startedMs, run.endedMs, Int64(run.outcome.rawValue),
            run.exitCode.map { Int64($0) }, Int64(inputs),
        ]
    }
}

extension InputRow {
    init(_ row: GraphRow) {
        self.init(
            run: RunID(UInt64(row[0] as Int64)), number: UInt32(row[1] as Int64), artifact: artifactVersion(row, 2),
            timeMs: row[4])
    }

    static let select = "SELECT run, number, inode, version, time_ms FROM input"
    static let insert = "INSERT OR REPLACE INTO input VALUES (?,?,?,?,?)"

    var arguments: [any GraphBindable] {
        [
            column(run.rawValue), Int64(number), column(artifact.inode.rawValue), Int64(artifact.version), timeMs,
        ]
    }
}

extension AccessRow {
    init(_ row: GraphRow) {
        self.init(
            run: RunID(UInt64(row[2] as Int64)), file: artifactVersion(row, 0), isRead: row[3] as Int64 != 0,
            timeMs: row[4])
        lastMs = row[5]
    }

    static let select = "SELECT inode, version, run, is_read, first_ms, last_ms FROM access"
    static let insert = "INSERT OR REPLACE INTO access VALUES (?,?,?,?,?,?)"

    var arguments: [any GraphBindable] {
        [
            column(file.inode.rawValue), Int64(file.version), column(run.rawValue), isRead, firstMs, lastMs,
        ]
    }
}

extension DerivedRow {
    static let insert = "INSERT OR REPLACE INTO derived VALUES (?,?,?,?)"

    var arguments: [any GraphBindable] {
        [
            column(output.inode.rawValue), Int64(output.version), column(input.inode.rawValue), Int64(input.version),
        ]
    }
}

/// As a column holds it: lengths come from outside and may be any number.
func column(_ value: UInt64) -> Int64 { Int64(clamping: value) }

func runID(_ value: Int64?) -> RunID? { value.map { RunID(UInt64($0)) } }
func inodeID(_ value: Int64?) -> InodeID? { value.map { InodeID(UInt64($0)) } }

/// The version in the columns `index` and `index + 1`.
func artifactVersion(_ row: GraphRow, _ index: Int) -> ArtifactVersion {
    ArtifactVersion(InodeID(UInt64(row[index] as Int64)), UInt32(row[index + 1] as Int64))
}
