import Core
import FoundationEssentials
import Glibc

/// A local directory that only its user can read, for as long as a command runs: copies of event files, and what TensorBoard leaves
/// in a directory for temporary files.
struct MirrorFolder {
    private let path: String

    var events: String { "\(path)/events" }
    var temporary: String { "\(path)/tmp" }

    init() throws {
        let parent = Environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/hfs-tensorboard-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Complaint(errnoOf: parent) }
        path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        for folder in [events, temporary] where mkdir(folder, 0o700) != 0 {
            let complaint = Complaint(errnoOf: folder)
            remove()
            throw complaint
        }
    }

    /// Removes it with all that is in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
