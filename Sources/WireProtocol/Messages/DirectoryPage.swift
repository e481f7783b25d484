package import Core

/// DirectoryListingProto: a page of a directory, names in byte order.
package struct DirectoryPage: WireEncodable, WireDecodable {
    /// One name, with its block locations when the caller asked for them.
    package struct Entry: Sendable {
        package var status: FileStatus
        package var locations: LocatedBlocks?

        package init(status: FileStatus, locations: LocatedBlocks? = nil) {
            self.status = status
            self.locations = locations
        }
    }

    package var entries: [Entry]
    /// Names after the last one here.
    package var remainingCount: UInt32

    package init(entries: [Entry], remainingCount: UInt32) {
        self.entries = entries
        self.remainingCount = remainingCount
    }

    /// A page whose entries `RawFileStatus.append` has written: adds what follows them.
    package static func finish(_ entries: [UInt8], remainingCount: UInt32) -> [UInt8] {
        var page = entries
        let start = page.count
        let size = WireSize.uint(2, UInt64(remainingCount))
        page.append(contentsOf: repeatElement(0, count: size))
        page.withUnsafeMutableBytes { bytes in
            var writer = WireWriter(UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            writer.uint(2, UInt64(remainingCount))
        }
        return page
    }

    package var encodedSize: Int {
        var size = WireSize.uint(2, UInt64(remainingCount))
        for entry in entries { size += WireSize.delimited(1, entry.status.encodedSize(locations: entry.locations)) }
        return size
    }

    package func encode(to writer: inout WireWriter) {
        for entry in entries {
            writer.header(1, count: entry.status.encodedSize(locations: entry.locations))
            entry.status.encode(to: &writer, locations: entry.locations)
        }
        writer.uint(2, UInt64(remainingCount))
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var entries: [Entry] = []
        var remaining: UInt32?
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (1, .lengthDelimited):
                var fields = try reader.message()
                var locations: LocatedBlocks?
                let status = try FileStatus(from: &fields, locations: &locations)
                entries.append(Entry(status: status, locations: locations))
            case (2, .varint): remaining = try reader.uint32()
            default: try reader.skip(type)
            }
        }
        guard let remaining else { throw WireReader.missing("remainingEntries") }
        self.init(entries: entries, remainingCount: remaining)
    }
}
