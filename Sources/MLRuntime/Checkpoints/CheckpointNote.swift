/// What is known of a published checkpoint, an attribute of it.
struct CheckpointNote: Hashable, Sendable, Codable {
    /// Its place among the attempt's checkpoints, from 1.
    var sequence: Int
    /// The step that it was made at, where the program has said so.
    var step: Int?
    /// Reports of the attempt before it.
    var reports: Int

    /// The reports of an attempt that this checkpoint holds the work of.
    func covered(_ all: [MetricLog.Report]) -> [MetricLog.Report] {
        guard let step else { return Array(all.prefix(reports)) }
        return all.filter { $0.step <= step }
    }
}
