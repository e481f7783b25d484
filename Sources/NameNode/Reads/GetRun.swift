import Core
import MetaStore

/// A run; nil when there is none of that id. Another user's run is refused to all but superusers.
struct GetRun: NamespaceRead {
    var caller: Caller
    var id: RunID

    func run(_ view: any MetadataView) throws(PlanInterrupt) -> Run? {
        guard let row = try view.run(id) else { return nil }
        guard row.run.user == caller.user || caller.isSuperuser else {
            throw refusal(.accessDenied, "\(id) is not a run of \(caller.user)")
        }
        return row.run
    }
}
