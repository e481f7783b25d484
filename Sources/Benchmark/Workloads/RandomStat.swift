/// `getFileInfo` of files of a tree that `hfs-bench metadata --keep` left, in random order.
struct RandomStat: Workload {
    let base: String
    /// Directories `c0`, `c1`, ... of the tree, and the files `f0`, `f1`, ... of each that are asked for.
    let directories: Int
    let filesEach: Int
    var random: SplitMix64

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let directory = Int(random.next() % UInt64(directories))
        let file = Int(random.next() % UInt64(filesEach))
        frame.appendCall(.getFileInfo, callID: callID) { $0.field(1, "\(base)/c\(directory)/f\(file)") }
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        return response.body.count > 2 ? .finished : .failed("stat answered nothing")
    }
}
