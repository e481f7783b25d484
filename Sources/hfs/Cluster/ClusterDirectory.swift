import FoundationEssentials
import Glibc
import MLRuntime

/// Where a cluster on this machine keeps everything: configurations, data, logs, and which processes run.
struct ClusterDirectory: Sendable {
    let root: String

    init(_ path: String) {
        if path.hasPrefix("/") {
            root = path
        } else {
            let here = FileManager.default.currentDirectoryPath
            root = "\(here)/\(path)"
        }
    }

    /// `$HFS_CLUSTER_DIR`, else `~/.hfs/cluster`.
    static var standard: ClusterDirectory {
        ClusterDirectory(StandardCluster.directory)
    }

    var recordFile: String { "\(root)/cluster.json" }
    var lockFile: String { "\(root)/run/cluster.lock" }
    func configurationFile(_ server: String) -> String { "\(root)/\(server).json" }
    func dataDirectory(_ server: String) -> String { "\(root)/\(server)" }
    func logFile(_ server: String) -> String { "\(root)/logs/\(server).log" }
    func runFile(_ server: String) -> String { "\(root)/run/\(server).pid" }

    func create() throws {
        for directory in [root, "\(root)/logs", "\(root)/run"] {
            do {
                try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            } catch {
                throw Complaint(directory, "Cannot be made: \(Complaint(error, about: "").reason)")
            }
        }
    }

    func exists(_ file: String) -> Bool { access(file, F_OK) == 0 }

    /// What the cluster was set up with; nil when there is none.
    func record() throws -> ClusterRecord? {
        guard exists(recordFile) else { return nil }
        do {
            return try JSONDecoder().decode(ClusterRecord.self, from: Data(contentsOf: URL(filePath: recordFile)))
        } catch {
            throw Complaint(recordFile, "is damaged: \(Complaint(error, about: "").reason)")
        }
    }

    func write(_ record: ClusterRecord) throws { try write(record, to: recordFile) }

    /// Writes `value` as JSON under a temporary name and renames it.
    func write(_ value: some Encodable, to file: String) throws {
        do {
            try Data(JSONOutput.text(value).utf8 + [10]).write(to: URL(filePath: file), options: .atomic)
        } catch {
            throw Complaint(file, "Cannot be written: \(Complaint(error, about: "").reason)")
        }
    }
}
