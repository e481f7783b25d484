internal import Core
internal import Glibc
internal import Logging

/// Brings the edits directories in line before anything is read from them.
///
/// Every acknowledged edit is in all directories of the newest generation. The one of them whose chain reaches furthest is the
/// model: what the others lack of it, or have otherwise, is copied into them, so that a tail that was never acknowledged is
/// kept in all or in none. A directory of an older generation, or an empty one, is filled anew.
struct EditsMirror {
    let io: any FileIO
    let directories: [String]
    /// The namespace's own directory.
    let home: String
    let clusterID: String
    let logger: Logger

    private static let copyPrefix = "copying-"

    private struct Found {
        var index: Int
        var generation: UInt64
        var segments: [String]
        /// The last whole record of the last segment.
        var lastLSN: UInt64
    }

    /// The directories as one; nil when there is but one, which must be up to date. Errors: `.wrongCluster` for edits of another one, `.corruptMetadata` when those at hand were left
    /// out while others went on; a directory that only fails is left out.
    func open() throws(HFSError) -> MirroredFileIO? {
        let recorded = try EditsGeneration.read(home, io)
        guard directories.count > 1 else {
            let generation = try EditsGeneration.read(directories[0], io)
            guard generation >= recorded else { throw leftOut(generation, recorded) }
            // Others that once held the same edits must not be taken for current when they are back.
            if generation > 0 { _ = try begin(generation, in: [0]) }
            return nil
        }
        var found: [Found] = []
        var failed: [(index: Int, error: HFSError)] = []
        for index in directories.indices {
            do throws(HFSError) {
                found.append(try look(index))
            } catch {
                guard error.code == .io || error.code == .noSpace else { throw error }
                failed.append((index, error))
            }
        }
        let newest = max(found.map(\.generation).max() ?? 0, recorded)
        let current = found.filter { $0.generation == newest }
        guard let model = current.max(by: { ($0.lastLSN, $0.segments.count) < ($1.lastLSN, $1.segments.count) }) else {
            throw failed.first?.error ?? leftOut(found.map(\.generation).max() ?? 0, newest)
        }
        for other in found where other.index != model.index {
            do throws(HFSError) {
                try fill(other, from: model, isCurrent: other.generation == newest)
                if other.generation != newest { try EditsGeneration.write(newest, directories[other.index], io) }
            } catch {
                guard error.code == .io || error.code == .noSpace else { throw error }
                failed.append((other.index, error))
            }
        }
        let begun = try begin(newest, in: found.map(\.index).filter { index in !failed.contains { $0.index == index } })
        failed += begun.failed
        let mirrored = MirroredFileIO(
            base: io, directories: directories, model: model.index, home: home, generation: begun.generation,
            logger: logger)
        for (index, error) in failed { try mirrored.drop(index, error) }
        return mirrored
    }

    /// A start is a generation of its own: a directory that is absent for it, and back for the next, lacks what was
    /// acknowledged meanwhile, whatever it holds behind.
    ///
    /// Returns the generation from now on, and the directories that did not take it. A disk that is full everywhere keeps the
    /// old one: the namespace is still served.
    private func begin(
        _ old: UInt64, in used: [Int]
    ) throws(HFSError) -> (generation: UInt64, failed: [(index: Int, error: HFSError)]) {
        var failed: [(index: Int, error: HFSError)] = []
        for index in used {
            do throws(HFSError) {
                try EditsGeneration.write(old + 1, directories[index], io)
            } catch {
                guard error.code == .io || error.code == .noSpace else { throw error }
                failed.append((index, error))
            }
        }
        if failed.count == used.count, let first = failed.first {
            guard failed.allSatisfy({ $0.error.code == .noSpace }) else { throw first.error }
            return (old, [])
        }
        try EditsGeneration.write(old + 1, home, io)
        return (old + 1, failed)
    }

    private func leftOut(_ generation: UInt64, _ newest: UInt64) -> HFSError {
        HFSError(
            .corruptMetadata,
            "the edits here are of generation \(generation), but edits went on without them up to generation \(newest): "
                + "name the directory that was kept in editsDirectories",
            subject: directories[0])
    }

    private func look(_ index: Int) throws(HFSError) -> Found {
        let directory = directories[index]
        let segments = try io.list(directory).filter { SegmentHeader.firstLSN(ofName: $0) != nil }
        var found = Found(
            index: index, generation: try EditsGeneration.read(directory, io), segments: segments, lastLSN: 0)
        for name in segments.reversed() {
            let image = try SegmentImage("\(directory)/\(name)", io: io)
            // The newest one may have been begun only.
            guard let header = image.header else { continue }
            guard header.clusterID == clusterID else {
                throw HFSError(
                    .wrongCluster, "the edits are of cluster \(header.clusterID), expected \(clusterID)",
                    subject: image.path)
            }
            let first = SegmentImage.Chain(
                position: SegmentHeader.bytes, lsn: header.firstLSN - 1, crc: header.previousCRC)
            found.lastLSN = try image.walk(from: first) { _, _ throws(HFSError) in }.lsn
            break
        }
        return found
    }

    /// Makes a directory hold the segments of the model. Of a current one all but the last two are the same: they were synced
    /// in both when the next one began.
    private func fill(_ other: Found, from model: Found, isCurrent: Bool) throws(HFSError) {
        let (source, target) = (directories[model.index], directories[other.index])
        if isCurrent { try checkGaps(of: model, against: other) }
        for name in try io.list(target) {
            // What begins behind the model's last record was never acknowledged. Segments before its first one stay: they
            // were to be removed, or this one was removed there by hand.
            let isSurplus =
                SegmentHeader.firstLSN(ofName: name) != nil && !model.segments.contains(name)
                && (!isCurrent || name > model.segments.last ?? "")
            let isLeftover =
                name.hasPrefix(SegmentKeeper.preparedPrefix) || name.hasPrefix(Self.copyPrefix)
                || name == RetrySnapshot.fileName
            if isSurplus || isLeftover { try io.remove("\(target)/\(name)") }
        }
        let recent = Set(other.segments.suffix(2))
        var copied = 0
        for name in model.segments {
            let isSame =
                isCurrent && other.segments.contains(name)
                && (!recent.contains(name) || isEqual("\(source)/\(name)", "\(target)/\(name)"))
            if isSame { continue }
            try copy("\(source)/\(name)", to: "\(target)/\(Self.copyPrefix)\(name)")
            try io.rename("\(target)/\(Self.copyPrefix)\(name)", to: "\(target)/\(name)")
            copied += 1
        }
        try io.syncDirectory(target)
        guard copied > 0 || !isCurrent else { return }
        logger.warning(
            "edits directory filled",
            metadata: ["directory": "\(target)", "from": "\(source)", "segments": "\(copied)"])
    }

    private func checkGaps(of model: Found, against other: Found) throws(HFSError) {
        guard let first = model.segments.first, let last = model.segments.last else { return }
        let lost = other.segments.first { $0 > first && $0 < last && !model.segments.contains($0) }
        guard let lost else { return }
        throw HFSError(
            .corruptMetadata,
            "the segment is missing here: copy it from \(directories[other.index]), or leave this directory out of "
                + "editsDirectories for one start",
            subject: "\(directories[model.index])/\(lost)")
    }

    /// False also when one of them cannot be read: then it is copied, which tells.
    private func isEqual(_ path: String, _ other: String) -> Bool {
        do throws(HFSError) {
            let (a, b) = (try SegmentImage(path, io: io), try SegmentImage(other, io: io))
            guard let left = a.bytes.baseAddress, let right = b.bytes.baseAddress else { return false }
            return a.bytes.count == b.bytes.count && memcmp(left, right, a.bytes.count) == 0
        } catch {
            return false
        }
    }

    private func copy(_ path: String, to target: String) throws(HFSError) {
        let source = try io.open(path, .readOnly)
        defer { source.close() }
        let copy = try io.open(target, .replace)
        defer { copy.close() }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var offset: UInt64 = 0
        while case let count = try source.read(into: buffer, at: offset), count > 0 {
            try copy.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), at: offset)
            offset += UInt64(count)
        }
        try copy.sync()
    }
}
