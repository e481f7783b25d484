import Core
import MetaStore

/// Which events of the feed a user may see, by the rights of now (docs/PROTOCOL.md, "Who sees which event").
///
/// Rights on a path are rights to enter the directory that held it, wherever that lies by now. Remembers the answer for each
/// directory, so use one value for a stretch of the feed.
struct EventVisibility {
    let caller: Caller
    let view: any MetadataView
    private var known: [InodeID: Bool] = [:]

    init(caller: Caller, view: any MetadataView) {
        self.caller = caller
        self.view = view
    }

    /// The entry as `caller` may see it; nil when not at all.
    mutating func shown(_ entry: FeedEntry) throws(PlanInterrupt) -> FeedEntry? {
        if caller.isSuperuser || entry.user == caller.user { return entry }
        var entry = entry
        // Where others are and what their programs say is theirs.
        entry.address = ""
        entry.callerContext = ""
        switch entry.event.kind {
        case .runStarted, .runEnded: return nil
        case .setXAttr, .removeXAttr: return try maySeeAttribute(entry.event) ? entry : nil
        default: break
        }
        let seesOld = try mayEnter(parentOf: entry.event)
        guard case .moved(let newParent, _) = entry.event.change else { return seesOld ? entry : nil }
        let seesNew = try mayEnter(newParent)
        guard seesOld || seesNew else { return nil }
        // Half of a move: the side that is hidden has no path.
        if !seesOld {
            entry.event.path = ""
            entry.event.parent = InodeID(0)
        }
        if !seesNew { entry.event.change = .moved(parent: InodeID(0), path: "") }
        return entry
    }

    private mutating func mayEnter(parentOf event: NamespaceEvent) throws(PlanInterrupt) -> Bool {
        event.path == "/" ? true : try mayEnter(event.parent)
    }

    /// False for a directory that is gone: what lay in it is nobody's business but its writer's.
    private mutating func mayEnter(_ directory: InodeID) throws(PlanInterrupt) -> Bool {
        if let answer = known[directory] { return answer }
        let answer = try allows(directory, .execute)
        known[directory] = answer
        return answer
    }

    /// Who sees that an attribute changed sees its value.
    private func maySeeAttribute(_ event: NamespaceEvent) throws(PlanInterrupt) -> Bool {
        guard case .attribute(let name, _, _) = event.change, XAttrRules.isForUsers(name) else { return false }
        return try allows(event.inode, .read)
    }

    private func allows(_ inode: InodeID, _ access: AccessMode) throws(PlanInterrupt) -> Bool {
        guard let resolved = try view.resolve(inode: inode, rows: true) else { return false }
        do throws(PlanInterrupt) {
            try PermissionChecker(caller: caller, view: view).check(resolved, access: access)
            return true
        } catch {
            guard case .refused(let reason) = error, reason.code == .accessDenied else { throw error }
            return false
        }
    }
}
