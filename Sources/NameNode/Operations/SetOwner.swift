import Core
import MetaStore

/// Changes owner and group (HDFS `setOwner`): the owner only by a superuser, the group also by an owner who is a member.
struct SetOwner: NamespaceOperation {
    var caller: Caller
    var path: FilePath
    /// nil keeps it.
    var user: String?
    var group: String?

    func plan(_ view: any MetadataView, _ inputs: inout PlanInputs) throws(PlanInterrupt) -> Planned<Answer> {
        let resolved = try view.resolve(path, rows: true)
        try checker(view).check(resolved, owner: true)
        if !caller.isSuperuser {
            if let user, user != caller.user {
                throw refusal(.accessDenied, "Non-super user cannot change owner")
            }
            if let group, !caller.groups.contains(group) {
                throw refusal(.accessDenied, "User does not belong to \(group)")
            }
        }
        var mutation = Mutation()
        try mutation.change(
            resolved, missing: path, .setOwner, told: .text("\(user ?? ""):\(group ?? "")"),
            directory: {
                $0.owner = user ?? $0.owner
                $0.group = group ?? $0.group
            },
            file: {
                $0.owner = user ?? $0.owner
                $0.group = group ?? $0.group
            })
        return Planned(mutation, Answer(.empty))
    }
}
