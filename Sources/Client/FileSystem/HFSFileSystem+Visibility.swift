package import Core
import WireProtocol

extension HFSFileSystem {
    /// What a user may know of an inode.
    package enum Visibility: Sendable { case visible, hidden, missing }

    /// For superusers: which of the inodes a user may reach and list, then in which of the directories they could see what
    /// lies there; in the order asked, at most `Limits.visibilityChecksMax`.
    package func visibility(
        of inodes: [InodeID], inside directories: [InodeID] = [], for user: String
    ) async throws(HFSError) -> [Visibility] {
        var request = Hfs_Filesystem_CheckVisibleRequest()
        request.user = user
        request.inodes = inodes.map(\.rawValue)
        request.directories = directories.map(\.rawValue)
        let answer: Hfs_Filesystem_CheckVisibleResponse = try await namenode.callOwn("checkVisible", request)
        return answer.visibilities.map { visibility in
            switch visibility {
            case .visible: .visible
            case .hidden: .hidden
            case .missing: .missing
            }
        }
    }
}
