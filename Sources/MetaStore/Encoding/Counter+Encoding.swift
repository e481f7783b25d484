internal import Core

extension Counter {
    /// The form of a counter's row and of a delta in an edits record.
    func encode(into writer: ByteWriter) {
        writer.putSigned(children)
        writer.putSigned(files)
        writer.putSigned(directories)
        writer.putSigned(length)
        writer.putSigned(space)
        writer.putSigned(modifiedMs)
    }

    init(from reader: inout ByteReader) {
        self.init()
        children = reader.getSigned()
        files = reader.getSigned()
        directories = reader.getSigned()
        length = reader.getSigned()
        space = reader.getSigned()
        modifiedMs = reader.getSigned()
    }

    var image: [UInt8] {
        let writer = ByteWriter(capacity: 64)
        encode(into: writer)
        return writer.array
    }

    /// The row image, for tests that compare files.
    package var encodedForTests: [UInt8] { image }

    init(image: [UInt8]) throws(HFSError) {
        var counter = Counter()
        let isWhole = image.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            counter = Counter(from: &reader)
            return !reader.isBroken && reader.isAtEnd
        }
        guard isWhole else { throw HFSError(.corruptMetadata, "a counter row does not decode") }
        self = counter
    }
}
