public import Client
public import Core
import Glibc

/// Keeps with an experiment what it runs: a copy of the program, its commit, and what fixes its packages. Once for all trials.
public enum ProgramCapture {
    static let lockNames = [
        "Package.resolved", "requirements.txt", "pyproject.toml", "uv.lock", "poetry.lock", "Pipfile.lock",
        "environment.yml", "environment.yaml", "conda-lock.yml",
    ]
    private static let lockBytesMax = 4 << 20

    /// Writes `program/` and `environment.json`. What of the program cannot be read is named in it; thrown is only what keeps the
    /// record from being written.
    @discardableResult
    public static func keep(
        _ paths: ExperimentPaths, command: [String], in directory: String, environment: [String: String],
        on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> EnvironmentRecord {
        let (taken, diff) = await probe(command, in: directory, environment)
        var record = taken
        var copies = record.files.map { (source: $0.source, target: "\(paths.programFiles)/\($0.path)") }
        for lock in lockNames where TrialFolder.isFile("\(directory)/\(lock)") {
            record.locks.append(lock)
            copies.append(("\(directory)/\(lock)", "\(paths.program)/locks/\(lock)"))
        }
        if let notebook = environment["JPY_SESSION_NAME"], notebook.hasSuffix(".ipynb"), TrialFolder.isFile(notebook) {
            record.notebook = notebook
            copies.append((notebook, "\(paths.program)/notebook.ipynb"))
        }
        _ = try await BoundedTasks.map(copies, atMost: 8) { copy throws(HFSError) in
            try await FileCopy.uploadFile(copy.source, to: copy.target, mode: TrustedSettings.mode, on: fileSystem)
        }
        if let diff { try await fileSystem.write(diff, to: "\(paths.program)/uncommitted.diff") }
        try await fileSystem.write(
            try CanonicalJSON.bytes(record), to: paths.environment, CreateOptions(mode: TrustedSettings.mode))
        return record
    }

    /// What would be kept of a program here and now; nothing is written.
    public static func environment(
        _ command: [String], in directory: String, _ environment: [String: String]
    ) async -> EnvironmentRecord {
        await probe(command, in: directory, environment).0
    }

    private static func probe(
        _ command: [String], in directory: String, _ environment: [String: String]
    ) async -> (EnvironmentRecord, diff: [UInt8]?) {
        async let git = GitProbe.record(in: directory, environment: environment)
        async let python = PythonProbe.record(command, in: directory, environment: environment)
        let program = try? await BlockingWork.run(name: "hfs-capture") { ProgramFiles(command, in: directory) }
        var record = EnvironmentRecord(
            command: command, directory: directory, files: program?.files ?? [], leftOut: program?.leftOut ?? [],
            locks: [], host: host(), variables: KeptVariables.values(environment))
        record.python = await python
        let found = await git
        record.git = found?.git
        if found?.isTooLong == true {
            let reason = "longer than \(GitProbe.diffBytesMax >> 20) MiB, or git did not tell it in time"
            record.leftOut.append(EnvironmentRecord.LeftOut(path: "uncommitted.diff", reason: reason))
        }
        if ["Package.swift", "Package.resolved"].contains(where: { TrialFolder.isFile("\(directory)/\($0)") }) {
            record.swift = await ToolRun.line(["swift", "--version"], in: directory, environment: environment)
        }
        let diff = found?.diff ?? []
        return (record, diff.isEmpty ? nil : diff)
    }

    /// What was kept; nil for an experiment without it.
    public static func record(
        _ paths: ExperimentPaths, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> EnvironmentRecord? {
        do throws(HFSError) {
            return try CanonicalJSON.value(
                EnvironmentRecord.self, from: try await fileSystem.contents(of: paths.environment))
        } catch {
            guard error.code == .fileNotFound else { throw error }
            return nil
        }
    }

    static func host() -> EnvironmentRecord.Host {
        var names = utsname()
        uname(&names)
        func text(_ field: some Any) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return EnvironmentRecord.Host(
            name: ProcessIdentity.current.host, system: "\(text(names.sysname)) \(text(names.release))",
            machine: text(names.machine), cores: Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}

extension ExperimentPaths {
    /// The program's copy.
    var program: String { "\(root)/program" }
    var programFiles: String { "\(program)/files" }
    var environment: String { "\(root)/environment.json" }
}
