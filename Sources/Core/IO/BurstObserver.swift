/// Told when a thread begins and ends a burst of work, so that whoever gets what comes of it is woken once for all of it.
///
/// Bursts of several threads may overlap. A burst is short and never waits.
package protocol BurstObserver: Sendable {
    func burstBegins()
    func burstEnds()
}
