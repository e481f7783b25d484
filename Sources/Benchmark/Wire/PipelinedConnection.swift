import Core
import Transport

/// One connection that keeps a fixed number of operations in flight until all are done. Used by one thread.
final class PipelinedConnection {
    struct Result: Sendable {
        var histogram = LatencyHistogram()
        var errors = 0
        var firstError: String?
    }

    private let socket: PlainSocket
    private var frame: FrameWriter
    private var input = [UInt8](repeating: 0, count: 1 << 20)
    private var inputEnd = 0
    private var round = 0

    /// To a target, as its user or with its token.
    init(_ target: Target) throws(HFSError) {
        socket = try PlainSocket(host: target.host, port: target.port)
        var random = SplitMix64(Stopwatch.nowNs)
        frame = FrameWriter(clientID: (0..<16).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        if let token = target.token { try logIn(token) } else { frame.appendPreface(user: target.user) }
    }

    private func logIn(_ token: DelegationToken) throws(HFSError) {
        var login = TokenLogin(token: token)
        frame.append(try login.opening())
        var isKnown = false
        while !isKnown {
            try flush()
            var failure: HFSError?
            try receive { response in
                guard failure == nil, !isKnown else { return }
                do throws(HFSError) {
                    guard response.isSuccess else { throw HFSError(.authenticationFailed, response.errorText) }
                    if let answer = try login.answer(response.body) { frame.append(answer) } else { isKnown = true }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
        frame.appendContext(user: nil)
    }

    /// Runs operations 0..<`operations`, `depth` at a time, as long as `goesOn` says so.
    func run<W: Workload>(
        _ workload: inout W, operations: Int, depth: Int, goesOn: () -> Bool = { true }
    ) throws(HFSError) -> Result {
        var result = Result()
        let slots = min(depth, operations)
        // A call id names its slot; the round keeps ids of one connection from repeating, which a retry cache would answer.
        var operationOf = [Int](repeating: 0, count: slots)
        var startedNs = [UInt64](repeating: 0, count: slots)
        var next = 0
        var open = 0
        func callID(_ slot: Int) -> Int {
            round += 1
            return (round % (Int(Int32.max) / slots - 1)) * slots + slot
        }
        for slot in 0..<slots {
            operationOf[slot] = next
            startedNs[slot] = Stopwatch.nowNs
            workload.start(operation: next, slot: slot, callID: callID(slot), &frame)
            next += 1
            open += 1
        }
        try flush()
        while open > 0 {
            try receive { (response) in
                let slot = response.callID % slots
                let step = workload.proceed(
                    operation: operationOf[slot], slot: slot, callID: callID(slot), response: response, &frame)
                switch step {
                case .more: return
                case .finished: break
                case .failed(let error):
                    result.errors += 1
                    if result.firstError == nil { result.firstError = error }
                }
                let now = Stopwatch.nowNs
                result.histogram.record(now - startedNs[slot])
                guard next < operations, goesOn() else {
                    open -= 1
                    return
                }
                operationOf[slot] = next
                startedNs[slot] = now
                workload.start(operation: next, slot: slot, callID: callID(slot), &frame)
                next += 1
            }
            try flush()
        }
        return result
    }

    private func flush() throws(HFSError) {
        guard !frame.isEmpty else { return }
        let failure: HFSError? = frame.bytes.withUnsafeBytes { bytes in
            do throws(HFSError) { try socket.sendAll(bytes) } catch { return error }
            return nil
        }
        frame.removeAll()
        if let failure { throw failure }
    }

    /// Waits for at least one byte and hands over every whole response that is there.
    private func receive(_ body: (Response) -> Void) throws(HFSError) {
        if inputEnd == input.count { input.append(contentsOf: [UInt8](repeating: 0, count: input.count)) }
        let end = inputEnd
        var failure: HFSError?
        let received: Int = input.withUnsafeMutableBytes { bytes in
            do throws(HFSError) {
                return try socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: bytes[end...]))
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        inputEnd += received
        var start = 0
        var isMalformed = false
        input.withUnsafeBytes { bytes in
            while inputEnd - start >= 4 {
                let length = (0..<4).reduce(0) { $0 << 8 | Int(bytes[start + $1]) }
                guard inputEnd - start - 4 >= length else { break }
                let body4 = UnsafeRawBufferPointer(rebasing: bytes[start + 4..<start + 4 + length])
                guard let response = Response(frame: body4) else {
                    isMalformed = true
                    return
                }
                body(response)
                start += 4 + length
            }
        }
        guard !isMalformed else { throw HFSError(.malformedRequest, "the server's answer is no Hadoop RPC response") }
        if start > 0 {
            input.withUnsafeMutableBytes { bytes in
                UnsafeMutableRawBufferPointer(rebasing: bytes[..<(inputEnd - start)])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<inputEnd]))
            }
            inputEnd -= start
        }
    }
}
