import Glibc

/// What a program that only makes calls should tell its user all the same.
enum Notice {
    /// A line on standard error; what cannot be written is lost.
    static func say(_ text: String) {
        try? SmallFile.write(Array("hfs: \(text)\n".utf8), to: STDERR_FILENO, of: "standard error")
    }
}
