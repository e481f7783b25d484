"""What one can see of experiments: what was kept of their programs, how they change, how their trials compare."""

import csv
import io
import json
import subprocess
import sys
import time

import pytest

from conftest import BINARY
from test_experiments import ECHO, SPACE, cat, command, environment, project, run, show, trials  # noqa: F401


def hfs(cluster, project, *arguments, check=0):
    return cluster.hfs("experiment", *arguments, "--project", project, user="alice", check=check)


def test_the_program_its_commit_and_its_packages_are_kept(cluster, project, tmp_path):
    code = tmp_path / "code"
    (code / "models").mkdir(parents=True)
    (code / "train.py").write_text("from models import net\nprint('hfs::metric score=%d' % net.score)\n")
    (code / "models/__init__.py").write_text("")
    (code / "models/net.py").write_text("score = 1\n")
    (code / "requirements.txt").write_text("numpy==2.0\n")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"],
                      ["remote", "add", "origin", "https://me:secret@host.org/x.git"]):
        subprocess.run([*git, *arguments], cwd=code, check=True)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=code, check=True, capture_output=True, text=True).stdout.strip()
    (code / "models/net.py").write_text("score = 2\n")
    done = subprocess.run(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 2, "--", sys.executable, "train.py", project=project),
        cwd=code, capture_output=True, text=True, timeout=240,
        env={**environment(cluster, "alice"), "TORCH_TOKEN": "hidden", "OMP_NUM_THREADS": "1"})
    assert done.returncode == 0, done.stderr
    path = json.loads(done.stdout)["path"]
    kept = cat(cluster, f"{path}/environment.json")
    record = json.loads(kept)
    assert sorted(file["path"] for file in record["files"]) == ["models/__init__.py", "models/net.py", "train.py"]
    assert cat(cluster, f"{path}/program/files/models/net.py") == "score = 2\n"
    assert record["git"]["commit"] == commit and record["git"]["isDirty"]
    assert record["git"]["remote"] == "https://host.org/x.git"
    assert "+score = 2" in cat(cluster, f"{path}/program/uncommitted.diff")
    packages = record["python"]["packages"]
    assert record["python"]["version"] == sys.version.split()[0] and any(p.startswith("pytest==") for p in packages)
    assert record["locks"] == ["requirements.txt"] and cat(cluster, f"{path}/program/locks/requirements.txt") == "numpy==2.0\n"
    assert record["variables"]["OMP_NUM_THREADS"] == "1" and "hidden" not in kept and "secret" not in kept


def test_watching_tells_each_change_and_ends_with_the_experiment(cluster, project, tmp_path):
    gate = tmp_path / "gate"
    program = (f"touch {tmp_path}/$HFS_TRIAL; while ! [ -e {gate} ]; do sleep 0.05; done; "
               "[ $HFS_TRIAL = 1 ] && exit 3; echo hfs::metric score=$HFS_TRIAL")
    driver = subprocess.Popen(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 3, "--", "sh", "-c", program, project=project),
        env=environment(cluster, "alice"), stdout=subprocess.PIPE, text=True)
    watch = None
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "0").exists():
            assert driver.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        watch = subprocess.Popen(command("watch", "experiment-1", project=project), env=environment(cluster, "alice"),
                                 stdout=subprocess.PIPE, text=True)
        first = watch.stdout.readline()
        assert first.startswith("trial 0 RUNNING x=0."), first
        gate.touch()
        out, _ = driver.communicate(timeout=120)
        rest, _ = watch.communicate(timeout=60)
    finally:
        driver.kill()
        if watch:
            watch.kill()
    lines = [" ".join(line.split()[:3]) for line in rest.splitlines()[:-1] if "QUEUED" not in line]
    assert lines == ["trial 0 FINISHED", "trial 1 RUNNING", "trial 1 FAILED", "trial 2 RUNNING",
                     "trial 2 FINISHED"], rest
    assert "exit code 3" in rest and "score=2.0 x=0." in rest
    assert rest.splitlines()[-1].startswith("experiment-1 FINISHED: 1 FAILED, 2 FINISHED, best: trial 2 score=2.0")
    again = hfs(cluster, project, "watch", "experiment-1", "--json").text.splitlines()
    assert [json.loads(line)["state"] for line in again[:-1]] == ["FINISHED", "FAILED", "FINISHED"]
    assert json.loads(again[-1])["best"]["trial"] == 2


def test_trials_compare_side_by_side(cluster, project):
    program = [sys.executable, "-c", "import hfs_trial as t; t.report(t.params['x'], loss=t.number, step=0)"]
    run(cluster, project, *SPACE, "--name", "a", "--trials", 3, "--seed", 1, program=program)
    run(cluster, project, *SPACE, "--space", "act=re,lu|tanh", "--name", "b", "--trials", 2, "--seed", 2, program=program)
    ours = trials(cluster, project, "a-1"), trials(cluster, project, "b-1")
    best = [max(all, key=lambda trial: trial["metric"]) for all in ours]
    rows = json.loads(hfs(cluster, project, "compare", "a-1", "b-1", "a-1/2", "--json").text)
    assert [(r["experiment"], r["trial"]) for r in rows] == [("a-1", best[0]["trial"]), ("b-1", best[1]["trial"]), ("a-1", 2)]
    assert rows[1]["metrics"] == {"score": best[1]["metric"], "loss": best[1]["trial"]}
    assert rows[1]["parameters"] == best[1]["parameters"] and rows[2]["durationMs"] > 0
    table = list(csv.DictReader(io.StringIO(hfs(cluster, project, "compare", "--all", "a-1", "b-1", "--csv").text)))
    assert [row["trial"] for row in table] == ["a-1/0", "a-1/1", "a-1/2", "b-1/0", "b-1/1"]
    assert [float(row["score"]) for row in table] == [trial["metric"] for all in ours for trial in all]
    assert {row["act"] for row in table} <= {"", "re,lu", "tanh"} and table[0]["act"] == ""
    text = hfs(cluster, project, "compare", "a-1", "b-1").text.splitlines()
    assert text[0].split() == ["trial", "state", "seconds", "seed", "score", "loss", "act", "x"] and len(text) == 3
    assert "There is no trial 9" in hfs(cluster, project, "compare", "a-1/9", check=1).error
    assert hfs(cluster, project, "compare", "c-1", check=1).error


def test_experiments_are_found_by_what_their_trials_reached(cluster, project):
    for name, value in (("low", 0.25), ("high", 0.75), ("high-1", 0.8)):
        run(cluster, project, *SPACE, "--name", name, "--trials", 2, program=["echo", f"hfs::metric score={value}"])

    def found(condition):
        return [r["id"] for r in json.loads(hfs(cluster, project, "ls", "--json", "--where", condition).text)]

    assert found("ml.score > 0.5") == ["high-1-1", "high-1"]
    assert found("ml.score < 0.5 and ml.state = FINISHED") == ["low-1"]
    assert found("name = 'high-1' and kind = directory or ml.score > 0.77") == ["high-1-1", "high-1"]
    assert found("ml.score > 1") == []
