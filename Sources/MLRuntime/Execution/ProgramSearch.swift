import Core
import Glibc

/// Programs as a shell finds them.
package enum ProgramSearch {
    /// Whether `program` could be started: by its path, or in one of the directories of $PATH.
    package static func canRun(_ program: String) -> Bool {
        if program.contains("/") { return isProgram(program) }
        return (Environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").contains { isProgram("\($0)/\(program)") }
    }

    package static var currentDirectory: String {
        guard let path = getcwd(nil, 0) else { return "/" }
        defer { free(path) }
        return String(cString: path)
    }

    /// The file of this process's own program.
    public static var thisProgram: String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : "hfs"
    }

    private static func isProgram(_ path: String) -> Bool {
        var status = stat()
        return access(path, X_OK) == 0 && stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
