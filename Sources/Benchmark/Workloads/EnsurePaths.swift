/// Set-up: creates the given files one an operation.
struct EnsurePaths: Workload {
    private let paths: [String]
    private let clientName: String
    private var isCompleting: [Int: Bool] = [:]

    init(_ paths: [String], clientName: String) {
        self.paths = paths
        self.clientName = clientName
    }

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        CreateFile.appendCreate(paths[operation], clientName, callID: callID, &frame)
        isCompleting[slot] = false
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        if isCompleting[slot] == true { return .finished }
        isCompleting[slot] = true
        CreateFile.appendComplete(paths[operation], clientName, callID: callID, &frame)
        return .more
    }
}
