/// Creates empty files: create, then complete.
struct CreateFile: Workload {
    let directory: String
    let prefix: String
    let clientName: String

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        Self.appendCreate("\(directory)/\(prefix)\(operation)", clientName, callID: callID, &frame)
        isCompleting[slot] = false
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        if isCompleting[slot] == true { return response.isTrue ? .finished : .failed("complete answered false") }
        isCompleting[slot] = true
        Self.appendComplete("\(directory)/\(prefix)\(operation)", clientName, callID: callID, &frame)
        return .more
    }

    private var isCompleting: [Int: Bool] = [:]

    init(directory: String, prefix: String, clientName: String) {
        self.directory = directory
        self.prefix = prefix
        self.clientName = clientName
    }

    static func appendCreate(_ path: String, _ clientName: String, callID: Int, _ frame: inout FrameWriter) {
        frame.appendCall(.create, callID: callID) {
            $0.field(1, path)
            $0.field(2, [8, 0xa4, 3])
            $0.field(3, clientName)
            $0.field(4, 3)
            $0.field(5, 1)
            $0.field(6, 1)
            $0.field(7, 128 << 20)
        }
    }

    static func appendComplete(_ path: String, _ clientName: String, callID: Int, _ frame: inout FrameWriter) {
        frame.appendCall(.complete, callID: callID) {
            $0.field(1, path)
            $0.field(2, clientName)
        }
    }
}
