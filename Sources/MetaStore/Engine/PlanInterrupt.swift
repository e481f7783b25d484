package import Core

/// Why a body over a `MetadataView` did not finish.
package enum PlanInterrupt: Error, Sendable {
    /// Rows that are not in memory: the engine fetches them and runs the body again.
    case needRows([RowRequest])
    /// The operation is refused; nothing changes.
    case refused(HFSError)
}

/// Rows that a plan or a read is missing.
package enum RowRequest: Hashable, Sendable {
    case row(RowKey)
    case scan(Table, UInt64, after: [UInt8]?, limit: Int)
    /// Downwards.
    case scanBack(Table, UInt64, before: [UInt8], limit: Int)
}
