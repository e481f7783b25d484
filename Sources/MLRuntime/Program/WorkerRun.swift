import Client
import Core
import Glibc

/// The part of a worker: runs the closure for its trial, keeps what it gives back, and exits.
struct WorkerRun: Sendable {
    private let call: ProgramCall
    private let request: TrialsRequest
    private let fileSystem: HFSFileSystem

    init(_ call: ProgramCall, _ request: TrialsRequest, on fileSystem: HFSFileSystem) {
        self.call = call
        self.request = request
        self.fileSystem = fileSystem
    }

    /// What goes wrong ends the process with exit code 1 and a line in the trial's `output.log`: nothing behind the call is a worker's.
    func run(_ body: ExperimentCall.Body) async -> Never {
        StopSignal.begin()
        do {
            var environment = try TrialEnvironment(Environment.all)
            try await check(environment)
            let place = try WorkerPlace(Environment.all)
            guard request.workers == 1 || place != nil else {
                try await gang(environment).run()
                exit(0)
            }
            // From here on it does what no other process has done.
            unsetenv(WorkerIdentity.variable)
            if let study = request.ablation {
                environment.omitted.formUnion(study.omitted(environment.parameters))
                environment.seed = RandomGenerator.trialSeed(call.run, index: call.ordinal)
            }
            let trial = Trial(
                environment, channel: WorkerChannel(), ring: try await ring(place, environment), on: fileSystem)
            let outputs = try await body(trial)
            if trial.rank == 0 { try await TrialOutputs(environment, on: fileSystem).keep(outputs) }
        } catch is TrialStopped {
            exit(0)
        } catch {
            // One of several workers saw the signal first, and the others that it is gone.
            if request.workers > 1, StopSignal.isRaised { exit(0) }
            Notice.say("\(error)")
            exit(1)
        }
        exit(0)
    }

    /// Throws unless the experiment is the one that this call of the program makes.
    private func check(_ environment: TrialEnvironment) async throws(HFSError) {
        let root = environment.experiment.root
        guard let text = try await fileSystem.textAttribute(TrialAttribute.program, of: root) else {
            throw HFSError(.invalidArgument, "The experiment belongs to no program", subject: root)
        }
        let made = try ProgramCall(text)
        guard made.run == call.run, made.ordinal == call.ordinal else {
            throw HFSError(
                .invalidArgument, "\(WorkerIdentity.variable) names another call than the experiment's", subject: root)
        }
        try call.checkSame(as: made)
    }

    /// The processes of this host that run the trial in this one's place.
    private func gang(_ environment: TrialEnvironment) async throws(HFSError) -> LocalGang {
        let attempt = environment.experiment.attempt(environment.trial, environment.attempt)
        try await fileSystem.makeDirectory("\(attempt)/rendezvous")
        return LocalGang(request.workers, rendezvous: "\(attempt)/rendezvous")
    }

    /// Joins the other workers; nil where there are none. Then all go on from the same checkpoint.
    private func ring(_ place: WorkerPlace?, _ environment: TrialEnvironment) async throws(HFSError) -> Ring? {
        guard request.workers > 1, let place else { return nil }
        guard place.count == request.workers else {
            throw HFSError(
                .invalidArgument, "WORLD_SIZE is \(place.count), but the program asks for \(request.workers) workers")
        }
        let ring = try await Rendezvous(
            place.rendezvous, rank: place.rank, count: place.count, host: place.host, on: fileSystem
        ).join()
        try await CheckpointFolder(environment.checkpoints).share(ring)
        return ring
    }
}
