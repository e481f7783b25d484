/// A kind of operation that the generator repeats: which calls one operation makes, and what a right answer is.
///
/// An operation runs in a slot: slots are independent of one another, so a connection keeps as many operations in flight as
/// it has slots. Used by one thread.
protocol Workload: SendableMetatype {
    /// Appends the first call of the operation with this number.
    mutating func start(operation: Int, slot: Int, callID: Int, _ frame: inout FrameWriter)

    /// Looks at the answer of the slot's call; may append the operation's next call.
    mutating func proceed(operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter)
        -> Step
}

enum Step {
    case finished
    /// Another call was appended.
    case more
    case failed(String)
}

extension Workload {
    mutating func proceed(
        operation: Int, slot: Int, callID: Int, response: Response, _ frame: inout FrameWriter
    ) -> Step {
        response.isSuccess ? .finished : .failed(response.errorText)
    }
}
