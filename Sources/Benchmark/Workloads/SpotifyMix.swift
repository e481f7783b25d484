/// The operation mix of a production cluster as hammer-bench publishes it: 94.7 % reads, 2.7 % creates.
///
/// Each slot owns a private subtree of `directoriesPerSlot` directories with `filesPerDirectory` files, as hammer-bench's
/// threads do, so that no operation meets another's file half renamed.
struct SpotifyMix: Workload {
    static let filesPerDirectory = 16
    static let directoriesPerSlot = 2

    /// Share of each operation in hundredths of a percent; sums to 10,000.
    private static let weights: [(Action, Int)] = [
        (.open, 6873), (.stat, 1304), (.list, 852), (.statDirectory, 396), (.listFile, 49), (.create, 270),
        (.rename, 130),
        (.delete, 75), (.chownDirectory, 32), (.setReplication, 14), (.mkdir, 2), (.chmodFile, 2), (.chmodDirectory, 1),
    ]

    static var totalWeight: Int { weights.reduce(0) { $0 + $1.1 } }

    private enum Action {
        case open, stat, list, statDirectory, listFile, create, rename, delete, chownDirectory, setReplication, mkdir
        case chmodFile, chmodDirectory
    }

    private struct Slot {
        var files: [String]
        var directories: [String]
        var action = Action.stat
        var path = ""
        var isCompleting = false
        var named = 0
    }

    private var slots: [Slot]
    private var random: SplitMix64
    private let clientName: String
    private let user: String

    init(directory: String, slots: Int, clientName: String, user: String, seed: UInt64) {
        self.clientName = clientName
        self.user = user
        random = SplitMix64(seed)
        self.slots = (0..<slots).map { slot in
            let directories = (0..<Self.directoriesPerSlot).map {
                Self.directoryPath(directory, slot: slot, number: $0)
            }
            let files = directories.flatMap { directory in
                (0..<Self.filesPerDirectory).map { "\(directory)/file-with-a-name-of-34-letters-\($0)" }
            }
            return Slot(files: files, directories: directories)
        }
    }

    static func directoryPath(_ base: String, slot: Int, number: Int) -> String { "\(base)/mix/s\(slot)/d\(number)" }

    /// Every file that must exist before the mix starts.
    var initialFiles: [String] { slots.flatMap(\.files) }

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        var state = slots[slot]
        defer { slots[slot] = state }
        var action = pick()
        if state.files.count < Self.filesPerDirectory, action == .delete { action = .create }
        let fileIndex = Int(random.next() % UInt64(state.files.count))
        let file = state.files[fileIndex]
        let directory = state.directories[Int(random.next() % UInt64(state.directories.count))]
        let user = user
        state.named += 1
        state.action = action
        state.isCompleting = false
        switch action {
        case .open:
            frame.appendCall(.getBlockLocations, callID: callID) {
                $0.field(1, file)
                $0.field(2, 0)
                $0.field(3, UInt64(Int64.max))
            }
        case .stat: frame.appendCall(.getFileInfo, callID: callID) { $0.field(1, file) }
        case .statDirectory: frame.appendCall(.getFileInfo, callID: callID) { $0.field(1, directory) }
        case .list, .listFile:
            frame.appendCall(.getListing, callID: callID) {
                $0.field(1, action == .list ? directory : file)
                $0.field(2, "")
                $0.field(3, 0)
            }
        case .create:
            state.path = "\(directory)/created-\(operation)-\(state.named)"
            CreateFile.appendCreate(state.path, clientName, callID: callID, &frame)
        case .rename:
            let target = "\(directory)/renamed-\(operation)-\(state.named)"
            state.files[fileIndex] = target
            frame.appendCall(.rename, callID: callID) {
                $0.field(1, file)
                $0.field(2, target)
            }
        case .delete:
            state.files.remove(at: fileIndex)
            frame.appendCall(.delete, callID: callID) {
                $0.field(1, file)
                $0.field(2, 0)
            }
        case .chownDirectory:
            frame.appendCall(.setOwner, callID: callID) {
                $0.field(1, directory)
                $0.field(2, user)
            }
        case .setReplication:
            frame.appendCall(.setReplication, callID: callID) {
                $0.field(1, file)
                $0.field(2, 1 + random.next() % 2)
            }
        case .mkdir:
            frame.appendCall(.mkdirs, callID: callID) {
                $0.field(1, "\(directory)/sub-\(operation)")
                $0.field(2, [8, 0xed, 3])
                $0.field(3, 1)
            }
        case .chmodFile, .chmodDirectory:
            frame.appendCall(.setPermission, callID: callID) {
                $0.field(1, action == .chmodFile ? file : directory)
                $0.field(2, [8, 0xed, 3])
            }
        }
    }

    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        guard response.isSuccess else { return .failed(response.errorText) }
        guard slots[slot].action == .create else { return .finished }
        if slots[slot].isCompleting {
            slots[slot].files.append(slots[slot].path)
            return .finished
        }
        slots[slot].isCompleting = true
        CreateFile.appendComplete(slots[slot].path, clientName, callID: callID, &frame)
        return .more
    }

    private mutating func pick() -> Action {
        var ticket = Int(random.next() % 10_000)
        for (action, weight) in Self.weights {
            ticket -= weight
            if ticket < 0 { return action }
        }
        return .stat
    }
}
