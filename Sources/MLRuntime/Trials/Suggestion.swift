/// What an optimizer wants tried, and the notes by which it recognises it later.
public struct Suggestion: Hashable, Sendable, Codable {
    /// Only those whose condition holds; the budget's parameter is among them.
    public var parameters: [String: ParameterValue]
    /// How much the trial may use in all; nil where the space has no budget.
    public var budget: Int?
    /// The trial whose parameters these are and whose checkpoint can be continued.
    public var parent: Int?
    /// Hyperband's bracket.
    public var bracket: Int?
    /// The rung of ASHA or of a bracket, from 0.
    public var rung: Int?
    /// The place in the population of differential evolution that it competes for.
    public var slot: Int?
    /// The variant of an ablation study; nil elsewhere.
    public var variant: String?
    /// Which parts the trial has, in such a study.
    public var components: ComponentChoice?
    /// That it was asked for; nil for what the driver decided by itself.
    public var asked: AskMark?

    public init(
        _ parameters: [String: ParameterValue], budget: Int? = nil, parent: Int? = nil, bracket: Int? = nil,
        rung: Int? = nil, slot: Int? = nil
    ) {
        self.parameters = parameters
        self.budget = budget
        self.parent = parent
        self.bracket = bracket
        self.rung = rung
        self.slot = slot
    }
}
