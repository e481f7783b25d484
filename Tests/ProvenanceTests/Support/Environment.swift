import Foundation

/// The process's environment.
enum Environment {
    static subscript(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }
}
