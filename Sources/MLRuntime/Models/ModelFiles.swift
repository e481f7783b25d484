import Client
import Core
import FoundationEssentials
import Glibc

/// The files of a model on their way. The registry's own files of an earlier export are left out.
enum ModelFiles {
    private static let depthMax = 64

    /// Copies the local file `path`, or all files below it, into `target`; how many. Symbolic links are followed.
    static func upload(_ path: String, to target: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> Int {
        let files = try await BlockingWork.run(name: "hfs-model") { () throws(HFSError) in try local(path, "", 0) }
        for file in files {
            let source = file.isEmpty ? path : "\(path)/\(file)"
            try await FileCopy.uploadFile(source, to: "\(target)/\(file.isEmpty ? name(path) : file)", on: fileSystem)
        }
        return files.count
    }

    /// Copies the stored file `path`, or all files below it, into `target`; how many.
    static func copy(_ path: String, to target: String, on fileSystem: HFSFileSystem) async throws(HFSError) -> Int {
        guard try await fileSystem.status(of: path).isDirectory else {
            try await copyFile(path, to: "\(target)/\(name(path))", on: fileSystem)
            return 1
        }
        return try await copyTree(path, to: target, on: fileSystem, isTop: true)
    }

    /// Copies all files below `path` into the local directory `folder`, which is new.
    static func download(_ path: String, to folder: String, on fileSystem: HFSFileSystem) async throws(HFSError) {
        var status = stat()
        guard lstat(folder, &status) != 0 else {
            throw HFSError(.alreadyExists, "It is there already", subject: folder)
        }
        let partial = "\(folder).\(String(UInt64.random(in: .min ... .max), radix: 16))._COPYING_"
        guard mkdir(partial, 0o755) == 0 else { throw failure("make", partial) }
        do throws(HFSError) {
            try await FileCopy.download(path, to: partial, on: fileSystem)
            guard rename(partial, folder) == 0 else { throw failure("make", folder) }
        } catch {
            _ = try? await BlockingWork.run(name: "hfs-model") { () throws(HFSError) in
                try? FileManager.default.removeItem(atPath: partial)
            }
            throw error
        }
    }

    // MARK: Parts

    private static func copyTree(
        _ path: String, to target: String, on fileSystem: HFSFileSystem, isTop: Bool
    ) async throws(HFSError) -> Int {
        var count = 0
        for try await entry in fileSystem.list(path) {
            let name = String(decoding: entry.name, as: UTF8.self)
            if isTop, ModelRecord.ownFiles.contains(name) { continue }
            if entry.isDirectory {
                count += try await copyTree("\(path)/\(name)", to: "\(target)/\(name)", on: fileSystem, isTop: false)
            } else {
                try await copyFile("\(path)/\(name)", to: "\(target)/\(name)", on: fileSystem)
                count += 1
            }
        }
        return count
    }

    private static func copyFile(
        _ path: String, to target: String, on fileSystem: HFSFileSystem
    ) async throws(HFSError) {
        let reader = try await fileSystem.open(path)
        let writer: FileWriter
        do throws(HFSError) {
            writer = try await fileSystem.create(target)
            for try await chunk in reader.chunks() { try await writer.write(chunk) }
        } catch {
            await reader.close()
            throw error
        }
        await reader.close()
        try await writer.close()
    }

    /// Paths of files from `path` on; an empty one for a file itself.
    private static func local(_ path: String, _ below: String, _ depth: Int) throws(HFSError) -> [String] {
        let place = below.isEmpty ? path : "\(path)/\(below)"
        var status = stat()
        guard stat(place, &status) == 0 else { throw failure("read", place) }
        if status.st_mode & S_IFMT == S_IFREG { return [below] }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw HFSError(.invalidArgument, "It is neither a file nor a directory", subject: place)
        }
        guard depth < depthMax else {
            throw HFSError(.invalidArgument, "Too many levels of directories", subject: place)
        }
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
        } catch {
            throw HFSError(.io, "Cannot list \(place)", cause: "\(error)")
        }
        var files: [String] = []
        for name in names where !(below.isEmpty && ModelRecord.ownFiles.contains(name)) {
            files += try local(path, below.isEmpty ? name : "\(below)/\(name)", depth + 1)
        }
        return files
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

    private static func failure(_ what: String, _ path: String) -> HFSError {
        let code: HFSError.Code = errno == ENOENT ? .fileNotFound : errno == EACCES ? .accessDenied : .io
        return HFSError(code, "Cannot \(what) it", subject: path, cause: String(cString: strerror(errno)))
    }
}
