import Core
import Glibc

/// `hfs_trial.py`, which travels in this binary: agents put it beside a trial's files, on the path of Python's modules.
enum PythonModule {
    static let fileName = "hfs_trial.py"

    /// Writes the module into `folder`, which is made; returns the value that `PYTHONPATH` takes for it, what it was before
    /// behind it.
    static func install(in folder: String, before: String?) throws(HFSError) -> String {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(folder)") }
        let file = "\(folder)/\(fileName)"
        guard let stream = fopen(file, "w") else { throw TrialFolder.error("write \(file)") }
        let bytes = PackageResources.hfs_trial_py
        let written = fwrite(bytes, 1, bytes.count, stream)
        guard fclose(stream) == 0, written == bytes.count else { throw TrialFolder.error("write \(file)") }
        guard let before, !before.isEmpty else { return folder }
        return "\(folder):\(before)"
    }
}
