import Core

/// The budgets of successive halving: the largest one divided by powers of `eta`, down to the smallest.
struct BudgetLadder: Hashable, Sendable {
    /// From the smallest to the largest.
    let budgets: [Int]

    init(_ search: SearchSettings, eta: Int, optimizer: String) throws(HFSError) {
        guard let budget = search.space.budget else {
            throw HFSError(
                .invalidArgument,
                "The optimizer '\(optimizer)' needs a budget to share out: add --space 'epochs=budget:1..27'")
        }
        var budgets = [budget.high]
        while let last = budgets.last, last / eta >= budget.low { budgets.append(last / eta) }
        guard budgets.count > 1 else {
            throw HFSError(
                .invalidArgument,
                "The budget \(budget.low)..\(budget.high) leaves '\(optimizer)' one rung: its ends are less than "
                    + "\(eta) times apart")
        }
        self.budgets = budgets.reversed()
    }
}
