/// What a trial's closure gives back under a name: a number, a text, a file or a directory.
public protocol TrialOutput: Sendable {
    /// As it is kept.
    var output: TrialOutputKind { get }
}

extension Double: TrialOutput {
    public var output: TrialOutputKind { .value(.number(self)) }
}

extension Float: TrialOutput {
    public var output: TrialOutputKind { .value(.number(Double(self))) }
}

extension Int: TrialOutput {
    public var output: TrialOutputKind { .value(.number(Double(self))) }
}

extension String: TrialOutput {
    public var output: TrialOutputKind { .value(.text(self)) }
}

extension TrialOutput where Self == TrialFiles {
    /// A file, by its path on this host.
    public static func file(_ path: String) -> TrialFiles { TrialFiles(output: .file(path)) }

    /// A directory, by its path on this host.
    public static func directory(_ path: String) -> TrialFiles { TrialFiles(output: .directory(path)) }
}
