import Client
import Core
import Glibc

/// Files between an attempt's local directory and the filesystem.
enum FileCopy {
    private static let chunkBytes = 1 << 20

    /// Copies all regular files below the local `folder` to `target`; how many there were.
    @discardableResult
    static func upload(_ folder: String, to target: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> Int
    {
        let files = TrialFolder.files(in: folder)
        for file in files { try await uploadFile("\(folder)/\(file)", to: "\(target)/\(file)", on: fileSystem) }
        return files.count
    }

    /// Copies a local file; the CRC32C of what was copied.
    @discardableResult
    static func uploadFile(
        _ file: String, to target: String, mode: FileMode? = nil, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> UInt32 {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TrialFolder.error("read \(file)") }
        defer { close(descriptor) }
        let writer = try await fileSystem.create(target, CreateOptions(overwrites: true, mode: mode))
        var sum: UInt32 = 0
        while true {
            let chunk = try await BlockingWork.run(name: "hfs-trial") { () throws(HFSError) -> [UInt8] in
                var buffer = [UInt8](repeating: 0, count: chunkBytes)
                let count = read(descriptor, &buffer, buffer.count)
                guard count >= 0 else { throw TrialFolder.error("read \(file)") }
                return Array(buffer.prefix(count))
            }
            if chunk.isEmpty { break }
            sum = CRC32C.checksum(chunk, continuing: sum)
            try await writer.write(chunk)
        }
        try await writer.close()
        return sum
    }

    /// Copies all files below `source` into the local `folder`; nothing when there is no `source`.
    static func download(_ source: String, to folder: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        guard try await fileSystem.exists(source) else { return }
        for try await entry in fileSystem.list(source) {
            let name = String(decoding: entry.name, as: UTF8.self)
            let (from, to) = ("\(source)/\(name)", "\(folder)/\(name)")
            if entry.isDirectory {
                guard mkdir(to, 0o755) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(to)") }
                try await download(from, to: to, on: fileSystem)
            } else {
                try await downloadFile(from, to: to, on: fileSystem)
            }
        }
    }

    /// Copies a file, or a directory with all below it.
    static func downloadAny(_ source: String, to target: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        guard try await fileSystem.status(of: source).isDirectory else {
            try await downloadFile(source, to: target, on: fileSystem)
            return
        }
        guard mkdir(target, 0o755) == 0 || errno == EEXIST else { throw TrialFolder.error("make \(target)") }
        try await download(source, to: target, on: fileSystem)
    }

    /// Copies a file to a local one; the CRC32C of what was copied.
    @discardableResult
    static func downloadFile(
        _ source: String, to file: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) -> UInt32 {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw TrialFolder.error("write \(file)") }
        defer { close(descriptor) }
        let reader = try await fileSystem.open(source)
        var sum: UInt32 = 0
        for try await chunk in reader.chunks() {
            sum = CRC32C.checksum(chunk, continuing: sum)
            try await BlockingWork.run(name: "hfs-trial") { () throws(HFSError) in
                var done = 0
                while done < chunk.count {
                    let count = chunk.withUnsafeBytes {
                        write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
                    }
                    guard count > 0 else { throw TrialFolder.error("write \(file)") }
                    done += count
                }
            }
        }
        await reader.close()
        return sum
    }
}
