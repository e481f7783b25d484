public import Core
import WireProtocol

extension HFSFileSystem {
    /// Files and directories at and below `path` that meet a condition, as they are now: an attribute counts from the answer to
    /// the call that set it. Only what the user may reach and read is found.
    ///
    /// - Parameters:
    ///   - order: an attribute or another field; entries without it are left out. Nil: no particular order.
    ///   - limit: 1 to 10,000; nil takes 1,000.
    ///   - attributes: fields to return; none takes those of condition and order.
    /// - Returns: with `isComplete` false when there are more than the 1,000 without a limit, or may be: as many as the limit.
    ///
    /// Errors: `.fileNotFound`, `.accessDenied` for the path, `.invalidArgument` for fields that cannot be searched,
    /// `.queryTooLarge` when the namenode would have to look at more than a million rows, `.noSuchProtocol` from a namenode that
    /// is not hfs's. A long query sees no single moment: what changes while it runs may be left out.
    public func find(
        _ path: String, where condition: AttributeCondition? = nil, order: FindOrder? = nil, limit: Int? = nil,
        attributes: [String] = []
    ) async throws(HFSError) -> FindResult {
        var request = Hfs_Filesystem_FindRequest()
        request.path = path
        if let condition { request.where = condition.proto }
        if let order {
            request.orderBy = order.field
            request.descending = order.isDescending
        }
        if let limit { request.limit = UInt32(clamping: limit) }
        request.attributes = attributes
        let answer: Hfs_Filesystem_FindResponse = try await namenode.callOwn("find", request)
        let found = answer.found.map { proto in
            FindResult.Entry(
                path: proto.path, inode: InodeID(proto.inode), isDirectory: proto.isDirectory,
                attributes: proto.attributes.map { FindResult.Attribute(name: $0.name, value: $0.bytes) })
        }
        return FindResult(found: found, isComplete: answer.isComplete)
    }
}
