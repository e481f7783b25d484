import Core
import GRDB

/// A prepared statement whose errors are `HFSError`s.
struct GraphStatement {
    private let statement: Statement

    init(_ statement: Statement) { self.statement = statement }

    func run(_ arguments: StatementArguments) throws(HFSError) {
        do {
            statement.setUncheckedArguments(arguments)
            try statement.execute()
        } catch {
            throw GraphStore.error(error)
        }
    }

    func first(_ arguments: StatementArguments) throws(HFSError) -> Row? {
        do {
            return try Row.fetchOne(statement, arguments: arguments)
        } catch {
            throw GraphStore.error(error)
        }
    }

    func all(_ arguments: StatementArguments) throws(HFSError) -> [Row] {
        do {
            return try Row.fetchAll(statement, arguments: arguments)
        } catch {
            throw GraphStore.error(error)
        }
    }
}
