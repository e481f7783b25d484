package import Core

/// The answer of getListing: no page where there is no such path.
package struct ListingResponse: WireEncodable, WireDecodable {
    package var page: DirectoryPage?

    package init(page: DirectoryPage?) { self.page = page }

    package var encodedSize: Int { page?.encodedSize(field: 1) ?? 0 }

    package func encode(to writer: inout WireWriter) { page?.encode(field: 1, to: &writer) }

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
