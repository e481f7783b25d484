import Core
import MetaStore
import WireProtocol

/// A page of a directory without locations, as the bytes of `DirectoryListingProto`; nil for what does not exist.
///
/// The common listing: entries go from row image to answer in one pass (a listing of 100 files took 50 us of CPU by way of
/// `FileStatus` values, two thirds of it counting references).
struct EncodeListing: NamespaceRead {
    var listing: GetListing

    var caller: Caller {
        get { listing.caller }
        set { listing.caller = newValue }
    }

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> [UInt8]? {
        var bytes: [UInt8] = []
        switch try target(listing.path, view, ofDirectory: [.read, .execute]) {
        case .nothing: return nil
        case .file(let inode, let file):
            file.status(inode, name: UnsafeRawBufferPointer(start: nil, count: 0)).append(to: &bytes)
            return DirectoryPage.finish(bytes, remainingCount: 0)
        case .directory(let directory):
            bytes.reserveCapacity(Self.bytesExpected)
            let remaining = try append(directory, view, to: &bytes)
            return DirectoryPage.finish(bytes, remainingCount: UInt32(clamping: remaining))
        }
    }

    /// A page of 100 files.
    private static let bytesExpected = 12 << 10

    /// Rows of subdirectories that are not in memory are asked for in one interrupt.
    private func append(
        _ directory: InodeID, _ view: any MetadataView, to bytes: inout [UInt8]
    ) throws(PlanInterrupt) -> Int {
        var missing: [RowRequest] = []
        let remaining = try listing.visit(directory, view) { name, image throws(PlanInterrupt) in
            do throws(PlanInterrupt) {
                try Self.append(name, image, view, to: &bytes)
            } catch {
                guard case .needRows(let wanted) = error else { throw error }
                missing += wanted
            }
        }
        guard missing.isEmpty else { throw .needRows(missing) }
        return remaining
    }

    private static func append(
        _ name: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer, _ view: any MetadataView,
        to bytes: inout [UInt8]
    ) throws(PlanInterrupt) {
        let entry = try refusing { () throws(HFSError) in try RawDentry(decoding: image) }
        if let file = entry.file {
            file.status(entry.inode, name: name).append(to: &bytes)
        } else if let status = try view.directoryStatus(entry.inode, name: name) {
            status.append(to: &bytes)
        } else {
            throw refusal(.corruptMetadata, "directory \(entry.inode) has no row")
        }
    }
}
