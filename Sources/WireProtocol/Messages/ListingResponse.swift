package import Core
package import NIOCore

/// The answer of getListing: no page where there is no such path.
package struct ListingResponse: WireEncodable, WireDecodable {
    package var page: DirectoryPage?

    package init(page: DirectoryPage?) { self.page = page }

    package var encodedSize: Int { page?.encodedSize(field: 1) ?? 0 }

    package func encode(to writer: inout WireWriter) { page?.encode(field: 1, to: &writer) }

    /// The response around a page that is already encoded.
    package static func encode(page: [UInt8]?, into buffer: inout ByteBuffer) {
        guard let page else { return }
        let headSize = WireSize.delimited(1, page.count) - page.count
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: headSize) { memory in
            var writer = WireWriter(memory)
            writer.header(1, count: page.count)
            return writer.offset
        }
        buffer.writeBytes(page)
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        var page: DirectoryPage?
        while let (number, type) = try reader.nextField() {
            if number == 1, type == .lengthDelimited {
                page = try reader.embedded(DirectoryPage.self, replacing: page)
            } else {
                try reader.skip(type)
            }
        }
        self.page = page
    }
}
