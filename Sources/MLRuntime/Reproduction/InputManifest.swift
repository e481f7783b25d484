import Client
import Core

/// `inputs.json`: the files that an attempt read, each in the version that it saw. They come from the events of its run: no program
/// tells of them.
public struct InputManifest: Hashable, Sendable, Codable {
    /// A version of a file.
    public struct Input: Hashable, Sendable, Codable {
        /// When it was read.
        public var path: String
        /// The file itself, wherever it has moved since.
        public var inode: UInt64
        public var length: UInt64
        /// Its generation: when its content was last changed, milliseconds since 1970.
        public var modifiedMs: Int64
        /// CRC32C of its bytes; nil where no datanode could tell, and behind the first GiB that none had told.
        public var checksum: UInt32?
    }

    static let fileName = "inputs.json"
    /// More inputs are not listed.
    private static let inputsMax = 10_000
    /// Of so many the checksum is asked for where their writer did not tell it.
    private static let checksumsMax = 256
    /// And of so many bytes: datanodes read a checksum for each chunk of a file.
    private static let checksumBytesMax: UInt64 = 1 << 30
    /// The feed is looked through for no longer.
    private static let waitMs: Int64 = 10_000

    /// In the order of their paths.
    public var inputs: [Input]
    /// Whether the feed was looked through to its end, and no input was left out.
    public var isWhole: Bool
    /// For each directory from which files were read a hash over those: equal where the same bytes were read under the same names.
    public var directories: [String: String]

    init(_ inputs: [Input], isWhole: Bool) {
        self.inputs = inputs
        self.isWhole = isWhole
        directories = Dictionary(grouping: inputs) { LocalPath.parent($0.path) }.mapValues(Self.root)
    }

    /// What `run` has read since `startMs`, but for what lies in the experiment itself. Call it after a change that the run made:
    /// what it read before is in the feed then.
    static func read(
        _ run: RunID, sinceMs startMs: Int64, outside root: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> InputManifest {
        let clock = SystemClock()
        let deadlineMs = clock.monotonicMs + waitMs
        var found: [UInt64: Input] = [:]
        var start = EventStart.time(ms: startMs)
        var isWhole = false
        while clock.monotonicMs < deadlineMs, found.count < inputsMax {
            let page = try await fileSystem.readEvents(from: start, EventQuery(kinds: [.opened, .read], run: run))
            for entry in page.entries where !entry.event.path.hasPrefix("\(root)/") {
                guard case .content(let length, let modifiedMs, let checksum) = entry.event.change else { continue }
                let inode = entry.event.inode.rawValue
                // The last version of a file that changed meanwhile.
                found[inode] = Input(
                    path: entry.event.path, inode: inode, length: length, modifiedMs: modifiedMs,
                    checksum: checksum ?? (found[inode]?.modifiedMs == modifiedMs ? found[inode]?.checksum : nil))
            }
            start = .lsn(page.nextLSN)
            if page.nextLSN > page.publishedLSN {
                isWhole = true
                break
            }
        }
        var inputs = found.values.sorted { ($0.path, $0.inode) < ($1.path, $1.inode) }
        var bytesLeft = checksumBytesMax
        var unknown: [Int] = []
        for (index, input) in inputs.enumerated() where input.checksum == nil && input.length <= bytesLeft {
            guard unknown.count < checksumsMax else { break }
            bytesLeft -= input.length
            unknown.append(index)
        }
        let wanted = unknown.map { inputs[$0] }
        let sums = try await BoundedTasks.map(wanted, atMost: 4) { input throws(HFSError) in
            await Self.checksum(input, on: fileSystem)
        }
        for (index, sum) in zip(unknown, sums) { inputs[index].checksum = sum }
        return InputManifest(inputs, isWhole: isWhole)
    }

    /// The checksum of a file that is still the version that was read.
    private static func checksum(_ input: Input, on fileSystem: HFSFileSystem) async -> UInt32? {
        guard let status = try? await fileSystem.status(of: input.path), status.inode.rawValue == input.inode,
            status.modifiedMs == input.modifiedMs
        else { return nil }
        return await ContentChecksum.crc32c(of: input.path, on: fileSystem)
    }
}
