import Client
import Core

/// Where training datasets lie: `/Projects/P/TrainingDatasets/NAME/VERSION`.
enum DatasetPaths {
    static func folder(_ project: String) -> String { "/Projects/\(project)/TrainingDatasets" }

    /// The directory of `digits/1`, of the newest version of `digits`, or of an absolute path. `.fileNotFound` when there is none.
    static func resolve(
        _ reference: String, project: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> String {
        let path = reference.hasPrefix("/") ? reference : "\(folder(project))/\(reference)"
        if try await fileSystem.exists("\(path)/\(DatasetSchema.fileName)") { return path }
        guard let newest = try await newest(path, on: fileSystem) else {
            throw HFSError(.fileNotFound, "There is no training dataset '\(reference)'", subject: path)
        }
        return "\(path)/\(newest)"
    }

    /// The newest version in a dataset's directory; nil where there is none.
    static func newest(_ path: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> UInt64? {
        var newest: UInt64?
        do throws(HFSError) {
            for try await entry in fileSystem.list(path) where entry.isDirectory {
                guard let version = UInt64(String(decoding: entry.name, as: UTF8.self)) else { continue }
                newest = max(newest ?? 0, version)
            }
        } catch {
            guard error.code == .fileNotFound || error.code == .notADirectory else { throw error }
        }
        return newest
    }
}
