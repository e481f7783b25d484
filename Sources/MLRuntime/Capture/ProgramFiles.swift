import Core
import Glibc

/// The files of a program: what its command names, and the Python modules beside its script.
struct ProgramFiles {
    /// Bounds of a copy: programs are texts; what is larger is data or a build.
    private static let fileBytesMax = 16 << 20
    private static let allBytesMax = 64 << 20
    private static let filesMax = 400
    private static let entriesMax = 5000
    private static let depthMax = 5

    private static let scripts: Set<String> = [
        "py", "ipynb", "sh", "bash", "r", "jl", "pl", "rb", "js", "ts", "lua", "swift", "toml", "yaml", "yml", "json",
        "cfg", "ini", "conf", "txt", "gin",
    ]
    private static let passedBy: Set<String> = ["__pycache__", "node_modules", "site-packages", "build", "dist"]

    private(set) var files: [EnvironmentRecord.File] = []
    private(set) var leftOut: [EnvironmentRecord.LeftOut] = []
    private let directory: String
    private var known: Set<String> = []
    private var bytes = 0
    private var entries = 0

    init(_ command: [String], in directory: String) {
        self.directory = directory
        for (place, argument) in command.enumerated() { take(argument, isProgram: place == 0) }
        let program = command.first?.split(separator: "/").last ?? ""
        guard program.hasPrefix("python") || files.first?.path.hasSuffix(".py") == true else { return }
        if let script = command.first(where: { $0.hasSuffix(".py") && TrialFolder.isFile(absolute($0)) }) {
            takeModules(below: LocalPath.parent(absolute(script)))
        } else if command.contains("-m") {
            takeModules(below: directory)
        }
    }

    private func absolute(_ path: String) -> String { LocalPath.absolute(path, in: directory) }

    /// An argument that names a file.
    private mutating func take(_ argument: String, isProgram: Bool) {
        guard !argument.isEmpty, !argument.utf8.contains(0), argument.utf8.count < 4096 else { return }
        let source = absolute(argument)
        // A program that is found through $PATH is the system's.
        guard TrialFolder.isFile(source), !isProgram || argument.contains("/") else { return }
        // One of a virtual environment is nothing without it: its packages are told of.
        if isProgram, TrialFolder.isFile("\(LocalPath.parent(LocalPath.parent(source)))/pyvenv.cfg") { return }
        let name = argument.split(separator: "/").last.map(String.init) ?? argument
        let ending = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } ?? "" : ""
        let isScript = Self.scripts.contains(ending) || Self.isScript(source)
        guard isScript || isProgram && source.hasPrefix("\(directory)/") else {
            if !isProgram { leave(argument, "its name is not that of a program's file") }
            return
        }
        add(source)
    }

    private mutating func takeModules(below folder: String) {
        // What lies there belongs to everything else, too: the modules right beside the script alone.
        let home = getenv("HOME").map { String(cString: $0) }
        let isCrowded = folder == home || folder == "/" || folder == "/tmp"
        takeModules(below: folder, depth: isCrowded ? Self.depthMax : 0)
    }

    private mutating func takeModules(below folder: String, depth: Int) {
        for name in TrialFolder.entries(folder) where !name.hasPrefix(".") && !Self.passedBy.contains(name) {
            entries += 1
            guard entries <= Self.entriesMax else {
                if entries == Self.entriesMax + 1 {
                    leave(folder, "there are more than \(Self.entriesMax) files around")
                }
                return
            }
            let path = folder == "/" ? "/\(name)" : "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                if depth < Self.depthMax, !TrialFolder.isFile("\(path)/pyvenv.cfg") {
                    takeModules(below: path, depth: depth + 1)
                }
            } else if name.hasSuffix(".py") {
                add(path)
            }
        }
    }

    private mutating func add(_ source: String) {
        guard known.insert(source).inserted else { return }
        let inside = source.hasPrefix("\(directory)/")
        let path = inside ? String(source.dropFirst(directory.utf8.count + 1)) : "outside\(source)"
        var status = stat()
        guard stat(source, &status) == 0 else { return leave(source, "it cannot be read") }
        let length = Int(status.st_size)
        guard length <= Self.fileBytesMax else {
            return leave(source, "it has more than \(Self.fileBytesMax >> 20) MiB")
        }
        guard files.count < Self.filesMax, bytes + length <= Self.allBytesMax else {
            return leave(source, "the program has more than \(Self.filesMax) files or \(Self.allBytesMax >> 20) MiB")
        }
        guard let contents = try? TrialFolder.contents(of: source, bytesMax: Self.fileBytesMax) else {
            return leave(source, "it cannot be read")
        }
        bytes += contents.count
        files.append(
            EnvironmentRecord.File(
                path: path, source: source, bytes: contents.count, checksum: CRC32C.checksum(contents),
                isExecutable: status.st_mode & 0o111 != 0))
    }

    private mutating func leave(_ path: String, _ reason: String) {
        guard leftOut.count < 100 else { return }
        leftOut.append(EnvironmentRecord.LeftOut(path: path, reason: reason))
    }

    /// Whether it begins with `#!`.
    private static func isScript(_ file: String) -> Bool { firstLine(of: file)?.hasPrefix("#!") ?? false }

    /// The first line of a text, as far as it is short.
    static func firstLine(of file: String) -> String? {
        guard let stream = fopen(file, "r") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = fread(&bytes, 1, bytes.count, stream)
        return String(decoding: bytes.prefix(count).prefix { $0 != 10 }, as: UTF8.self)
    }
}
