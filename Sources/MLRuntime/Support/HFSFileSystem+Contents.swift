import Client
import Core

extension HFSFileSystem {
    /// A small file's bytes.
    func contents(of path: String) async throws(HFSError) -> [UInt8] {
        let reader = try await open(path)
        let result: Result<[UInt8], HFSError>
        do throws(HFSError) {
            result = .success(try await reader.read(at: 0, count: Int(clamping: reader.length)))
        } catch {
            result = .failure(error)
        }
        await reader.close()
        return try result.get()
    }

    /// Writes a file whole, in place of one of that name.
    func write(_ bytes: [UInt8], to path: String) async throws(HFSError) {
        try await write(bytes, to: path, CreateOptions(overwrites: true))
    }

    /// An attribute as a text; nil where there is none.
    func textAttribute(_ name: String, of path: String) async throws(HFSError) -> String? {
        guard let attribute = ExtendedAttribute(fullName: name) else { return nil }
        let all = try await xattrs(of: path)
        let found = all.first { $0.namespace == attribute.namespace && $0.name == attribute.name }
        return found.map { String(decoding: $0.value, as: UTF8.self) }
    }

    /// Sets an attribute of `ml`.
    func setAttribute(_ name: String, _ value: String, of path: String) async throws(HFSError) {
        guard let attribute = ExtendedAttribute(fullName: name, value: Array(value.utf8)) else {
            preconditionFailure("\(name) is an attribute")
        }
        try await setXAttr(path, attribute)
    }

    /// Changes an attribute from what the caller knows; false when it was something else. nil: absent.
    func exchange(
        _ name: String, of path: String, from old: String?, to new: String?
    ) async throws(HFSError) -> Bool {
        let answer = try await compareAndSetXAttr(
            path, name, old: old.map { Array($0.utf8) }, new: new.map { Array($0.utf8) })
        return answer == .set
    }
}
