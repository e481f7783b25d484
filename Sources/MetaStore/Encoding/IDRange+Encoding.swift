extension IDRange {
    static let encodedBytes = 25

    func encode(into writer: ByteWriter) {
        writer.put(inodeSequence)
        writer.put(blockSequence)
        writer.put(generationStamp)
        writer.put(directoryShard)
    }

    init(from reader: inout ByteReader) {
        self.init(
            inodeSequence: reader.get(UInt64.self), blockSequence: reader.get(UInt64.self),
            generationStamp: reader.get(UInt64.self), directoryShard: reader.get(UInt8.self))
    }
}
