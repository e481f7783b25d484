import Glibc
import MLRuntime

/// Finds TensorBoard on this host.
enum TensorBoardProgram {
    /// The program and what comes before its own arguments. Throws a complaint that says how to install it.
    static func command(python: String?) throws -> [String] {
        guard let python else {
            guard ProgramSearch.canRun("tensorboard") else {
                throw Complaint(
                    "tensorboard",
                    "No such program: 'python3 -m venv tb && tb/bin/pip install tensorboard' makes one, --python tb uses it"
                )
            }
            return ["tensorboard"]
        }
        let isEnvironment = (try? LocalTree.entry(python).kind) == .directory
        let program = isEnvironment ? "\(python)/bin/python" : python
        guard ProgramSearch.canRun(program) else { throw Complaint(program, "No such program") }
        // It is started in another directory: Python looks for modules where it is.
        let isRelative = program.contains("/") && !program.hasPrefix("/")
        return [isRelative ? "\(ProgramSearch.currentDirectory)/\(program)" : program, "-m", "tensorboard.main"]
    }
}
