"""What members of a project, killed processes and power cuts do to experiments."""

import json
import os
import signal
import subprocess
import sys
import time

from conftest import BINARY
from test_experiments import ECHO, SPACE, cat, command, environment, project, run, show, trials  # noqa: F401


def test_an_agent_runs_its_own_users_programs_alone(cluster, project, tmp_path):
    """What anybody offers in a project, and what only looks like a trial, is passed by."""
    experiments = f"/Projects/{project}/Experiments"
    cluster.hfs("mkdir", "-p", experiments, check=0)
    cluster.hfs("chmod", "777", experiments, check=0)
    # More than an agent looks at together, before all others in order of the paths.
    folders = [f"{experiments}/a/trials/{n:06}" for n in range(18)]
    cluster.hfs("mkdir", "-p", *folders, user="bob", check=0)
    for n, folder in enumerate(folders):
        cluster.hfs("xattr", "set", folder, "ml.claim=QUEUED x" if n == 0 else "ml.claim=QUEUED 1", user="bob", check=0)
    others = subprocess.Popen(
        command("run", "--metric", "score", *SPACE, "--trials", 1, "--detached", "--name", "bobs", "--", "sh", "-c",
                f"touch {tmp_path}/bobs; echo hfs::metric score=1", project=project),
        env=environment(cluster, "bob"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    agents = []
    try:
        claim = f"{experiments}/bobs-1/trials/000000"
        deadline = time.monotonic() + 60
        while "QUEUED 1" not in cluster.hfs("xattr", "get", claim, "ml.claim", user="bob").text:
            assert others.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        # Readable, and with everybody's leave to write: it is bob's all the same.
        cluster.hfs("chmod", "-R", "777", f"{experiments}/bobs-1", user="bob", check=0)
        agents.append(subprocess.Popen([BINARY, "agent", "--project", project], env=environment(cluster, "alice")))
        record = run(cluster, project, *SPACE, "--trials", 2, "--detached", "--name", "own", program=[sys.executable, "-c", ECHO])
        assert record["ended"] == {"FINISHED": 2}
        assert not (tmp_path / "bobs").exists() and agents[0].poll() is None
        refused = cluster.hfs("experiment", "resume", "bobs-1", "--project", project, user="alice", check=1)
        assert "bob's" in refused.error and "--any-owner" in refused.error
        agents.append(
            subprocess.Popen([BINARY, "agent", "--project", project, "--any-owner"], env=environment(cluster, "alice")))
        _, error = others.communicate(timeout=60)
        assert others.returncode == 0 and (tmp_path / "bobs").exists(), error
    finally:
        for process in [*agents, others]:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def cut_journal(cluster, root, keep, tmp_path):
    """What a power cut leaves of a journal: its first lines. The driver's lease goes with the file."""
    lines = cat(cluster, f"{root}/journal.jsonl").splitlines(keepends=True)
    (tmp_path / "journal").write_text("".join(line for line in lines if keep(json.loads(line))))
    cluster.hfs("rm", f"{root}/journal.jsonl", user="alice", check=0)
    cluster.hfs("put", tmp_path / "journal", f"{root}/journal.jsonl", user="alice", check=0)


def number(record):
    return next(iter(record.values()))["trial"]


def test_a_journal_that_lost_its_end_is_gone_on_with(cluster, project, tmp_path):
    """Also the process group that is ended for a lost attempt is the attempt's own, whatever the attribute says."""
    program = (f"[ $HFS_TRIAL.$HFS_ATTEMPT = 1.1 ] && touch {tmp_path}/reached && exec sleep 1000; "
               "echo hfs::metric score=$HFS_TRIAL")
    driver = subprocess.Popen(
        command("run", "--metric", "score", *SPACE, "--trials", 3, "--seed", 5, "--", "sh", "-c", program, project=project),
        env=environment(cluster, "alice"), stderr=subprocess.PIPE, text=True)
    bystander = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        root = f"/Projects/{project}/Experiments/experiment-1"
        attempt = f"{root}/trials/000001/attempts/1"
        # The program may run before it is noted which process it is.
        while (not (tmp_path / "reached").exists()
               or cluster.hfs("xattr", "get", attempt, "ml.process", user="alice").returncode != 0):
            assert driver.poll() is None and time.monotonic() < deadline, driver.stderr.read()
            time.sleep(0.05)
        driver.kill()
        driver.wait()
        before = trials(cluster, project)
        real = cluster.hfs("xattr", "get", attempt, "ml.process", user="alice", check=0).text.split("=")[-1].split(",")
        start = open(f"/proc/{bystander.pid}/stat").read().rsplit(")", 1)[1].split()[19]
        cluster.hfs("xattr", "set", attempt, f"ml.process={real[0].strip()},{bystander.pid},{start}", user="alice", check=0)
        cut_journal(cluster, root, lambda record: number(record) == 0, tmp_path)
        cluster.hfs("experiment", "resume", "experiment-1", "--project", project, user="alice", check=0, timeout=120)
        after = show(cluster, project, "experiment-1")
        assert after["ended"] == {"FINISHED": 3} and [t["metric"] for t in after["trials"]] == [0, 1, 2]
        assert after["trials"][1]["attempts"] == 2 and after["trials"][1]["parameters"] == before[1]["parameters"]
        assert bystander.poll() is None
    finally:
        bystander.kill()
        bystander.wait()
        try:
            os.killpg(int(real[1]), signal.SIGKILL)
        except (ProcessLookupError, NameError):
            pass


def test_a_trial_whose_agent_was_killed_after_its_result_is_found(cluster, project, tmp_path):
    record = run(cluster, project, *SPACE, "--trials", 1, program=[sys.executable, "-c", ECHO])
    root, trial = record["path"], f"{record['path']}/trials/000000"
    kept = json.loads(cat(cluster, f"{trial}/result/attempt.json"))
    for name in ("ml.score", "ml.state"):
        cluster.hfs("xattr", "rm", trial, name, user="alice", check=0)
    cluster.hfs("xattr", "set", trial, f"ml.claim=RUNNING 1 {kept['agent']} {kept['run']}", user="alice", check=0)
    cut_journal(cluster, root, lambda record: "ended" not in record, tmp_path)
    cluster.hfs("experiment", "resume", record["id"], "--project", project, user="alice", check=0, timeout=60)
    found = cluster.hfs("find", root, "--where", f"ml.score >= {kept['result']['metric']}", user="alice", check=0).text
    assert found.split("\t")[0].endswith("trials/000000"), found
    assert "FINISHED" in cluster.hfs("xattr", "get", trial, "ml.state", user="alice", check=0).text
    assert show(cluster, project, record["id"])["ended"] == {"FINISHED": 1}


def test_looking_at_another_hosts_experiment_changes_nothing(cluster, project):
    record = run(cluster, project, *SPACE, "--trials", 1, program=[sys.executable, "-c", ECHO])
    cluster.hfs("xattr", "set", record["path"], "ml.driver=elsewhere,1,1", user="alice", check=0)
    # A member who may read alone sees it as well: nothing is opened for writing.
    listed = json.loads(cluster.hfs("experiment", "ls", "--project", project, "--json", user="bob", check=0).text)
    assert [(r["id"], r["state"]) for r in listed] == [(record["id"], "FINISHED")]
