import Core

/// Which experiment call of which run of a program an experiment is: how a worker finds its closure, and a program that was killed
/// and started again what it has done already.
///
///     run-17/2 1f3a0c22 ablation      the second call of run-17, with a space of that fingerprint and of that name
public struct ProgramCall: Hashable, Sendable, Codable {
    /// The program's run.
    public var run: UInt64
    /// From 1, in the order in which the program makes its calls.
    public var ordinal: Int
    public var name: String
    /// The fingerprint of the search space.
    public var space: String

    init(run: RunID, ordinal: Int, name: String, space: String) {
        self.run = run.rawValue
        self.ordinal = ordinal
        self.name = name
        self.space = space
    }

    /// Reads what `text` writes; `.corruptMetadata` for anything else.
    init(_ text: String) throws(HFSError) {
        let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
        let place = parts.first?.split(separator: "/").map(String.init) ?? []
        guard parts.count == 3, place.count == 2, let run = RunID(place[0]), let ordinal = Int(place[1]) else {
            throw HFSError(.corruptMetadata, "'\(text)' is no call of a program")
        }
        self.init(run: run, ordinal: ordinal, name: parts[2], space: parts[1])
    }

    var text: String { "\(Self.prefix(RunID(run), ordinal))\(space) \(name)" }

    /// The beginning of the text of any call of that number.
    static func prefix(_ run: RunID, _ ordinal: Int) -> String { "\(run)/\(ordinal) " }

    /// Throws unless the program's call is the one that was made before: both are named.
    func checkSame(as made: ProgramCall) throws(HFSError) {
        guard name != made.name || space != made.space else { return }
        throw HFSError(
            .invalidArgument,
            "Call \(ordinal) of this program is experiment '\(name)' with the space \(space), but in \(RunID(run)) it was "
                + "'\(made.name)' with the space \(made.space): what the program does before an experiment must be the same each "
                + "time (HFS_PROGRAM_RUN=new begins anew)")
    }
}
