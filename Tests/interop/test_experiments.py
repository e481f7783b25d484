"""Experiments through the command line: searches, early stops, retries, killed drivers, and TensorBoard's reading of them."""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from conftest import BINARY, ROOT

SPACE = ["--space", "x=0.0..1.0"]
# Reports its parameter as the metric.
ECHO = 'import json, os; print("hfs::metric score=%s step=0" % json.loads(os.environ["HFS_PARAMS"])["x"])'


def command(*arguments, project):
    return [BINARY, "experiment", *map(str, arguments[:1]), "--project", project, *map(str, arguments[1:])]


def environment(cluster, user):
    return {**os.environ, "HFS_URI": cluster.uri, "HFS_USER": user}


def made_project(cluster, request):
    name = "".join(c if c.isalnum() else "_" for c in request.node.name)[:80]
    cluster.hfs("rm", "-r", "-f", f"/Projects/{name}", check=0)
    cluster.hfs("mkdir", "-p", f"/Projects/{name}", check=0)
    cluster.hfs("chown", "alice", f"/Projects/{name}", check=0)
    return name


@pytest.fixture
def project(cluster, request):
    """A project of alice's for one test alone."""
    return made_project(cluster, request)


def run(cluster, project, *options, program, timeout=240):
    done = subprocess.run(
        command("run", "--json", "--metric", "score", *options, "--", *program, project=project),
        capture_output=True, text=True, timeout=timeout, env=environment(cluster, "alice"))
    return json.loads(done.stdout) if done.returncode == 0 else pytest.fail(done.stderr)


def show(cluster, project, id):
    return json.loads(cluster.hfs("experiment", "show", id, "--project", project, "--json", user="alice", check=0).text)


def trials(cluster, project, id="experiment-1"):
    return show(cluster, project, id)["trials"]


def cat(cluster, path):
    return cluster.hfs("cat", path, user="alice", check=0).text


def is_running(pid):
    """False also for one that has ended and that nobody has waited for yet."""
    try:
        return open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def test_a_search_keeps_what_its_trials_did(cluster, project):
    record = run(cluster, project, *SPACE, "--trials", 5, "--parallel", 2, "--seed", 7, program=[sys.executable, "-c", ECHO])
    assert record["state"] == "FINISHED" and record["ended"] == {"FINISHED": 5}
    best = record["best"]
    assert best["metric"] == best["parameters"]["x"] == max(t["metric"] for t in trials(cluster, project))
    attempt = json.loads(cat(cluster, f"{best['path']}/attempt.json"))
    assert attempt["result"]["metric"] == best["metric"] and attempt["metrics"] == {"score": best["metric"]}
    assert "hfs::metric score=" in cat(cluster, f"{best['path']}/output.log")
    assert len(cat(cluster, f"{best['path']}/metrics.jsonl").splitlines()) == 1
    found = cluster.hfs("find", record["path"], "--where", f"ml.score >= {best['metric']}", user="alice", check=0).text
    assert found.split("\t")[0].endswith(f"trials/{best['trial']:06}"), found
    again = run(cluster, project, *SPACE, "--trials", 5, "--seed", 7, program=[sys.executable, "-c", ECHO])
    assert again["id"] == "experiment-2" and again["best"]["parameters"] == best["parameters"]
    listed = json.loads(cluster.hfs("experiment", "ls", "--project", project, "--json", user="alice", check=0).text)
    assert [record["id"] for record in listed] == ["experiment-2", "experiment-1"]
    runs = json.loads(cluster.hfs("run", "ls", "--json", "--project", project, user="alice", check=0).text)
    assert {run["state"] for run in runs} == {"finished"}
    parent = {run["id"] for run in runs if run["kind"] == "experiment"}
    assert len(parent) == 2 and {run["parent"] for run in runs if run["kind"] == "trial"} == parent


def test_failed_trials_are_tried_again_and_then_failed_with_their_reason(cluster, project, tmp_path):
    program = (f"echo $HFS_TRIAL $HFS_ATTEMPT >> {tmp_path}/log; [ $HFS_TRIAL = 1 ] && exit 3; "
               "[ $HFS_TRIAL$HFS_ATTEMPT = 21 ] && exit 4; [ $HFS_TRIAL = 3 ] || echo hfs::metric score=$HFS_TRIAL")
    record = run(cluster, project, *SPACE, "--trials", 4, "--retries", 1, program=["sh", "-c", program])
    assert record["ended"] == {"FINISHED": 2, "FAILED": 2}
    assert (tmp_path / "log").read_text().split("\n")[:-1] == ["0 1", "1 1", "1 2", "2 1", "2 2", "3 1", "3 2"]
    failed = {t["trial"]: t["reason"] for t in trials(cluster, project) if t["state"] == "FAILED"}
    assert "exit code 3" in failed[1] and "'score' was never reported" in failed[3]
    assert record["best"]["trial"] == 2 and record["best"]["attempts"] == 2


def test_bad_wishes_are_refused_before_anything_is_made(cluster, project):
    for options, program, text in [
        (["--space", "x=2.0..1.0"], ["true"], "inverted"),
        (["--space", "x=0.0..1.0", "--optimizer", "grid"], ["true"], "cannot enumerate 'x'"),
        (SPACE, ["no-such-program"], "No such program"), (["--trials", "3"], ["true"], "empty"),
        ([*SPACE, "--early-stop", "often"], ["true"], "no rule"), ([*SPACE, "--direction", "up"], ["true"], "max or min"),
    ]:
        done = subprocess.run(command("run", *options, "--", *program, project=project), capture_output=True, text=True,
                              env=environment(cluster, "alice"), timeout=60)
        assert done.returncode == 2 and text in done.stderr, done.stderr
    assert cluster.hfs("ls", f"/Projects/{project}", user="alice", check=0).text == ""
    assert "No such experiment" in cluster.hfs("experiment", "show", "x-1", "--project", project, check=1).error


def test_hopeless_trials_are_stopped_even_when_they_ignore_it(cluster, project):
    program = ("import os, signal, time; trial = int(os.environ['HFS_TRIAL']); step = 0\n"
               "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
               "while trial or step < 1000:\n"
               "    print(f'hfs::metric score={1 - trial} step={step}', flush=True); step += 1; time.sleep(0.2 * trial)\n")
    record = run(cluster, project, *SPACE, "--trials", 2, "--early-stop", "median:min=1", "--grace", "0.5",
                 program=[sys.executable, "-c", program])
    assert record["ended"] == {"FINISHED": 1, "STOPPED": 1}
    stopped = trials(cluster, project)[1]
    assert stopped["state"] == "STOPPED" and stopped["metric"] == 0 and "median" in stopped["reason"]


# HFS_TEST_PRINTED=1000000000 for the long form.
PRINTED = int(os.environ.get("HFS_TEST_PRINTED", "30000000"))


def test_a_program_leaves_no_children_and_may_print_a_lot(cluster, project, tmp_path):
    program = (f"sleep 1000 & echo $! > {tmp_path}/child; head -c {PRINTED} /dev/zero | tr '\\0' x; echo; "
               "echo hfs::metric score=1")
    record = run(cluster, project, *SPACE, "--trials", 1, program=["sh", "-c", program])
    assert record["ended"] == {"FINISHED": 1}
    assert not is_running(int((tmp_path / "child").read_text()))
    length = cluster.hfs("du", "-s", f"{record['best']['path']}/output.log", user="alice", check=0).text.split()[0]
    assert int(length) > PRINTED


def test_a_killed_driver_is_followed_by_another_and_nothing_counts_twice(cluster, project, tmp_path):
    program = (f"echo $HFS_TRIAL $HFS_ATTEMPT >> {tmp_path}/log; "
               f"[ $HFS_TRIAL = 2 ] && [ $HFS_ATTEMPT = 1 ] && touch {tmp_path}/reached && exec sleep 1000; "
               "echo hfs::metric score=$HFS_TRIAL")
    driver = subprocess.Popen(
        command("run", "--metric", "score", *SPACE, "--trials", 6, "--seed", 5, "--", "sh", "-c", program, project=project),
        env=environment(cluster, "alice"), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (tmp_path / "reached").exists():
        assert driver.poll() is None and time.monotonic() < deadline, driver.stderr.read()
        time.sleep(0.05)
    refused = cluster.hfs("experiment", "resume", "experiment-1", "--project", project, user="alice", check=1)
    assert f"driven by process {driver.pid}" in refused.error
    driver.kill()
    driver.wait()
    before = show(cluster, project, "experiment-1")
    assert before["state"] == "INTERRUPTED" and before["trials"][2]["state"] == "LOST"
    cluster.hfs("experiment", "resume", "experiment-1", "--project", project, user="alice", check=0)
    after = show(cluster, project, "experiment-1")
    assert after["state"] == "FINISHED" and after["ended"] == {"FINISHED": 6}
    assert [t["metric"] for t in after["trials"]] == [0, 1, 2, 3, 4, 5]
    assert [t["parameters"] for t in after["trials"][:3]] == [t["parameters"] for t in before["trials"]]
    log = (tmp_path / "log").read_text().split("\n")[:-1]
    assert log == ["0 1", "1 1", "2 1", "2 2", "3 1", "4 1", "5 1"]
    journal = [json.loads(line) for line in cat(cluster, f"{after['path']}/journal.jsonl").splitlines()]
    ended = [record["ended"]["trial"] for record in journal if "ended" in record]
    assert sorted(ended) == [0, 1, 2, 3, 4, 5]


def test_a_driver_killed_again_and_again_decides_as_one_that_was_not(cluster, project):
    seed = int(os.environ.get("HFS_TEST_SEED", random.randrange(1 << 30)))
    print(f"rerun with HFS_TEST_SEED={seed}")
    moments = random.Random(seed)
    options = [*SPACE, "--trials", 12, "--parallel", 2, "--seed", 11]
    # Longer in all than the longest life of a driver, so that one at least is killed.
    program = [sys.executable, "-c", "import time; time.sleep(0.25); " + ECHO]
    expected = run(cluster, project, *options, "--name", "calm", program=program)
    start = command("run", "--metric", "score", *options, "--name", "killed", "--", *program, project=project)
    again = command("resume", "killed-1", project=project)
    kills = 0
    while True:
        exists = cluster.hfs("test", "-e", f"/Projects/{project}/Experiments/killed-1", user="alice").returncode == 0
        driver = subprocess.Popen(again if exists else start, env=environment(cluster, "alice"), stderr=subprocess.PIPE, text=True)
        try:
            _, error = driver.communicate(timeout=moments.uniform(0.2, 1.2) if kills < 8 else 120)
            assert driver.returncode == 0, error
            break
        except subprocess.TimeoutExpired:
            assert kills < 8, "a driver that nobody killed did not end"
            driver.kill()
            driver.communicate()
            kills += 1
    after = show(cluster, project, "killed-1")
    assert kills > 0 and after["state"] == "FINISHED" and after["ended"] == {"FINISHED": 12}
    calm = trials(cluster, project, "calm-1")
    assert [(t["parameters"], t["seed"], t["metric"]) for t in after["trials"]] == [
        (t["parameters"], t["seed"], t["metric"]) for t in calm]
    assert after["best"]["trial"] == expected["best"]["trial"]
    for trial in after["trials"]:
        record = json.loads(cat(cluster, f"{trial['path']}/attempt.json"))
        assert record["attempt"] == trial["attempts"] and record["result"]["metric"] == trial["metric"]


def test_what_a_lost_attempt_still_writes_is_refused(cluster, project, tmp_path):
    """Its agent is killed; the program has left the process group and goes on with the attempt's token."""
    late = (f"while [ ! -e {tmp_path}/go ]; do sleep 0.1; done; echo late | '{BINARY}' put - $HFS_EXPERIMENT/late "
            f"2> {tmp_path}/error; echo $? > {tmp_path}/code")
    program = (f"if [ $HFS_ATTEMPT = 1 ]; then '{BINARY}' touch $HFS_EXPERIMENT/early; setsid sh -c \"$LATE\" & "
               f"touch {tmp_path}/started; sleep 1000; fi; echo hfs::metric score=$HFS_ATTEMPT")
    agent = [BINARY, "agent", "--project", project]
    first = subprocess.Popen(agent, env={**environment(cluster, "alice"), "LATE": late})
    driver = subprocess.Popen(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 1, "--detached", "--", "sh", "-c", program,
                project=project), env=environment(cluster, "alice"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (tmp_path / "started").exists():
        assert driver.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    first.kill()
    first.wait()
    second = subprocess.Popen(agent, env=environment(cluster, "alice"))
    try:
        out, error = driver.communicate(timeout=120)
        assert driver.returncode == 0, error
        best = json.loads(out)["best"]
        assert best["metric"] == 2 and best["attempts"] == 2 and "its agent is gone" in error + json.dumps(best) + cat(
            cluster, f"/Projects/{project}/Experiments/experiment-1/journal.jsonl")
        (tmp_path / "go").touch()
        while not (tmp_path / "code").exists():
            assert time.monotonic() < deadline + 120
            time.sleep(0.05)
        assert (tmp_path / "code").read_text() == "1\n"
        assert "can't be found in cache" in (tmp_path / "error").read_text(), (tmp_path / "error").read_text()
        names = cluster.hfs("ls", f"/Projects/{project}/Experiments/experiment-1", user="alice", check=0).text
        assert "early" in names and "late" not in names
    finally:
        (tmp_path / "go").touch()
        second.send_signal(signal.SIGTERM)
        second.wait(timeout=60)


def test_a_killed_namenode_costs_no_trial(fresh_cluster, request, tmp_path):
    project = made_project(fresh_cluster, request)
    program = f"echo $HFS_TRIAL $HFS_ATTEMPT >> {tmp_path}/log; sleep 0.5; echo hfs::metric score=$HFS_TRIAL"
    driver = subprocess.Popen(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 8, "--parallel", 2, "--", "sh", "-c", program,
                project=project), env=environment(fresh_cluster, "alice"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True)
    deadline = time.monotonic() + 120
    while not (tmp_path / "log").exists() or len((tmp_path / "log").read_text().splitlines()) < 3:
        assert driver.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    fresh_cluster.kill("namenode")
    fresh_cluster.start()
    out, error = driver.communicate(timeout=200)
    assert driver.returncode == 0, error
    assert json.loads(out)["ended"] == {"FINISHED": 8}
    assert sorted((tmp_path / "log").read_text().splitlines()) == [f"{trial} 1" for trial in range(8)]


def test_an_interrupted_driver_gives_its_trials_back(cluster, project, tmp_path):
    program = f"touch {tmp_path}/$HFS_TRIAL.$HFS_ATTEMPT; [ $HFS_ATTEMPT = 1 ] && exec sleep 1000; echo hfs::metric score=1"
    driver = subprocess.Popen(
        command("run", "--metric", "score", *SPACE, "--trials", 2, "--parallel", 2, "--grace", "5", "--", "sh", "-c", program,
                project=project), env=environment(cluster, "alice"), stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not all((tmp_path / f"{n}.1").exists() for n in (0, 1)):
        assert driver.poll() is None and time.monotonic() < deadline, driver.stderr.read()
        time.sleep(0.05)
    driver.send_signal(signal.SIGTERM)
    assert driver.wait(timeout=60) == 128 + signal.SIGTERM
    cluster.hfs("experiment", "resume", "experiment-1", "--project", project, user="alice", check=0)
    assert show(cluster, project, "experiment-1")["ended"] == {"FINISHED": 2}


def test_agents_of_their_own_do_the_work_of_a_detached_driver(cluster, project):
    agents = [subprocess.Popen([BINARY, "agent", "--project", project, "--slots", "2"], env=environment(cluster, "alice"))
              for _ in range(2)]
    try:
        record = run(cluster, project, *SPACE, "--trials", 8, "--parallel", 4, "--detached", program=[sys.executable, "-c", ECHO])
        assert record["ended"] == {"FINISHED": 8}
        journal = [json.loads(line) for line in cat(cluster, f"{record['path']}/journal.jsonl").splitlines()]
        claims = [record["claimed"] for record in journal if "claimed" in record]
        assert sorted(claim["trial"] for claim in claims) == list(range(8))
        assert {int(claim["agent"].split(",")[1]) for claim in claims} <= {agent.pid for agent in agents}
    finally:
        for agent in agents:
            agent.send_signal(signal.SIGTERM)
        for agent in agents:
            agent.wait(timeout=60)


def test_an_agent_runs_nobody_elses_program(cluster, project):
    cluster.hfs("chmod", "777", f"/Projects/{project}", check=0)
    cluster.hfs("mkdir", f"/Projects/{project}/Experiments", check=0)
    cluster.hfs("chmod", "777", f"/Projects/{project}/Experiments", check=0)
    alice = subprocess.Popen([BINARY, "agent", "--project", project], env=environment(cluster, "alice"))
    driver = subprocess.Popen(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 2, "--detached", "--", sys.executable, "-c", ECHO,
                project=project), env=environment(cluster, "bob"), stdout=subprocess.PIPE, text=True)
    bob = None
    try:
        # Alice's agent takes what is hers, offered after bob's.
        deadline = time.monotonic() + 60
        offered = f"/Projects/{project}/Experiments/experiment-1/trials/000000"
        while "QUEUED 1" not in cluster.hfs("xattr", "ls", offered).text:
            assert time.monotonic() < deadline and driver.poll() is None
        record = run(cluster, project, *SPACE, "--name", "own", "--trials", 1, "--detached", program=[sys.executable, "-c", ECHO])
        assert record["ended"] == {"FINISHED": 1} and driver.poll() is None
        bob = subprocess.Popen([BINARY, "agent", "--project", project], env=environment(cluster, "bob"))
        out, _ = driver.communicate(timeout=120)
        journal = cluster.hfs("cat", f"{json.loads(out)['path']}/journal.jsonl", check=0).text
        agents = {json.loads(line)["claimed"]["agent"].split(",")[1] for line in journal.splitlines() if "claimed" in line}
        assert agents == {str(bob.pid)}
    finally:
        for agent in filter(None, (alice, bob)):
            agent.send_signal(signal.SIGTERM)
            agent.wait(timeout=60)
        driver.kill()


def test_asha_promotes_and_goes_on_from_checkpoints(cluster, project):
    program = ("import json, os; p = json.loads(os.environ['HFS_PARAMS']); path = os.environ['HFS_CHECKPOINT_DIR'] + '/epoch'\n"
               "done = int(open(path).read()) if os.path.exists(path) else 0\n"
               "open(path, 'w').write(str(p['epochs']))\n"
               "print(f\"hfs::metric score={p['x']} done={done}\")\n")
    record = run(cluster, project, *SPACE, "--space", "epochs=budget:1..4", "--optimizer", "asha:eta=2", "--trials", 8,
                 "--direction", "min", program=[sys.executable, "-c", program])
    all_trials = trials(cluster, project)
    promoted = [t for t in all_trials if t.get("parent") is not None]
    assert record["best"]["budget"] == 4 and len(promoted) >= 6
    assert record["best"]["metric"] == min(t["metric"] for t in all_trials)
    for trial in promoted:
        metrics = json.loads(cat(cluster, f"{trial['path']}/metrics.jsonl"))["values"]
        assert metrics["done"] == all_trials[trial["parent"]]["budget"]


# In an environment of its own: TensorBoard needs another protobuf than snakebite.
TENSORBOARD = os.environ.get("HFS_TENSORBOARD_PYTHON")
READ_SCALARS = """
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
print(json.dumps([[[s.step, s.value] for s in EventAccumulator(path).Reload().Scalars("score")] for path in sys.argv[1:]]))
"""


@pytest.mark.skipif(not TENSORBOARD, reason="HFS_TENSORBOARD_PYTHON names no Python with tensorboard")
def test_tensorboard_reads_scalars_and_hparams(cluster, project, tmp_path):
    program = ("import json, os; p = json.loads(os.environ['HFS_PARAMS'])\n"
               "for step in range(3): print(f\"hfs::metric score={p['x'] + step} step={step}\")\n")
    record = run(cluster, project, *SPACE, "--space", "act=relu|tanh", "--trials", 3, program=[sys.executable, "-c", program])
    cluster.hfs("get", "-r", record["path"], tmp_path / "e", user="alice", check=0)
    folders = [str(tmp_path / "e" / "trials" / f"{n:06}" / "result") for n in range(3)]
    read = subprocess.run([TENSORBOARD, "-c", READ_SCALARS, *folders], capture_output=True, text=True, timeout=120)
    for trial, scalars in zip(trials(cluster, project), json.loads(read.stdout)):
        assert [step for step, _ in scalars] == [0, 1, 2]
        assert scalars[2][1] == pytest.approx(trial["metric"], rel=1e-6)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    board = subprocess.Popen(
        [TENSORBOARD, "-m", "tensorboard.main", "--logdir", str(tmp_path / "e"), "--port", str(port), "--bind_all",
         "--load_fast", "false"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}/data/plugin/hparams"
        request = {"experimentName": "", "allowedStatuses": ["STATUS_SUCCESS"], "colParams": [], "startIndex": 0, "sliceSize": 10}
        deadline = time.monotonic() + 90
        while True:
            try:
                groups = post(f"{base}/session_groups", request)["sessionGroups"]
                if len(groups) == 3 and all(g.get("metricValues") for g in groups):
                    break
            except (OSError, KeyError):
                pass
            assert time.monotonic() < deadline and board.poll() is None
            time.sleep(0.5)
        shown = {(g["hparams"]["act"], round(g["hparams"]["x"], 9)) for g in groups}
        assert shown == {(t["parameters"]["act"], round(t["parameters"]["x"], 9)) for t in trials(cluster, project)}
        experiment = post(f"{base}/experiment", {"experimentName": ""})
        assert {info["name"] for info in experiment["hparamInfos"]} == {"x", "act"}
        assert experiment["metricInfos"][0]["name"]["tag"] == "score"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/data/plugin/scalars/tags") as answer:
            assert sum("score" in tags for tags in json.load(answer).values()) == 3
    finally:
        board.terminate()
        board.wait(timeout=30)


def post(url, body):
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def test_the_example_learns_the_digits(cluster, project):
    pytest.importorskip("numpy")
    data = f"/Projects/{project}/Resources/digits.csv"
    cluster.hfs("mkdir", "-p", f"/Projects/{project}/Resources", user="alice", check=0)
    cluster.hfs("put", ROOT / "deploy/data/digits.csv", data, user="alice", check=0)
    os.environ["DIGITS"] = data
    try:
        done = subprocess.run(
            command("run", "--json", "--metric", "accuracy", "--trials", 3, "--parallel", 2, "--seed", 1,
                    "--space", "lr=log:1e-2..1", "--space", "hidden=int:8..64:step8", "--space", "act=relu|tanh", "--",
                    sys.executable, ROOT / "examples/digits.py", project=project),
            capture_output=True, text=True, timeout=240, env=environment(cluster, "alice"))
    finally:
        del os.environ["DIGITS"]
    assert done.returncode == 0, done.stderr
    best = json.loads(done.stdout)["best"]
    assert best["metric"] > 0.9
    upstream = cluster.hfs("provenance", "upstream", f"{best['path']}/files/weights.npz", user="alice", check=0).text
    assert "digits.csv" in upstream, upstream
