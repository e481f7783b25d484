public import Core
import Glibc
import WireProtocol

extension HFSFileSystem {
    /// Gives a finished directory its published name, `target/<version>`, in one step: sealed, so that its contents and the
    /// names in it do not change any more, and with these attributes. Of several who publish at once each gets a version of its
    /// own; a version is never given out twice. Directories above are made.
    ///
    /// In a worker of a program that has not come to its trial (`HFS_WORKER` is set) nothing is published, since the program itself has
    /// done so: the answer is the newest version there is, 0 where there is none.
    ///
    /// Errors: `.alreadyBeingCreated` while a file in it is open, `.alreadyExists` when it is published already,
    /// `.accessDenied` unless the user owns it and may rename it to there.
    public func publish(
        _ staging: String, as target: String, attributes: [ExtendedAttribute] = []
    ) async throws(HFSError) -> PublishedVersion {
        if getenv("HFS_WORKER") != nil { return try await newestVersion(of: target) }
        var request = Hfs_Filesystem_PublishRequest()
        request.staging = staging
        request.target = target
        request.attributes = attributes.map { Hfs_Filesystem_FoundAttribute($0.fullName, $0.value) }
        let answer: Hfs_Filesystem_PublishResponse = try await namenode.callOwn("publish", request)
        return PublishedVersion(path: answer.path, version: answer.version)
    }

    private func newestVersion(of target: String) async throws(HFSError) -> PublishedVersion {
        var version: UInt64 = 0
        do throws(HFSError) {
            for try await entry in list(target) {
                version = max(version, UInt64(String(decoding: entry.name, as: UTF8.self)) ?? 0)
            }
        } catch {
            guard error.code == .fileNotFound else { throw error }
        }
        return PublishedVersion(path: "\(target)/\(version)", version: version)
    }
}
