/// Queries for models of at least some score: `find`, and whether the answer has as many as there must be.
struct FindArtifacts: Workload {
    enum Order: Sendable { case none, bestFirst, byName }

    /// Where to look; each query takes one of them.
    let paths: [String]
    let scoreMin: Int
    let order: Order
    let limit: Int
    /// Answers that each query has.
    let expected: Int
    var random: SplitMix64

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let path = paths[Int(random.next() % UInt64(paths.count))]
        let condition = Self.condition(scoreMin)
        frame.appendCall(.find, callID: callID) {
            $0.field(1, path)
            $0.field(2, condition)
            if order != .none { $0.field(3, order == .byName ? "name" : "ml.score") }
            if order == .bestFirst { $0.field(4, 1) }
            $0.field(5, UInt64(limit))
        }
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        var fields = FieldReader(response.body)
        var count = 0
        while let field = fields.next() { count += field.number == 1 ? 1 : 0 }
        return count == expected ? .finished : .failed("\(count) answers instead of \(expected)")
    }

    /// `ml.score >= scoreMin and kind = model`, as `Condition` of hfs_filesystem.proto.
    private static func condition(_ scoreMin: Int) -> [UInt8] {
        var score: [UInt8] = [8, 8]
        FrameWriter.appendField(3, "ml.score", to: &score)
        score.append(4 << 3 | 1)
        score += withUnsafeBytes(of: Double(scoreMin).bitPattern.littleEndian) { Array($0) }
        var kind: [UInt8] = [8, 3]
        FrameWriter.appendField(3, "kind", to: &kind)
        FrameWriter.appendField(5, "model", to: &kind)
        var all: [UInt8] = [8, 0]
        FrameWriter.appendField(2, score, to: &all)
        FrameWriter.appendField(2, kind, to: &all)
        return all
    }
}
