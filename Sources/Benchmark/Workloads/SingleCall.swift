/// Workloads whose operation is one call on the path with the operation's number.
struct SingleCall: Workload {
    enum Kind: String, CaseIterable, Sendable { case mkdir, stat, open, read, list, rename, delete }

    let kind: Kind
    let directory: String
    /// Of the names of files that are looked at.
    var prefix = "f"

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let (directory, prefix) = (directory, prefix)
        switch kind {
        case .mkdir:
            frame.appendCall(.mkdirs, callID: callID) {
                $0.field(1, "\(directory)/d\(operation)")
                $0.field(2, [8, 0xed, 3])
                $0.field(3, 1)
            }
        case .stat:
            frame.appendCall(.getFileInfo, callID: callID) { $0.field(1, "\(directory)/\(prefix)\(operation)") }
        case .open, .read:
            let takesBytes = kind == .read
            frame.appendCall(.getBlockLocations, callID: callID) {
                $0.field(1, "\(directory)/\(prefix)\(operation)")
                $0.field(2, 0)
                $0.field(3, UInt64(Int64.max))
                // Of hfs's own: small files' bytes with the answer.
                if takesBytes { $0.field(1000, 1) }
            }
        case .list:
            frame.appendCall(.getListing, callID: callID) {
                $0.field(1, "\(directory)/list")
                $0.field(2, "")
                $0.field(3, 0)
            }
        case .rename:
            frame.appendCall(.rename, callID: callID) {
                $0.field(1, "\(directory)/f\(operation)")
                $0.field(2, "\(directory)/g\(operation)")
            }
        case .delete:
            frame.appendCall(.delete, callID: callID) {
                $0.field(1, "\(directory)/g\(operation)")
                $0.field(2, 0)
            }
        }
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        switch kind {
        case .mkdir, .rename, .delete: return response.isTrue ? .finished : .failed("\(kind) answered false")
        case .stat, .open, .read, .list:
            return response.body.count > 2 ? .finished : .failed("\(kind) answered nothing")
        }
    }
}
