import Core

@testable import NameNode

/// HDFS's semantics of the directory tree, told again as plainly as possible: nodes in memory, no rows, no counters.
/// Answers are `true`, `false`, `done` or an error's code.
final class NamespaceModel {
    final class Node {
        let isDirectory: Bool
        var owner: String
        var group: String
        var mode: UInt16
        var children: [String: Node] = [:]
        var length: UInt64 = 0
        var replication: UInt64 = 1

        init(isDirectory: Bool, owner: String, group: String, mode: UInt16) {
            self.isDirectory = isDirectory
            self.owner = owner
            self.group = group
            self.mode = mode
        }

        /// Everything below and the node itself.
        var all: [Node] { [self] + children.values.flatMap(\.all) }
    }

    enum Refused: Error { case code(HFSError.Code) }

    let root = Node(isDirectory: true, owner: "root", group: "supergroup", mode: 0o755)

    private struct Walk {
        var names: [String]
        /// Existing nodes, root first; ends at a file, at the target, or before what is missing.
        var nodes: [Node]

        var target: Node? { nodes.count == names.count + 1 ? nodes.last : nil }
        var isBlocked: Bool { target == nil && nodes.last?.isDirectory == false }
        var parent: Node? { !names.isEmpty && nodes.count >= names.count ? nodes[names.count - 1] : nil }
    }

    private func walk(_ names: [String]) -> Walk {
        var nodes = [root]
        for name in names {
            guard let last = nodes.last, last.isDirectory, let next = last.children[name] else { break }
            nodes.append(next)
        }
        return Walk(names: names, nodes: nodes)
    }

    // MARK: Rights

    private func allows(_ node: Node, _ bits: UInt16, _ caller: Caller) -> Bool {
        if caller.isSuperuser { return true }
        let shift: UInt16 = node.owner == caller.user ? 6 : caller.groups.contains(node.group) ? 3 : 0
        return node.mode >> shift & bits == bits
    }

    private func require(_ node: Node, _ bits: UInt16, _ caller: Caller) throws(Refused) {
        if !allows(node, bits, caller) { throw .code(.accessDenied) }
    }

    private func traverse(_ walk: Walk, _ caller: Caller) throws(Refused) {
        for node in walk.nodes where node !== walk.target { try require(node, 1, caller) }
    }

    private func sticky(_ directory: Node, _ child: Node, _ caller: Caller) throws(Refused) {
        guard !caller.isSuperuser, directory.mode & 0o1000 != 0 else { return }
        if directory.owner != caller.user, child.owner != caller.user { throw .code(.accessDenied) }
    }

    private func requireAncestorWrite(_ walk: Walk, _ caller: Caller) throws(Refused) {
        guard !walk.names.isEmpty else { return }
        let existing = walk.target == nil ? walk.nodes.last : walk.parent
        if let existing { try require(existing, 2, caller) }
    }

    private func requireRemoval(_ walk: Walk, _ caller: Caller) throws(Refused) {
        guard let parent = walk.parent, parent.isDirectory else { return }
        if let target = walk.target { try sticky(parent, target, caller) }
        try require(parent, 2, caller)
    }

    // MARK: Operations

    func mkdirs(_ names: [String], _ mode: UInt16, _ caller: Caller) throws(Refused) -> String {
        let walk = walk(names)
        try traverse(walk, caller)
        if let target = walk.target {
            guard target.isDirectory else { throw .code(.alreadyExists) }
            return "true"
        }
        try requireAncestorWrite(walk, caller)
        if walk.isBlocked { throw .code(.alreadyExists) }
        make(walk, upTo: names.count, caller) { isLast, _ in isLast ? mode : mode | 0o300 }
        return "true"
    }

    @discardableResult
    private func make(
        _ walk: Walk, upTo depth: Int, _ caller: Caller, mode: (_ isLast: Bool, _ above: Node) -> UInt16
    ) -> Node {
        var current = walk.nodes.last ?? root
        let start = current
        for index in walk.nodes.count - 1..<max(depth, walk.nodes.count - 1) {
            let node = Node(
                isDirectory: true, owner: caller.user, group: current.group,
                mode: mode(index == walk.names.count - 1, start))
            current.children[walk.names[index]] = node
            current = node
        }
        return current
    }

    func create(
        _ names: [String], _ length: UInt64, _ replication: UInt64, overwrite: Bool, _ caller: Caller
    ) throws(Refused) -> String {
        let walk = walk(names)
        if walk.target?.isDirectory == true { throw .code(.alreadyExists) }
        try traverse(walk, caller)
        if overwrite, let target = walk.target {
            if let parent = walk.parent { try sticky(parent, target, caller) }
            try requireAncestorWrite(walk, caller)
            try require(target, 2, caller)
        } else {
            try requireAncestorWrite(walk, caller)
        }
        if walk.target != nil, !overwrite { throw .code(.alreadyExists) }
        if walk.isBlocked { throw .code(.notADirectory) }
        let parent =
            walk.parent ?? make(walk, upTo: names.count - 1, caller) { _, above in above.mode & 0o777 | 0o300 }
        let file = Node(isDirectory: false, owner: caller.user, group: parent.group, mode: 0o644)
        file.length = length
        file.replication = replication
        parent.children[names[names.count - 1]] = file
        return "done"
    }

    func delete(_ names: [String], recursive: Bool, _ caller: Caller) throws(Refused) -> String {
        let walk = walk(names)
        if let target = walk.target, !recursive, !target.children.isEmpty { throw .code(.directoryNotEmpty) }
        try traverse(walk, caller)
        try requireRemoval(walk, caller)
        guard let target = walk.target, let parent = walk.parent else { return "false" }
        if !caller.isSuperuser {
            for node in target.all where !node.children.isEmpty {
                try require(node, 7, caller)
                for child in node.children.values { try sticky(node, child, caller) }
            }
        }
        parent.children[names[names.count - 1]] = nil
        return "true"
    }

    func rename(_ from: [String], _ to: [String], _ caller: Caller) throws(Refused) -> String {
        let source = walk(from)
        var destination = walk(to)
        if destination.target?.isDirectory == true, let name = from.last { destination = walk(to + [name]) }
        try traverse(source, caller)
        try requireRemoval(source, caller)
        try traverse(destination, caller)
        try requireAncestorWrite(destination, caller)
        guard let target = source.target, let oldParent = source.parent else { return "false" }
        if from == destination.names { return "true" }
        if target.isDirectory, destination.names.starts(with: from) { return "false" }
        guard destination.target == nil, !destination.isBlocked, let newParent = destination.parent else {
            return "false"
        }
        oldParent.children[from[from.count - 1]] = nil
        newParent.children[destination.names[destination.names.count - 1]] = target
        return "true"
    }

    func rename2(_ from: [String], _ to: [String], overwrite: Bool, _ caller: Caller) throws(Refused) -> String {
        let source = walk(from)
        let destination = walk(to)
        try traverse(source, caller)
        try requireRemoval(source, caller)
        try traverse(destination, caller)
        if overwrite, destination.target != nil, let parent = destination.parent, let old = destination.target {
            try sticky(parent, old, caller)
        }
        try requireAncestorWrite(destination, caller)
        guard let target = source.target else { throw .code(.fileNotFound) }
        guard let oldParent = source.parent else { throw .code(.io) }
        if from == to { throw .code(.alreadyExists) }
        if to.starts(with: from) || to.isEmpty { throw .code(.io) }
        if let old = destination.target {
            guard old.isDirectory == target.isDirectory else { throw .code(.io) }
            guard overwrite else { throw .code(.alreadyExists) }
            guard old.children.isEmpty else { throw .code(.io) }
        }
        if destination.isBlocked {
            throw .code(destination.nodes.count == to.count ? .notADirectory : .fileNotFound)
        }
        guard let newParent = destination.parent else { throw .code(.fileNotFound) }
        oldParent.children[from[from.count - 1]] = nil
        newParent.children[to[to.count - 1]] = target
        return "done"
    }

    func setMode(_ names: [String], _ mode: UInt16, _ caller: Caller) throws(Refused) -> String {
        let walk = walk(names)
        try traverse(walk, caller)
        guard let target = walk.target else { throw .code(.fileNotFound) }
        guard caller.isSuperuser || target.owner == caller.user else { throw .code(.accessDenied) }
        target.mode = mode
        return "done"
    }

    /// The whole tree, one line a node.
    var lines: [String] { Self.lines(root, "") }

    private static func lines(_ node: Node, _ path: String) -> [String] {
        let own =
            "\(path.isEmpty ? "/" : path) \(node.isDirectory ? "d" : "f\(node.length)x\(node.replication)") "
            + "\(node.owner):\(node.group) \(String(node.mode, radix: 8))"
        return [own] + node.children.sorted { $0.key < $1.key }.flatMap { lines($0.value, "\(path)/\($0.key)") }
    }
}
