import Core
import Glibc

/// A failure in the words of a Unix tool: what it is about, and why.
struct Complaint: Error, CustomStringConvertible {
    let subject: String
    let reason: String

    init(_ subject: String, _ reason: String) {
        self.subject = subject
        self.reason = reason
    }

    /// What the last system call on `subject` failed with.
    init(errnoOf subject: String, _ code: Int32 = errno) {
        self.subject = subject
        reason = String(cString: strerror(code))
    }

    var description: String { subject.isEmpty ? reason : "\(subject): \(reason)" }

    /// `error` as a complaint about `subject`.
    init(_ error: any Error, about subject: String) {
        switch error {
        case let complaint as Complaint: self = complaint
        case let error as HFSError: self.init(subject, Self.reason(error))
        default: self.init(subject, "\(error)")
        }
    }

    private static func reason(_ error: HFSError) -> String {
        switch error.code {
        case .fileNotFound: return "No such file or directory"
        case .alreadyExists: return "File exists"
        case .notADirectory, .pathNotADirectory: return "Not a directory"
        case .directoryNotEmpty: return "Directory not empty"
        case .nameTooLong: return "File name too long"
        case .noSpace: return "No space left on device"
        case .xattrNotFound: return "No such attribute"
        case .connectionFailed: return "\(error) (is it running? 'hfs cluster start' starts one on this machine)"
        default:
            // A remote message may carry a stack trace below its first line.
            let text = "\(error)"
            return text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? text
        }
    }
}
