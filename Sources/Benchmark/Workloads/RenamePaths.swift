/// Set-up: renames one path an operation.
struct RenamePaths: Workload {
    let pairs: [(from: String, to: String)]

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let pair = pairs[operation]
        frame.appendCall(.rename, callID: callID) {
            $0.field(1, pair.from)
            $0.field(2, pair.to)
        }
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        return response.isTrue ? .finished : .failed("rename answered false")
    }
}
