"""A trial of an hfs experiment, seen from its program. One file, the standard library alone.

    import hfs_trial

    lr = hfs_trial.params.get("lr", 0.1)            # an empty dict outside of an experiment
    for epoch in range(hfs_trial.restored_step() + 1, 20):
        ...
        hfs_trial.checkpoint(epoch, lambda path: model.save(path))
        hfs_trial.report(accuracy, step=epoch)      # raises EarlyStop once the trial is to end
    hfs_trial.output(accuracy=accuracy, model="model.npz")

Agents put this file where programs find it. Outside of an experiment everything works, reports to standard output and keeps
nothing else, so one program serves both. A notebook or another optimizer drives an experiment by `Experiment`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

__all__ = [
    "params", "seed", "number", "attempt", "budget", "is_trial", "includes", "omitted", "columns", "report", "output",
    "checkpoint", "restore", "restored_step", "EarlyStop", "Experiment",
]


class EarlyStop(SystemExit):
    """The trial is to end: its last report counts. Left uncaught, it ends the program, without a word and as a success."""

    def __init__(self):
        super().__init__(0)


def _number(name):
    text = os.environ.get(name)
    return int(text) if text else None


is_trial = "HFS_TRIAL" in os.environ
params = json.loads(os.environ.get("HFS_PARAMS", "{}"))
seed = _number("HFS_SEED") or 0
number = _number("HFS_TRIAL")
attempt = _number("HFS_ATTEMPT")
budget = _number("HFS_BUDGET")
_metric = os.environ.get("HFS_METRIC", "metric")

# Components of an ablation study.

_omitted = frozenset(json.loads(os.environ.get("HFS_OMITTED", "[]")))


def omitted():
    """The names of the components and features that this trial does without; none outside of an ablation study."""
    return sorted(_omitted)


def includes(name):
    """Whether the trial has the component of that name."""
    return name not in _omitted


def columns(names):
    """Those of a table's columns that the trial has."""
    return [name for name in names if name not in _omitted]


# Reports.

_stopping = threading.Event()
_listens = False


def _listen():
    """Takes SIGTERM for a wish, from the first report on: a program that reports can be told so by its next report."""
    global _listens
    if _listens or not is_trial or threading.current_thread() is not threading.main_thread():
        return
    _listens = True
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda *_: _stopping.set())


def _say(line):
    """A line of its own for the agent: a progress bar may have left one without its end."""
    begin = "\n" if "tqdm" in sys.modules else ""
    print(f"{begin}{line}", file=sys.__stdout__ or sys.stdout, flush=True)


def report(value=None, step=None, **values):
    """Reports `value` of the metric that is optimised, and other metrics by name. Raises EarlyStop once the trial is to end."""
    _listen()
    if value is not None:
        values = {_metric: value, **values}
    if not values:
        raise ValueError("report() takes a value of the metric, or metrics by name")
    parts = []
    for name, number in values.items():
        if not name or any(c.isspace() or c == "=" for c in name) or name == "step":
            raise ValueError(f"{name!r} is no name of a metric")
        parts.append(f"{name}={float(number)!r}")
    if step is not None:
        parts.append(f"step={int(step)}")
    _say(f"hfs::metric {' '.join(parts)}")
    if _stopping.is_set():
        raise EarlyStop()


def output(**values):
    """Keeps numbers and texts with the trial; a text that names a file has the file kept. Later values of a name count."""
    path = os.environ.get("HFS_OUTPUTS")
    if not path:
        return
    known = {}
    if os.path.exists(path):
        with open(path) as file:
            known = json.load(file)
    for name, value in values.items():
        is_path = isinstance(value, os.PathLike) or isinstance(value, str) and os.path.isfile(value)
        known[name] = os.path.abspath(value) if is_path else value if isinstance(value, str) else float(value)
    _replace(path, lambda part: _write(part, json.dumps(known).encode()))


# Checkpoints: `step-000000012` in HFS_CHECKPOINT_DIR, a file or a directory, which has its name once it is whole.


def _write(path, data):
    with open(path, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path)
    elif os.path.lexists(path):
        os.remove(path)


def _replace(path, make):
    part = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.part")
    _remove(part)
    make(part)
    if os.path.isdir(path):
        _remove(path)
    os.replace(part, path)


def _checkpoints():
    folder = os.environ.get("HFS_CHECKPOINT_DIR")
    names = sorted(os.listdir(folder)) if folder and os.path.isdir(folder) else []
    return [(int(n[5:]), os.path.join(folder, n)) for n in names if n.startswith("step-") and n[5:].isdigit()]


def checkpoint(step, data, keep=2):
    """Keeps a checkpoint: `data` is bytes, or a function that writes a file or directory at the path it gets. The newest `keep`
    stay. Returns its path; None outside of an experiment."""
    folder = os.environ.get("HFS_CHECKPOINT_DIR")
    if not folder:
        return None
    path = os.path.join(folder, f"step-{int(step):09}")
    _replace(path, data if callable(data) else lambda part: _write(part, bytes(data)))
    _say(f"hfs::checkpoint {os.path.basename(path)} step={int(step)}")
    for _, old in _checkpoints()[:-max(1, keep)]:
        _remove(old)
    return path


def restore():
    """The newest checkpoint, (step, path), of this trial's attempt before or of the trial that it continues; else None."""
    given = os.environ.get("HFS_CHECKPOINT")
    step = _number("HFS_CHECKPOINT_STEP")
    before = [(step, given)] if given and step is not None and os.path.exists(given) else []
    return max(_checkpoints() + before, default=None)


def restored_step():
    """The step of the newest checkpoint; -1 where there is none."""
    return (restore() or (-1, None))[0]


# Driving an experiment from elsewhere: another optimizer, a notebook.


class Experiment:
    """An experiment whose trials are chosen or run here. It asks the `hfs` command ($HFS_BIN, else the one in $PATH).

        trial = Experiment("digits-1").ask()        # or ask({"lr": 0.1}) with parameters of one's own
        Experiment("digits-1").tell(trial["trial"], train(**trial["parameters"]))
    """

    def __init__(self, id, project=None):
        self.id = id
        self.project = project

    def _hfs(self, command, *arguments):
        call = [os.environ.get("HFS_BIN", "hfs"), "experiment", command, self.id, *map(str, arguments), "--json"]
        if self.project:
            call += ["--project", self.project]
        done = subprocess.run(call, capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return json.loads(done.stdout)

    def ask(self, parameters=None, queue=False):
        """The next trial: of these parameters, else of those that the experiment's optimizer chooses. With `queue` agents run
        it, and the answer comes when it has ended; without, the caller runs it and tells."""
        options = [] if parameters is None else ["--params", json.dumps(parameters)]
        return self._hfs("ask", *options, *(["--queue", "--wait"] if queue else []))

    def tell(self, trial, metric=None, state=None):
        """Ends a trial that was asked for: with its metric, or as "failed"."""
        options = [] if metric is None else ["--metric", repr(float(metric))]
        return self._hfs("tell", trial, *options, *([] if state is None else ["--state", state]))
