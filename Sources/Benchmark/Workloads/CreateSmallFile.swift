import Core

/// Creates files of one byte in one call of hfs's own protocol: each has a block, which the namenode keeps.
struct CreateSmallFile: Workload {
    let directory: String
    let prefix: String
    let clientName: String

    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter) {
        let content: [UInt8] = [0x61]
        // As CreateFile does; the rest is overwrite or create, parents, one replica, 128 MiB a block.
        var create: [UInt8] = []
        FrameWriter.appendField(1, "\(directory)/\(prefix)\(operation)", to: &create)
        FrameWriter.appendField(2, [8, 0xa4, 3], to: &create)
        FrameWriter.appendField(3, clientName, to: &create)
        create += [4 << 3, 3, 5 << 3, 1, 6 << 3, 1, 7 << 3, 0x80, 0x80, 0x80, 0x40]
        frame.appendCall(.createInline, callID: callID) {
            $0.field(1, create)
            $0.field(2, content)
            $0.field(3, UInt64(CRC32C.checksum(content)))
        }
    }
}
