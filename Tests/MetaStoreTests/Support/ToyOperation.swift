import Core
import MetaStore

/// A reply that tells what the plan saw.
struct ToyReply: OperationReply, Hashable {
    var text: String
    var directory: UInt64?
    func wireBytes() -> [UInt8] { Array(text.utf8) }
}

/// A small namespace in the shape of the real one: entries, locators, counters, attributes, blocks.
struct ToyOperation: MetaStore.Operation {
    enum Action: Sendable {
        case mkdir(UInt64, String)
        case create(UInt64, String, payload: Int)
        case delete(UInt64, String)
        case rename(UInt64, String, UInt64, String)
        case addBlock(UInt64, String)
        case setAttribute(UInt64, String, [UInt8]?)
        case deleteFirst(UInt64, after: String?, limit: Int)
        case deleteLast(UInt64, before: String, limit: Int)
        case count(UInt64)
        case system(String, [UInt8]?)
        case dropCounter(UInt64)
        case refuse
    }

    var action: Action
    var origin: EditOrigin { EditOrigin(user: "toy", callerContext: "test", address: "127.0.0.1") }

    static func name(_ text: String) -> [UInt8] { Array(text.utf8) }

    static func image(_ id: UInt64, _ payload: Int) -> [UInt8] {
        withUnsafeBytes(of: id.littleEndian) { Array($0) }
            + [UInt8](repeating: UInt8(truncatingIfNeeded: payload), count: payload)
    }

    static func id(_ image: [UInt8]) -> UInt64 {
        image.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<ToyReply> {
        var mutation = Mutation()
        var reply = ToyReply(text: "")
        switch action {
        case .mkdir(let parent, let name):
            let key = RowKey(.dentry, parent, Self.name(name))
            if try view.row(key) != nil { throw .refused(HFSError(.alreadyExists, "\(parent)/\(name)")) }
            let id = inputs.ids.takeDirectory().rawValue
            mutation.put(key, Self.image(id, 3))
            mutation.put(RowKey(.locator, id), Self.name(name))
            mutation.put(RowKey(.directory, id), Self.image(parent, 20))
            mutation.add(parent, Counter(children: 1, directories: 1, modifiedMs: inputs.nowMs))
            mutation.events.append(
                NamespaceEvent(.mkdir, inode: InodeID(id), parent: .root, path: name, isDirectory: true))
            reply = ToyReply(text: "made \(id)", directory: id)
        case .create(let parent, let name, let payload):
            let key = RowKey(.dentry, parent, Self.name(name))
            let old = try view.row(key)
            let id = inputs.ids.takeFile(in: InodeID(parent)).rawValue
            mutation.put(key, Self.image(id, payload))
            mutation.put(RowKey(.locator, id), Self.name(name))
            if old == nil { mutation.add(parent, Counter(children: 1, files: 1, length: Int64(payload))) }
            reply.text = "created \(id), before \(old.map { "\(Self.id($0))" } ?? "nothing")"
        case .delete(let parent, let name):
            let key = RowKey(.dentry, parent, Self.name(name))
            guard let old = try view.row(key) else { return Planned(mutation, ToyReply(text: "no \(parent)/\(name)")) }
            mutation.delete(key)
            mutation.delete(RowKey(.locator, Self.id(old)))
            mutation.add(parent, -Counter(children: 1, files: 1, length: Int64(old.count - 8)))
            reply.text = "deleted \(Self.id(old))"
        case .rename(let from, let name, let to, let newName):
            let source = RowKey(.dentry, from, Self.name(name))
            let target = RowKey(.dentry, to, Self.name(newName))
            guard let image = try view.row(source) else { throw .refused(HFSError(.fileNotFound, "\(from)/\(name)")) }
            if try view.row(target) != nil { throw .refused(HFSError(.alreadyExists, "\(to)/\(newName)")) }
            mutation.delete(source)
            mutation.put(target, image)
            mutation.put(RowKey(.locator, Self.id(image)), Self.name(newName))
            mutation.add(from, -Counter(children: 1))
            mutation.add(to, Counter(children: 1))
            reply.text = "moved \(Self.id(image))"
        case .addBlock(let parent, let name):
            guard let image = try view.row(RowKey(.dentry, parent, Self.name(name))) else {
                throw .refused(HFSError(.fileNotFound, name))
            }
            let file = InodeID(Self.id(image))
            let last = try view.scan(.fileBlock, file.rawValue, after: nil, limit: 100)
            let block = inputs.ids.takeBlock(of: file)
            _ = inputs.ids.takeGenerationStamp()
            mutation.put(
                RowKey(.fileBlock, file.rawValue, [0, 0, 0, UInt8(last.count)]), Self.image(block.rawValue, 0))
            mutation.put(RowKey(.block, block.rawValue), Self.image(file.rawValue, 12))
            if last.count % 2 == 0 { mutation.put(RowKey(.inline, block.rawValue), Self.image(block.rawValue, 300)) }
            let before = try last.last.map { row throws(PlanInterrupt) in
                try view.row(RowKey(.inline, Self.id(row.image)))?.count ?? 0
            }
            reply.text = "block \(block) number \(last.count), \(before ?? -1) bytes before"
        case .setAttribute(let id, let name, let value):
            let key = RowKey(.xattr, id, Self.name(name))
            let old = try view.row(key)
            if let value { mutation.put(key, value) } else if old != nil { mutation.delete(key) }
            reply.text = "attribute was \(old.map { "\($0)" } ?? "nothing")"
        case .deleteFirst(let parent, let after, let limit):
            let rows = try view.scan(.dentry, parent, after: after.map(Self.name), limit: limit)
            reply.text = Self.deleteFirst(rows, in: parent, &mutation)
        case .deleteLast(let parent, let before, let limit):
            let rows = try view.scan(.dentry, parent, before: Self.name(before), limit: limit)
            reply.text = Self.deleteFirst(rows, in: parent, &mutation)
        case .count(let directory):
            reply.text = "\(try view.counter(directory))"
        case .system(let name, let value):
            let key = RowKey(.system, 0, Self.name(name))
            let old = try view.row(key)
            if let value { mutation.put(key, value) } else { mutation.delete(key) }
            reply.text = "system was \(old.map { "\($0)" } ?? "nothing")"
        case .dropCounter(let directory):
            mutation.delete(RowKey(.counter, directory))
            mutation.add(directory, Counter(files: 7))
            reply.text = "dropped"
        case .refuse: throw .refused(HFSError(.accessDenied, "refused"))
        }
        return Planned(mutation, reply)
    }
}

extension ToyOperation {
    /// Deletes the first of the rows that a scan saw; the reply tells all.
    private static func deleteFirst(_ rows: [ScannedRow], in parent: UInt64, _ mutation: inout Mutation) -> String {
        if let first = rows.first {
            mutation.delete(RowKey(.dentry, parent, first.sub))
            mutation.delete(RowKey(.locator, id(first.image)))
            mutation.add(parent, Counter(children: -1))
        }
        return "saw "
            + rows.map { "\(String(decoding: $0.sub, as: UTF8.self))=\(id($0.image))" }.joined(separator: ",")
    }

    static func random(_ generator: inout Generator, directories: [UInt64], names: Int) -> ToyOperation {
        let directory = directories[generator.below(directories.count)]
        let name = "n\(generator.below(names))"
        let action: Action =
            switch generator.below(24) {
            case 0, 1: .mkdir(directory, "d\(generator.below(names))")
            case 2...8: .create(directory, name, payload: generator.below(80))
            case 9...11: .delete(directory, name)
            case 12, 13:
                .rename(directory, name, directories[generator.below(directories.count)], "n\(generator.below(names))")
            case 14, 15: .addBlock(directory, name)
            case 16, 17:
                .setAttribute(
                    directory, "a\(generator.below(4))", generator.below(3) == 0 ? nil : [UInt8(generator.below(256))])
            case 18, 19:
                .deleteFirst(directory, after: generator.below(2) == 0 ? nil : name, limit: 1 + generator.below(30))
            case 20: .deleteLast(directory, before: name, limit: 1 + generator.below(30))
            case 21:
                .system("s\(generator.below(3))", generator.below(3) == 0 ? nil : [1, UInt8(generator.below(256))])
            case 22: generator.below(4) == 0 ? .dropCounter(directory) : .count(directory)
            default: .refuse
            }
        return ToyOperation(action: action)
    }
}

/// An answer as text, for comparison between engines.
func describe(_ result: Result<Outcome<ToyReply>, HFSError>) -> String {
    switch result {
    case .success(.done(let reply)): "done: \(reply.text)"
    case .success(.replayed(let bytes)): "replayed: \(String(decoding: bytes, as: UTF8.self))"
    case .failure(let error): "failed: \(error.code) \(error)"
    }
}
