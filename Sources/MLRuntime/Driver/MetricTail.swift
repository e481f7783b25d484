import Client
import Core

/// What an attempt has reported of the metric by now. Each look reads what is new alone.
struct MetricTail: Sendable {
    let attempt: Int
    private(set) var series = MetricSeries()
    /// Bytes of whole lines that are in `series`.
    private var offset: UInt64 = 0

    init(attempt: Int) { self.attempt = attempt }

    /// Reads on in the attempt's directory, whatever it is called by now; nothing where there are no reports yet.
    mutating func read(_ metric: String, in directory: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        do throws(HFSError) {
            let reader = try await fileSystem.open("\(directory)/\(MetricLog.fileName)")
            let bytes: Result<[UInt8], HFSError>
            do throws(HFSError) {
                let count = reader.length - min(offset, reader.length)
                bytes = .success(try await reader.read(at: offset, count: Int(clamping: count)))
            } catch {
                bytes = .failure(error)
            }
            await reader.close()
            let new = try bytes.get()
            guard let end = new.lastIndex(of: UInt8(ascii: "\n")) else { return }
            MetricLog.add(metric, in: new[...end], to: &series)
            offset += UInt64(end + 1)
        } catch {
            // Not begun yet, or renamed meanwhile: its end is told by its claim.
            guard error.code == .fileNotFound else { throw error }
        }
    }
}
