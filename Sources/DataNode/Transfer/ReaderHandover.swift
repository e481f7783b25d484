internal import Transport

/// Takes a reader from one thread to another.
///
/// Unchecked: the thread that makes this does not touch the reader again, and one other thread takes it.
final class ReaderHandover: @unchecked Sendable {
    let reader: BufferedSocketReader

    init(_ reader: BufferedSocketReader) { self.reader = reader }
}
