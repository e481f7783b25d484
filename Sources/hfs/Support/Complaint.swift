import Core
import FoundationEssentials
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

    var description: String {
        subject.isEmpty ? reason : "\(ShellQuote.hasControl(subject) ? ShellQuote.text(subject) : subject): \(reason)"
    }

    /// `error` as a complaint about `subject`.
    init(_ error: any Error, about subject: String) {
        switch error {
        case let complaint as Complaint: self = complaint
        case let error as HFSError: self.init(subject, Self.reason(error))
        case let error as CocoaError: self.init(subject, Self.reason(error))
        default: self.init(subject, "\(error)")
        }
    }

    /// What Foundation's file operations failed with: the system call's words.
    static func reason(_ error: CocoaError) -> String {
        guard let cause = error.underlying as? POSIXError else { return "\(error)" }
        return String(cString: strerror(cause.code.rawValue))
    }

    static func reason(_ error: HFSError) -> String {
        switch error.code {
        // HDFS has one exception for what is missing and for a directory where a file is meant.
        case .fileNotFound where error.message.contains("Path is not a file"): return "Is a directory"
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
