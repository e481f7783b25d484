import ArgumentParser

/// What put, get and cp have in common.
struct TransferOptions: ParsableArguments {
    @Flag(name: .short, help: "Replace files that exist.")
    var force = false

    @Flag(name: .short, help: "Copy directories with all they hold.")
    var recursive = false

    @Flag(name: .short, help: "Keep the times of files.")
    var preserve = false

    @Option(name: .short, help: ArgumentHelp("Files under way at once.", valueName: "count"))
    var jobs = 4

    static let jobsMax = 64

    func validate() throws {
        guard 1...Self.jobsMax ~= jobs else { throw ValidationError("-j takes 1 to \(Self.jobsMax)") }
    }
}
