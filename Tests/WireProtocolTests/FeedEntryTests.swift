import Core
import Testing
import WireProtocol

@Suite("Feed entries on the wire")
struct FeedEntryTests {
    @Test("a kind from a newer version is refused, not misread")
    func unknownKind() {
        var proto = Hfs_Filesystem_Event()
        proto.kind = 200
        #expect(throws: HFSError.self) { try FeedEntry(proto) }
    }
}
