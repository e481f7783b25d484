import Core
import MetaStore
import WireProtocol

/// A page of a directory without locations, as the bytes of `DirectoryListingProto`; nil for what does not exist.
///
/// The common listing: entries go from row image to answer in one pass (a listing of 100 files took 50 us of CPU by way of
/// `FileStatus` values, two thirds of it counting references).
struct EncodeListing: NamespaceRead {
    let listing: GetListing

    var caller: Caller { listing.caller }

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [UInt8]? {
        let resolved = try resolve(listing.path, view)
        guard case .directory(let directory) = resolved.target else {
            guard let page = try listing.run(view) else { return nil }
            var bytes: [UInt8] = []
            for entry in page.entries { append(entry.status, to: &bytes) }
            return finish(bytes, remaining: page.remaining)
        }
        try checker(view).check(resolved, access: [.read, .execute])
        let page = try listing.rows(of: directory, view)
        let subdirectories = try subdirectories(page.rows, view)
        var next = 0
        var bytes: [UInt8] = []
        bytes.reserveCapacity(page.rows.count * 128)
        for row in page.rows {
            let isFile = try refusing { () throws(HFSError) in try Self.appendFile(row, to: &bytes) }
            if !isFile {
                append(subdirectories[next], to: &bytes)
                next += 1
            }
        }
        return finish(bytes, remaining: page.remaining)
    }

    /// False for a directory's entry, which is not appended.
    private static func appendFile(_ row: ScannedRow, to bytes: inout [UInt8]) throws(HFSError) -> Bool {
        var failure: HFSError?
        let isFile = row.sub.withUnsafeBytes { name in
            row.image.withUnsafeBytes { image in
                do throws(HFSError) {
                    guard let file = try RawDentry(name: name, image: image).file else { return false }
                    file.append(to: &bytes)
                    return true
                } catch {
                    failure = error
                    return false
                }
            }
        }
        if let failure { throw failure }
        return isFile
    }

    private func subdirectories(
        _ rows: ArraySlice<ScannedRow>, _ view: any MetadataView
    ) throws(PlanInterrupt) -> [FileStatus] {
        try view.gather(rows.filter { $0.image.count > 1 && $0.image[1] == DentryRow.directoryKind }) {
            (row, view) throws(PlanInterrupt) in
            let entry = try refusing { () throws(HFSError) in try DentryRow(image: row.image) }
            let directory = try view.requireDirectory(entry.inode)
            return StatusBuilder.status(entry.inode, directory, try view.counter(entry.inode.rawValue), name: row.sub)
        }
    }

    private func append(_ status: FileStatus, to bytes: inout [UInt8]) {
        status.withRawStatus { $0.append(to: &bytes) }
    }

    private func finish(_ entries: [UInt8], remaining: Int) -> [UInt8] {
        DirectoryPage.finish(entries, remainingCount: UInt32(clamping: remaining))
    }
}
