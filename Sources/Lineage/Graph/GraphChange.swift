/// A change of the graph: the image of a row, which takes the place of the one with its key.
package enum GraphChange: Hashable, Sendable {
    case entry(EntryRow)
    case version(VersionRow)
    case run(RunRow)
    case input(InputRow)
    case access(AccessRow)
    case derived(DerivedRow)
    case attribute(AttributeRow)
}
