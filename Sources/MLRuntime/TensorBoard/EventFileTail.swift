import Core
import Glibc

/// The scalars of an event file that grows. Each look reads what is new; a record that is not whole yet waits for the next one.
struct EventFileTail: Sendable {
    private static let chunkBytes = 1 << 20
    /// The longest record that is read: images and models are passed over by their length, without being held.
    private static let recordBytesMax = 16 << 20

    let path: String
    private var offset: off_t = 0
    /// Why nothing more is read: a record that is no record.
    private(set) var damagedAt: off_t?

    init(_ path: String) { self.path = path }

    /// What has been added since the last look; nothing where the file cannot be read.
    mutating func read() -> [ScalarEvent] {
        guard damagedAt == nil else { return [] }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard Self.length(of: descriptor) > offset else { return [] }
        var found: [ScalarEvent] = []
        var wantedBytes = Self.chunkBytes
        while true {
            let chunk = Self.bytes(of: descriptor, at: offset, count: wantedBytes)
            var rest = chunk[...]
            var missing = 0
            reading: while !rest.isEmpty {
                switch RecordFrame.read(rest) {
                case .record(let data, let frameBytes):
                    found += ScalarEvent.read(data)
                    rest = rest.dropFirst(frameBytes)
                case .partial(let frameBytes):
                    missing = frameBytes
                    break reading
                case .damaged:
                    damagedAt = offset + off_t(chunk.count - rest.count)
                    return found
                }
            }
            offset += off_t(chunk.count - rest.count)
            // The end of what is there by now.
            guard chunk.count == wantedBytes else { return found }
            wantedBytes = max(Self.chunkBytes, missing)
            if missing > Self.recordBytesMax {
                guard Self.length(of: descriptor) >= offset + off_t(missing) else { return found }
                offset += off_t(missing)
                wantedBytes = Self.chunkBytes
            }
        }
    }

    private static func length(of descriptor: Int32) -> off_t {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? status.st_size : 0
    }

    private static func bytes(of descriptor: Int32, at offset: off_t, count: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            while done < count {
                let got = pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, offset + off_t(done))
                guard got > 0 else { return }
                done += got
            }
        }
    }
}
