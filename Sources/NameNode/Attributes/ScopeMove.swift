import Core
import MetaStore

/// What a rename changes of the attribute index: a file takes its few rows along; a directory leaves them where they are and
/// gets notes that lead queries there.
///
/// What lies below a directory is indexed in its own scope, or in a source that a note about one of its ancestors names. Who
/// leaves an ancestor therefore takes notes of all these sources along.
struct ScopeMove {
    private let from: ResolvedPath
    private let to: ResolvedPath
    private let view: any MetadataView
    private let oldScope: InodeID
    private let newScope: InodeID

    init(_ from: ResolvedPath, _ to: ResolvedPath, _ view: any MetadataView) {
        self.from = from
        self.to = to
        self.view = view
        oldScope = from.attributeScope(ofFirst: from.path.count)
        newScope = to.attributeScope(ofFirst: to.path.count)
    }

    func file(_ inode: InodeID, _ file: FileAttributes, _ mutation: inout Mutation) throws(PlanInterrupt) {
        if file.hasXAttrs { try AttributeRows.move(inode, to: newScope, view, &mutation) }
    }

    /// `isEmpty`: nothing lies below. Gives the directory's row as it will be.
    func directory(
        _ inode: InodeID, isEmpty: Bool, _ mutation: inout Mutation
    ) throws(PlanInterrupt) -> DirectoryRow? {
        guard var row = from.rows.last else { return nil }
        let before = row
        let inherited = try ancestorSources()
        var notes: [ScopeNotes.Note] = []
        if !row.isProject, to.path.count == 2, to.path.component(0) == ReservedNames.projects {
            row.isProject = true
            notes = ScopeNotes.ofNewScope(inode, in: newScope)
            notes += ([oldScope] + inherited).map { ScopeNotes.Note(scope: inode, source: $0) }
        } else if row.isProject {
            if newScope != oldScope { notes.append(ScopeNotes.Note(scope: newScope, source: inode)) }
            notes += inherited.map { ScopeNotes.Note(scope: inode, source: $0) }
        } else if !isEmpty || row.hasXAttrs {
            var sources = [oldScope] + inherited
            if row.hasScopeNotes { sources += try self.sources(inode) }
            notes = sources.map { ScopeNotes.Note(scope: newScope, source: $0) }
        }
        if try ScopeNotes.add(notes, root: inode, view, &mutation) {
            row.hasXAttrs = true
            row.hasScopeNotes = true
        }
        if row != before { mutation.put(Keys.directory(inode), row.image) }
        return row
    }

    /// Where notes about the ancestors that the directory leaves lead to.
    private func ancestorSources() throws(PlanInterrupt) -> [InodeID] {
        var found: [InodeID] = []
        let count = from.path.count
        let common = zip(from.ancestors, to.ancestors).prefix { $0 == $1 }.count
        for depth in common..<max(common, count) where from.rows[depth].hasScopeNotes {
            found += try sources(from.directories[depth])
        }
        return found
    }

    private func sources(_ root: InodeID) throws(PlanInterrupt) -> [InodeID] {
        guard let row = try view.xattr(root, ScopeNotes.attribute.namespace, ScopeNotes.attribute.name) else {
            return []
        }
        return ScopeNotes.decode(row.value).map(\.source)
    }
}
