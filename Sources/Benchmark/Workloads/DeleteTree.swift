/// Clean-up: one recursive delete.
struct DeleteTree: Workload {
    let path: String

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let path = path
        frame.appendCall(.delete, callID: callID) {
            $0.field(1, path)
            $0.field(2, 1)
        }
    }
}
