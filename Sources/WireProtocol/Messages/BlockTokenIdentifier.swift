package import Core

/// BlockTokenSecretProto, as far as hfs fills it in: by which datanodes tell the namenode which run read what. For all blocks of
/// the file.
package struct BlockTokenIdentifier: Hashable, Sendable, WireEncodable, WireDecodable {
    package var keyID: UInt32
    package var user: String
    package var poolID: String
    package var run: UInt64
    package var inode: UInt64
    /// Of the file when it was opened, as `modifiedMs`.
    package var length: UInt64
    package var modifiedMs: Int64

    package init(
        keyID: UInt32, user: String, poolID: String, run: UInt64, inode: UInt64, length: UInt64, modifiedMs: Int64
    ) {
        self.keyID = keyID
        self.user = user
        self.poolID = poolID
        self.run = run
        self.inode = inode
        self.length = length
        self.modifiedMs = modifiedMs
    }

    private static let mayRead: UInt64 = 1

    package var encodedSize: Int {
        WireSize.uint(2, UInt64(keyID)) + WireSize.string(3, user) + WireSize.string(4, poolID)
            + WireSize.uint(6, Self.mayRead) + WireSize.uint(1000, run) + WireSize.uint(1001, inode)
            + WireSize.uint(1002, length) + WireSize.uint(1003, UInt64(bitPattern: modifiedMs))
    }

    package func encode(to writer: inout WireWriter) {
        writer.uint(2, UInt64(keyID))
        writer.string(3, user)
        writer.string(4, poolID)
        writer.uint(6, Self.mayRead)
        writer.uint(1000, run)
        writer.uint(1001, inode)
        writer.uint(1002, length)
        writer.uint(1003, UInt64(bitPattern: modifiedMs))
    }

    package var bytes: [UInt8] {
        let size = encodedSize
        return [UInt8](unsafeUninitializedCapacity: size) { memory, count in
            var writer = WireWriter(UnsafeMutableRawBufferPointer(memory))
            encode(to: &writer)
            precondition(writer.offset == size, "protobuf message shorter than computed")
            count = size
        }
    }

    package init(from reader: inout WireReader) throws(HFSError) {
        self.init(keyID: 0, user: "", poolID: "", run: 0, inode: 0, length: 0, modifiedMs: 0)
        var hasRun = false
        while let (number, type) = try reader.nextField() {
            switch (number, type) {
            case (2, .varint): keyID = try reader.uint32()
            case (3, .lengthDelimited): user = try reader.string()
            case (4, .lengthDelimited): poolID = try reader.string()
            case (1000, .varint):
                run = try reader.varint()
                hasRun = true
            case (1001, .varint): inode = try reader.varint()
            case (1002, .varint): length = try reader.varint()
            case (1003, .varint): modifiedMs = Int64(bitPattern: try reader.varint())
            default: try reader.skip(type)
            }
        }
        guard hasRun else { throw WireReader.missing("run") }
    }
}
