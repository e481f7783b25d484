import Core

/// A row that decodes itself from its image.
protocol StoredRow {
    /// Throws `.corruptMetadata` for a damaged image, `.incompatibleLayout` for one of a newer program.
    init(decoding image: UnsafeRawBufferPointer) throws(HFSError)
}

extension StoredRow {
    init(image: [UInt8]) throws(HFSError) {
        self = try image.withUnsafeBufferPointer { (image) throws(HFSError) in
            try Self(decoding: UnsafeRawBufferPointer(image))
        }
    }
}
