import Client
import Core

extension MetricLog {
    /// All reports of a metric that an attempt which has ended left in its directory; none where it left no reports.
    static func series(
        _ metric: String, in directory: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> MetricSeries {
        var series = MetricSeries()
        do throws(HFSError) {
            add(metric, in: try await fileSystem.contents(of: "\(directory)/\(fileName)"), to: &series)
        } catch {
            guard error.code == .fileNotFound else { throw error }
        }
        return series
    }
}
