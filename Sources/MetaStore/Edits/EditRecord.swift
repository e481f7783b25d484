package import Core

/// One record of the edits log, decoded.
package struct EditRecord: Sendable {
    package struct Retry: Hashable, Sendable {
        package var clientID: [UInt8] { client.bytes }
        package var callID: Int32
        package var answer: [UInt8]
        let client: ClientKey
    }

    package var lsn: LSN
    package var epoch: UInt32
    /// When it was planned, milliseconds since 1970.
    package var timeMs: Int64
    package var origin: EditOrigin
    package var mutation: Mutation
    package var retry: Retry?
    /// Ids below these may have been handed out.
    package var reservation: IDRange?
}
