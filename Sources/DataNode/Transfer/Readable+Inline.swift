internal import Core

extension BlockStore.Readable {
    /// An inline block, with the checksums that it would have on a disk.
    init(inline bytes: [UInt8], generationStamp: GenerationStamp) {
        let format = ChecksumFormat.standard
        var sums = format.header
        let count = Int(format.chunkCount(UInt64(bytes.count))) * format.sumBytes
        sums += [UInt8](unsafeUninitializedCapacity: count) { memory, initialized in
            guard let base = memory.baseAddress else { return }
            bytes.withUnsafeBytes { CRC32C.fill(base, for: $0, chunkBytes: format.chunkBytes) }
            initialized = count
        }
        let length = UInt64(bytes.count)
        self.init(
            data: .memory(bytes), sums: .memory(sums), format: format, generationStamp: generationStamp,
            state: .finalized, length: length, visibleLength: length, partialSum: nil, sumsHead: sums,
            origin: .namenode)
    }
}
