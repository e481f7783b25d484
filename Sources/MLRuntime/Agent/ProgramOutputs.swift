import Core

/// What a program leaves in the file of `HFS_OUTPUTS`: an object of numbers and texts. A text that names a file of the trial's
/// local directory, or any absolute path of a file, has that file collected.
struct ProgramOutputs {
    /// Longest file that is read.
    private static let bytesMax = 1 << 20

    private(set) var numbers: [String: Double] = [:]
    private(set) var texts: [String: String] = [:]
    /// The file as it is; nil when the program wrote none.
    private(set) var bytes: [UInt8]?

    /// `.invalidArgument` for what is no such object.
    init(_ file: String) throws(HFSError) {
        guard let bytes = try TrialFolder.contents(of: file, bytesMax: Self.bytesMax) else { return }
        self.bytes = bytes
        let values: [String: ParameterValue]
        do throws(HFSError) {
            values = try CanonicalJSON.value([String: ParameterValue].self, from: bytes)
        } catch {
            throw HFSError(
                .invalidArgument, "The file of HFS_OUTPUTS is no JSON object of numbers and strings", cause: error.cause
            )
        }
        for (name, value) in values {
            switch value {
            case .number(let number): numbers[name] = number
            case .text(let text): texts[name] = text
            }
        }
    }

    /// The files that texts name, each with the name under which it is kept.
    func files(in folder: String) -> [(name: String, file: String)] {
        texts.sorted { $0.key < $1.key }.compactMap { name, text in
            guard !text.isEmpty, !text.utf8.contains(0), !text.utf8.contains(10) else { return nil }
            let file = text.hasPrefix("/") ? text : "\(folder)/\(text)"
            guard TrialFolder.isFile(file), let last = file.split(separator: "/").last else { return nil }
            return (String(last), file)
        }
    }
}
