/// Which parts of a program or of its data a trial has, in a study that leaves some out. Parts that the study does not name are
/// there.
public struct ComponentChoice: Hashable, Sendable, Codable {
    public var included: [String]
    public var omitted: [String]

    public init(included: [String], omitted: [String]) {
        self.included = included
        self.omitted = omitted
    }
}
