"""Jobs through the command line: what they leave, retries, time limits, dependencies, kills, and agents that hold resources."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

from conftest import BINARY
from test_experiments import environment, is_running, made_project


@pytest.fixture
def project(cluster, request):
    """A project of alice's for one test alone."""
    return made_project(cluster, request)


def command(*arguments, project):
    return [BINARY, "job", arguments[0], "--project", project, *map(str, arguments[1:])]


def job(cluster, project, *arguments, check=0, cwd=None, user="alice", timeout=120):
    done = subprocess.run(command(*arguments, project=project), capture_output=True, text=True, timeout=timeout, cwd=cwd,
                          env=environment(cluster, user))
    if check is not None:
        assert done.returncode == check, f"{arguments}: exit {done.returncode}: {done.stdout}{done.stderr}"
    return done


def show(cluster, project, id, user="alice"):
    return json.loads(job(cluster, project, "show", "--json", id, user=user).stdout)


def submit(cluster, project, *arguments, **keywords):
    return job(cluster, project, "submit", "--detached", *arguments, **keywords).stdout.strip()


def eventually(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return value


def ended(cluster, project, id, seconds=90):
    return eventually(lambda: (r := show(cluster, project, id))["state"] in ("FINISHED", "FAILED", "KILLED") and r, seconds)


class Agents:
    """Agents of their own, which have nothing but the cluster's URI, ended with the test."""

    def __init__(self, cluster, project, folder):
        self.cluster, self.project, self.folder, self.running = cluster, project, folder, []

    def start(self, *options, user="alice"):
        bare = {"PATH": os.environ["PATH"], "HFS_URI": self.cluster.uri, "HFS_USER": user, "TMPDIR": str(self.folder)}
        agent = subprocess.Popen([BINARY, "agent", "--project", self.project, "--gpus", "none", *map(str, options)], env=bare,
                                 cwd="/", stderr=subprocess.PIPE)
        self.running.append(agent)
        return agent


@pytest.fixture
def agents(cluster, project, tmp_path):
    all = Agents(cluster, project, tmp_path)
    yield all
    for agent in all.running:
        if agent.poll() is None:
            agent.send_signal(signal.SIGCONT)
            agent.send_signal(signal.SIGTERM)
    for agent in all.running:
        agent.wait(timeout=60)


def test_a_job_in_the_foreground_shows_its_output_and_keeps_it(cluster, project, tmp_path):
    (tmp_path / "train.py").write_text(
        "import os, sys, helper\nprint('hello', sys.argv[1], os.environ['A'], os.environ['SECRET'], helper.X, flush=True)\n"
        "open(os.environ['HFS_OUTPUTS'], 'w').write('{\"accuracy\": 0.5}')\nopen(os.environ['HFS_LOGDIR'] + '/log', 'w').write('l')\n")
    (tmp_path / "helper.py").write_text("X = 7\n")
    (tmp_path / "env").write_text("# for the program alone\n\nSECRET=hunter2=x\n")
    done = job(cluster, project, "submit", "--env", "A=b c", "--env-file", "env", "--file", "helper.py", "--", sys.executable,
               "train.py", "world", cwd=tmp_path)
    assert done.stdout == "hello world b c hunter2=x 7\n"
    name = os.path.basename(sys.executable)
    record = show(cluster, project, f"{name}-1")
    assert record["state"] == "FINISHED" and record["attempt"] == 1 and record["environment"] == {"A": "b c"}
    assert job(cluster, project, "logs", f"{name}-1").stdout == done.stdout
    assert cluster.hfs("cat", f"{record['path']}/result/rank-0/outputs.json", user="alice", check=0).text == '{"accuracy": 0.5}'
    assert cluster.hfs("cat", f"{record['path']}/result/rank-0/logs/log", user="alice", check=0).text == "l"
    listed = json.loads(job(cluster, project, "ls", "--json").stdout)
    assert [entry["id"] for entry in listed] == [f"{name}-1"]
    # The secret is in one file, which only she can read.
    for shown in ["show", "show --json", "ls", "ls --json"]:
        text = job(cluster, project, *shown.split(), *([f"{name}-1"] if "show" in shown else [])).stdout
        assert "hunter2" not in text
    assert "hunter2" not in cluster.hfs("cat", f"{record['path']}/job.json", user="alice", check=0).text
    assert "hunter2" not in cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text
    assert cluster.hfs("cat", f"{record['path']}/secrets.env", user="bob").returncode == 1
    run = json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    assert [(r["state"], r["kind"], r["id"]) for r in run] == [("finished", "job", record["runs"][0])]


def test_what_cannot_be_is_refused_before_anything_is_made(cluster, project, tmp_path):
    for options, text in [
        (["--", "./nothing.py"], "No such program"), (["--", "no-such-program"], "No such program"),
        (["--file", "nothing", "--", "true"], "No such file"), (["--gpus", "-1", "--", "true"], "GPUs"),
        (["--memory", "lots", "--", "true"], "no size"), (["--time-limit", "soon", "--", "true"], "no time"),
        (["--env", "1=2", "--", "true"], "NAME=VALUE"), (["--workers", "0", "--", "true"], "workers"), ([], "behind --"),
    ]:
        assert text in job(cluster, project, "submit", *options, check=2, cwd=tmp_path).stderr
    assert "no job train-1" in job(cluster, project, "submit", "--after", "train-1", "--", "true", check=1).stderr
    # A job that would wait for itself cannot name itself: it has no name yet.
    assert "no job true-1" in job(cluster, project, "submit", "--after", "true-1", "--", "true", check=1).stderr
    (tmp_path / "bad").write_text("A=b\nhunter2\n")
    refused = job(cluster, project, "submit", "--env-file", "bad", "--", "true", check=1, cwd=tmp_path).stderr
    assert "Line 2" in refused and "hunter2" not in refused
    for verb in ("show", "logs", "kill"):
        assert "No such job" in job(cluster, project, verb, "train-1", check=1).stderr
    assert json.loads(job(cluster, project, "ls", "--json").stdout) == []


def test_an_agent_with_a_spare_slot_starts_a_retry_once_the_attempt_before_has_ended(cluster, project, agents):
    agent = agents.start("--slots", 2)
    ids = [submit(cluster, project, "--retries", 1, "--workers", workers, "--name", f"again{workers}", "--", "sh", "-c",
                  "[ $HFS_ATTEMPT = 2 ]") for workers in (1, 2)]
    for id in ids:
        record = ended(cluster, project, id)
        assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 1), record
    assert agent.poll() is None


def test_a_job_of_another_users_agent_is_left_to_that_one(cluster, project, agents):
    theirs = submit(cluster, project, "--name", "theirs", "--", "true")
    path = show(cluster, project, theirs)["path"]
    # Bob's agent, on a host that cannot be asked: alice may not take its sign.
    cluster.hfs("mkdir", f"{path}/.agents", user="alice", check=0)
    cluster.hfs("put", "-", f"{path}/.agents/elsewhere,1,1", stdin=b"", check=0)
    cluster.hfs("chown", "bob", f"{path}/.agents/elsewhere,1,1", check=0)
    member = {"address": "10.0.0.1", "agent": "elsewhere,1,1", "isDone": False, "ports": [1], "run": 1}
    claim = "RUNNING " + json.dumps({"attempt": 1, "failures": 0, "fence": [], "members": [member]}, separators=(",", ":"))
    cluster.hfs("xattr", "set", path, f"ml.claim={claim}", user="alice", check=0)
    agent = agents.start()
    # Other agents' jobs are looked at with the first look of all: the second job is taken after that.
    for _ in range(2):
        assert ended(cluster, project, submit(cluster, project, "--name", "own", "--", "true"))["state"] == "FINISHED"
    assert agent.poll() is None
    assert cluster.hfs("xattr", "get", path, "ml.claim", user="alice", check=0).text == claim + "\n"


def test_a_job_whose_end_its_agent_cannot_tell_is_tried_again(cluster, project, agents, tmp_path):
    agents.start()
    program = f"touch {tmp_path}/$HFS_ATTEMPT; while [ $HFS_ATTEMPT = 1 ] && [ ! -e {tmp_path}/go ]; do sleep 0.1; done"
    id = submit(cluster, project, "--", "sh", "-c", program)
    eventually((tmp_path / "1").exists)
    record = show(cluster, project, id)
    # The result cannot be kept there now.
    cluster.hfs("chmod", "555", record["path"], user="alice", check=0)
    (tmp_path / "go").touch()
    runs = lambda: json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    eventually(lambda: [run["state"] for run in runs()] == ["finished"])
    assert show(cluster, project, id)["state"] == "RUNNING"
    cluster.hfs("chmod", "755", record["path"], user="alice", check=0)
    record = ended(cluster, project, id)
    assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 0), record


def test_a_failed_job_is_tried_again_with_its_checkpoint_and_then_says_why(cluster, project, tmp_path):
    program = "echo try $HFS_ATTEMPT from $(cat $HFS_CHECKPOINT_DIR/at); echo $HFS_ATTEMPT > $HFS_CHECKPOINT_DIR/.at; mv $HFS_CHECKPOINT_DIR/.at $HFS_CHECKPOINT_DIR/at; exit $CODE"
    failed = job(cluster, project, "submit", "--name", "bad", "--retries", 2, "--env", "CODE=3", "--", "sh", "-c", program, check=1)
    lines = [line for line in failed.stdout.splitlines() if line.startswith("try")]
    assert lines == ["try 1 from", "try 2 from 1", "try 3 from 2"]
    assert "bad-1: FAILED: the program ended with exit code 3" in failed.stderr and "attempt 3: the program" in failed.stderr
    record = show(cluster, project, "bad-1")
    assert (record["state"], record["attempt"], record["failures"]) == ("FAILED", 3, 2)
    assert "try 2 from 1" in job(cluster, project, "logs", "--attempt", 2, "bad-1").stdout
    assert "no attempt 4" in job(cluster, project, "logs", "--attempt", 4, "bad-1", check=1).stderr
    slow = job(cluster, project, "submit", "--name", "slow", "--time-limit", "1s", "--grace", 0.1, "--", "sh", "-c",
               "trap '' TERM; echo on; while :; do sleep 1; done", check=1)
    assert "its time limit of 1.0 s was reached" in slow.stderr and slow.stdout == "on\n"


def test_an_agent_with_nothing_but_the_uri_runs_what_was_submitted(cluster, project, agents, tmp_path):
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "tool").write_text("#!/bin/sh\necho from $(cat data/x) $0; pwd\n")
    (tmp_path / "w" / "tool").chmod(0o755)
    (tmp_path / "w" / "data").mkdir()
    (tmp_path / "w" / "data" / "x").write_text("afar")
    id = submit(cluster, project, "--file", "data", "--", "./tool", cwd=tmp_path / "w")
    waiting = show(cluster, project, id)
    assert waiting["state"] == "QUEUED" and f"none serves project {project}" in waiting["reason"]
    subprocess.run(["rm", "-r", tmp_path / "w"], check=True)
    follower = subprocess.Popen(command("logs", "-f", id, project=project), env=environment(cluster, "alice"),
                                stdout=subprocess.PIPE, text=True)
    agents.start()
    assert ended(cluster, project, id)["state"] == "FINISHED"
    out, _ = follower.communicate(timeout=60)
    assert out.splitlines()[0] == "from afar ./tool" and out.splitlines()[1].endswith("/work")


def test_the_log_comes_while_the_program_runs_and_kill_ends_it(cluster, project, agents, tmp_path):
    agents.start()
    id = submit(cluster, project, "--name", "long", "--", "sh", "-c",
                f"trap 'echo stopping; touch {tmp_path}/told; exit 0' TERM; echo $$; while :; do sleep 0.1; done")
    pid = int(eventually(lambda: job(cluster, project, "logs", id).stdout).strip())
    assert show(cluster, project, id)["state"] == "RUNNING" and is_running(pid)
    job(cluster, project, "kill", id)
    record = show(cluster, project, id)
    assert record["state"] == "KILLED" and record["reason"] == "killed by alice"
    assert (tmp_path / "told").exists() and not is_running(pid)
    assert "stopping" in job(cluster, project, "logs", id).stdout
    assert "Has ended already" in job(cluster, project, "kill", id, check=1).stderr
    waiting = submit(cluster, project, "--cpus", 10000, "--", "true")
    assert "of which it has" in eventually(lambda: show(cluster, project, waiting)["reason"])
    job(cluster, project, "kill", waiting)
    assert show(cluster, project, waiting)["state"] == "KILLED"


def test_jobs_wait_for_others_and_fail_with_them(cluster, project, agents, tmp_path):
    gate = tmp_path / "gate"
    first = submit(cluster, project, "--name", "first", "--", "sh", "-c", f"while ! [ -e {gate} ]; do sleep 0.1; done")
    second = submit(cluster, project, "--name", "second", "--after", first, "--", "sh", "-c", f"cat {gate}")
    bad = submit(cluster, project, "--name", "bad", "--", "false")
    never = submit(cluster, project, "--name", "never", "--after", first, "--after", bad, "--", "true")
    agents.start("--slots", 3)
    eventually(lambda: show(cluster, project, first)["state"] == "RUNNING")
    assert ended(cluster, project, bad)["state"] == "FAILED"
    waiting = show(cluster, project, second)
    assert (waiting["state"], waiting["reason"]) == ("QUEUED", "waits for first-1")
    gate.write_text("opened")
    assert ended(cluster, project, second)["state"] == "FINISHED"
    assert job(cluster, project, "logs", second).stdout == "opened"
    record = ended(cluster, project, never)
    assert (record["state"], record["attempt"]) == ("FAILED", 1) and "bad-1, for which it waited, ended as FAILED" in record["reason"]


def test_gpus_are_one_programs_alone(cluster, project, agents, tmp_path):
    agents.start("--slots", 4, "--gpus", "pretend:3")
    log = tmp_path / "log"
    program = (f"echo begin $CUDA_VISIBLE_DEVICES >> {log}; while [ $(grep -c begin {log}) -lt $N ]; do sleep 0.1; done; "
               f"echo end $CUDA_VISIBLE_DEVICES >> {log}")
    two = [submit(cluster, project, "--gpus", g, "--env", f"N={n}", "--", "sh", "-c", program) for g, n in ((2, 2), (1, 2))]
    for id in two:
        assert ended(cluster, project, id)["state"] == "FINISHED"
    assert {line for line in log.read_text().splitlines() if "begin" in line} == {"begin 0,1", "begin 2"}
    # Three at once do not fit: the younger one waits for the older.
    log.unlink()
    first = submit(cluster, project, "--gpus", 2, "--env", "N=1", "--", "sh", "-c", f"{program}; sleep 1")
    second = submit(cluster, project, "--gpus", 2, "--env", "N=2", "--", "sh", "-c", program)
    assert ended(cluster, project, first)["state"] == ended(cluster, project, second)["state"] == "FINISHED"
    assert [line.split()[0] for line in log.read_text().splitlines()] == ["begin", "end", "begin", "end"]
    none = submit(cluster, project, "--", "sh", "-c", "echo [$CUDA_VISIBLE_DEVICES]")
    assert ended(cluster, project, none)["state"] == "FINISHED"
    assert job(cluster, project, "logs", none).stdout == "[]\n"
    many = submit(cluster, project, "--gpus", 8, "--", "true")
    assert "8 GPUs, of which it has 3" in show(cluster, project, many)["reason"]
    told = subprocess.Popen(command("submit", "--gpus", 8, "--", "true", project=project), env=environment(cluster, "alice"),
                            stderr=subprocess.PIPE, text=True)
    assert "true-2" in told.stderr.readline() and "8 GPUs" in told.stderr.readline()
    told.send_signal(signal.SIGINT)
    assert told.wait(timeout=60) == 128 + signal.SIGINT
    assert show(cluster, project, "true-2")["state"] == "KILLED"


def test_a_killed_agents_job_is_lost_and_tried_again_elsewhere(cluster, project, agents, tmp_path):
    first = agents.start()
    program = f"echo $$ $HFS_ATTEMPT >> {tmp_path}/log; [ $HFS_ATTEMPT = 2 ] || while :; do sleep 0.1; done"
    id = submit(cluster, project, "--name", "tough", "--", "sh", "-c", program)
    pid = int(eventually(lambda: (tmp_path / "log").exists() and (tmp_path / "log").read_text()).split()[0])
    first.kill()
    first.wait()
    record = eventually(lambda: (r := show(cluster, project, id))["state"] == "LOST" and r)
    assert "is gone" in record["reason"]
    agents.start()
    record = ended(cluster, project, id)
    assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 0)
    # The program that the killed agent left behind was ended, and nothing of it counts.
    eventually(lambda: not is_running(pid))
    runs = {r["id"]: r["state"] for r in json.loads(cluster.hfs(
        "run", "ls", "--json", "--project", project, user="alice", check=0).text)}
    assert sorted(runs.values()) == ["finished", "killed"]


def test_trials_get_their_gpus_alone(cluster, project, tmp_path):
    base = [BINARY, "experiment", "run", "--project", project, "--space", "x=0.0..1.0", "--metric", "m", "--trials", "4"]
    done = subprocess.run([*base, "--parallel", "4", "--gpus-per-trial", "1", "--gpus", "pretend:2", "--", "sh", "-c",
                           f"mkdir {tmp_path}/$CUDA_VISIBLE_DEVICES || exit 1; sleep 0.2; rmdir {tmp_path}/$CUDA_VISIBLE_DEVICES; "
                           "echo hfs::metric m=$CUDA_VISIBLE_DEVICES"],
                          env=environment(cluster, "alice"), capture_output=True, text=True, timeout=90)
    assert done.returncode == 0 and "4 FINISHED" in done.stdout, done.stdout + done.stderr
    none = subprocess.run([*base, "--gpus-per-trial", "3", "--gpus", "pretend:2", "--", "true"],
                          env=environment(cluster, "alice"), capture_output=True, text=True, timeout=90)
    assert none.returncode == 1 and "3 GPUs, of which it has 2" in none.stderr


def test_one_agent_takes_jobs_and_trials(cluster, project, agents):
    agents.start("--slots", 2)
    trials = subprocess.Popen([BINARY, "experiment", "run", "--project", project, "--space", "x=0.0..1.0", "--trials", "3",
                               "--detached", "--", "sh", "-c", "echo hfs::metric metric=1"], env=environment(cluster, "alice"),
                              stdout=subprocess.PIPE, text=True)
    id = submit(cluster, project, "--", "true")
    assert ended(cluster, project, id)["state"] == "FINISHED"
    assert "3 FINISHED" in trials.communicate(timeout=90)[0]


def test_deleting_a_job_ends_its_program(cluster, project, agents, tmp_path):
    agents.start()
    id = submit(cluster, project, "--name", "gone", "--", "sh", "-c", f"echo $$ > {tmp_path}/pid; exec sleep 1000")
    pid = int(eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text()))
    cluster.hfs("rm", "-r", f"/Projects/{project}/Jobs/{id}", user="alice", check=0)
    eventually(lambda: not is_running(pid))
    again = submit(cluster, project, "--", "true")
    assert ended(cluster, project, again)["state"] == "FINISHED"


@pytest.mark.parametrize("tamper, reason", [
    (lambda hfs, job: hfs("chmod", "666", f"{job}/program/tool"), "Others than its owner, alice, may have written it"),
    (lambda hfs, job: hfs("chmod", "660", f"{job}/secrets.env"), "secrets.env"),
    (lambda hfs, job: (hfs("chmod", "777", f"{job}/program"), hfs("rm", f"{job}/program/tool", user="bob"),
                       hfs("cp", f"{job}/program/data", f"{job}/program/tool", user="bob")), "Others than its owner, alice"),
    (lambda hfs, job: (hfs("rm", f"{job}/program/tool"), hfs("cp", f"{job}/program/data", f"{job}/program/tool", user="alice"),
                       hfs("chmod", "644", f"{job}/program/tool")), "not what was kept"),
], ids=["writable", "secrets", "replaced", "other-bytes"])
def test_a_program_that_others_may_have_written_is_not_run(cluster, project, agents, tmp_path, tamper, reason):
    (tmp_path / "tool").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (tmp_path / "tool").chmod(0o755)
    (tmp_path / "data").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran #\n")
    (tmp_path / "env").write_text("SECRET=hunter2\n")
    id = submit(cluster, project, "--file", "data", "--env-file", "env", "--", "./tool", cwd=tmp_path)
    tamper(lambda *arguments, user=None: cluster.hfs(*arguments, user=user, check=0), f"/Projects/{project}/Jobs/{id}")
    agents.start()
    record = ended(cluster, project, id)
    assert record["state"] == "FAILED" and reason in record["reason"]
    assert not (tmp_path / "ran").exists()


def test_what_others_lay_beside_a_program_stays_behind(cluster, project, agents, tmp_path):
    (tmp_path / "tool").write_text("#!/bin/sh\nls\n")
    (tmp_path / "tool").chmod(0o755)
    id = submit(cluster, project, "--", "./tool", cwd=tmp_path)
    program = f"/Projects/{project}/Jobs/{id}/program"
    cluster.hfs("chmod", "777", program, check=0)
    cluster.hfs("cp", f"{program}/tool", f"{program}/sitecustomize.py", user="bob", check=0)
    agents.start()
    assert ended(cluster, project, id)["state"] == "FINISHED"
    assert job(cluster, project, "logs", id).stdout == "tool\n"


def test_an_agent_whose_sign_was_taken_shows_it_again(cluster, project, agents):
    agent, signs = agents.start(), f"/Projects/{project}/Experiments/.agents"
    shown = lambda: next((name for name in cluster.hfs("ls", signs).text.split() if str(agent.pid) in name), None)
    sign = eventually(shown)
    cluster.hfs("rm", sign if sign.startswith("/") else f"{signs}/{sign}", check=0)
    assert shown() is None
    assert eventually(shown) == sign
    assert ended(cluster, project, submit(cluster, project, "--", "true"))["state"] == "FINISHED"


def cluster_http(cluster):
    record = json.loads((pathlib.Path(cluster.directory) / "cluster.json").read_text())
    return record["httpPort"]


def test_the_namenode_gives_its_own_program_with_its_checksum(cluster, tmp_path):
    base = f"http://127.0.0.1:{cluster_http(cluster)}"
    got, part = b"", 0
    while bytes := urllib.request.urlopen(f"{base}/hfs?part={part}", timeout=30).read():
        got, part = got + bytes, part + 1
    assert got == pathlib.Path(BINARY).read_bytes() and part > 1
    (tmp_path / "hfs").write_bytes(got)
    sum = subprocess.run(["sha256sum", tmp_path / "hfs"], capture_output=True, text=True).stdout.split()[0]
    assert urllib.request.urlopen(f"{base}/hfs.sha256", timeout=30).read().decode().strip() == sum
