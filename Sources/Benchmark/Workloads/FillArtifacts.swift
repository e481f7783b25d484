/// Makes artifacts, each a directory with a score and a kind: mkdirs, then the attributes.
struct FillArtifacts: Workload {
    let layout: ArtifactLayout
    /// The first project of this connection.
    let firstProject: Int
    private var done: [Int: Int] = [:]

    init(layout: ArtifactLayout, firstProject: Int) {
        self.layout = layout
        self.firstProject = firstProject
    }

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let path = path(operation)
        done[slot] = 0
        frame.appendCall(.mkdirs, callID: callID) {
            $0.field(1, path)
            $0.field(2, [8, 0xed, 3])
            $0.field(3, 1)
        }
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        let step = done[slot, default: 0]
        guard step < 2 else { return .finished }
        done[slot] = step + 1
        let (path, artifact) = (path(operation), operation % layout.artifactsEach)
        let score = layout.score(project: firstProject + operation / layout.artifactsEach, artifact: artifact)
        frame.appendCall(.setXAttr, callID: callID) {
            $0.field(1, path)
            // XAttrProto: namespace user, name, value.
            var attribute: [UInt8] = [8, 0]
            FrameWriter.appendField(2, step == 0 ? "ml.score" : "hfs.artifact", to: &attribute)
            FrameWriter.appendField(3, step == 0 ? String(score) : "model", to: &attribute)
            $0.field(2, attribute)
            $0.field(3, 3)
        }
        return .more
    }

    private func path(_ operation: Int) -> String {
        layout.artifact(firstProject + operation / layout.artifactsEach, operation % layout.artifactsEach)
    }
}
