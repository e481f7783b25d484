import Core
import MetaStore

/// One entry of a listing; its blocks when they were asked for and it is a file.
struct ListedEntry: Sendable {
    var status: FileStatus
    var layout: FileLayout?
}

/// A page of a directory in byte order of the names (HDFS `getListing`); nil for what does not exist, one entry with an
/// empty name for a file.
struct GetListing: NamespaceRead {
    struct Page: Sendable {
        var entries: [ListedEntry]
        /// Entries after this page: exact on the first page, on later ones 1 when there are any (clients ask only whether).
        var remaining: Int
    }

    var caller: Caller
    var path: FilePath
    var startAfter: [UInt8]
    var needLocation: Bool
    var pageMax = Limits.listingPageMax

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Page? {
        let resolved = try resolve(path, view)
        guard case .directory(let inode) = resolved.target else {
            try checker(view).check(resolved)
            guard case .file(let inode, let file) = resolved.target else { return nil }
            let entry = ListedEntry(
                status: StatusBuilder.status(inode, file), layout: try layout(inode, file, view))
            return Page(entries: [entry], remaining: 0)
        }
        try checker(view).check(resolved, access: [.read, .execute])
        return try page(inode, view)
    }

    private func page(_ directory: InodeID, _ view: any MetadataView) throws(PlanInterrupt) -> Page {
        let page = try rows(of: directory, view)
        var entries = try view.gather(page.rows) { (row, view) throws(PlanInterrupt) in try entry(row, view) }
        // HDFS ends a page with locations after as many blocks as it has names otherwise.
        if needLocation {
            var blocks = 0
            let fitting = entries.prefix { entry in
                defer { blocks += entry.layout?.parts.count ?? 0 }
                return blocks < pageMax
            }
            entries = Array(fitting)
        }
        return Page(entries: entries, remaining: page.remaining + page.rows.count - entries.count)
    }

    /// The page's rows, and how many entries follow it: exact on the first page, on later ones 1 when there are any.
    func rows(
        of directory: InodeID, _ view: any MetadataView
    ) throws(PlanInterrupt) -> (rows: ArraySlice<ScannedRow>, remaining: Int) {
        var rows: [ScannedRow] = []
        let remaining = try visit(directory, view) { sub, image in
            rows.append(ScannedRow(sub: Array(sub), image: Array(image)))
        }
        return (rows[...], remaining)
    }

    /// As `rows`, each row in place; gives how many entries follow.
    func visit(
        _ directory: InodeID, _ view: any MetadataView,
        _ body: (_ name: UnsafeRawBufferPointer, _ image: UnsafeRawBufferPointer) throws(PlanInterrupt) -> Void
    ) throws(PlanInterrupt) -> Int {
        let isFirst = startAfter.isEmpty
        var count = 0
        try view.visit(
            .dentry, directory.rawValue, after: isFirst ? nil : startAfter, limit: isFirst ? pageMax : pageMax + 1
        ) { name, image throws(PlanInterrupt) in
            count += 1
            if count <= pageMax { try body(name, image) }
        }
        guard isFirst else { return max(0, count - pageMax) }
        return max(0, Int(try view.counter(directory.rawValue).children) - count)
    }

    private func entry(_ row: ScannedRow, _ view: any MetadataView) throws(PlanInterrupt) -> ListedEntry {
        let entry = try refusing { () throws(HFSError) in try DentryRow(image: row.image) }
        guard let file = entry.file else {
            let directory = try view.requireDirectory(entry.inode)
            let counter = try view.counter(entry.inode.rawValue)
            return ListedEntry(
                status: StatusBuilder.status(entry.inode, directory, counter, name: row.sub), layout: nil)
        }
        return ListedEntry(
            status: StatusBuilder.status(entry.inode, file, name: row.sub), layout: try layout(entry.inode, file, view))
    }

    private func layout(
        _ inode: InodeID, _ file: FileAttributes, _ view: any MetadataView
    ) throws(PlanInterrupt) -> FileLayout? {
        guard needLocation else { return nil }
        return FileLayout(inode, file, try FileBlocks.all(inode, count: file.blockCount, view))
    }
}
