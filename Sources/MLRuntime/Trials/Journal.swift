public import Core

/// The journal as bytes: one record a line, in canonical JSON.
public enum Journal {
    public static func line(_ record: JournalRecord) throws(HFSError) -> [UInt8] {
        try CanonicalJSON.bytes(record) + [UInt8(ascii: "\n")]
    }

    /// The records in `bytes` and how many bytes hold them. A last line without its end was being written when the writer
    /// died: it was not acted on and is left out. Any other line that is no record is `.corruptMetadata`.
    public static func records(in bytes: [UInt8]) throws(HFSError) -> (records: [JournalRecord], validBytes: Int) {
        var records: [JournalRecord] = []
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            do throws(HFSError) {
                if end > start {
                    records.append(try CanonicalJSON.value(JournalRecord.self, from: bytes[start..<end]))
                }
            } catch {
                throw HFSError(
                    .corruptMetadata, "Line \(records.count + 1) of the journal is no record", cause: error.description)
            }
            start = end + 1
        }
        return (records, start)
    }
}
