"""Attempts that lose their agent, their namenode or their right: leases, fences, checkpoints, outages, and stops by hand."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from conftest import BINARY, Cluster
from test_experiments import (  # noqa: F401
    SPACE, cat, command, environment, is_running, made_project, project, run, show, trials)


def start(cluster, project, *options, program, user="alice", name="experiment"):
    return subprocess.Popen(
        command("run", "--json", "--metric", "score", "--name", name, *SPACE, *options, "--", *program, project=project),
        env=environment(cluster, user), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def agent(cluster, project, *options, **variables):
    return subprocess.Popen(
        [BINARY, "agent", "--project", project, *map(str, options)], env={**environment(cluster, "alice"), **variables})


def wait_for(condition, *processes, seconds=120):
    deadline = time.monotonic() + seconds
    while not condition():
        assert all(process.poll() is None for process in processes), [p.stderr and p.stderr.read() for p in processes]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ended(process):
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=60)


def names(cluster, path):
    listed = cluster.hfs("ls", path, user="alice").text
    return [line.rsplit("/", 1)[-1] for line in listed.splitlines()]


def test_an_experiment_is_stopped_by_hand_with_what_its_trials_reported(cluster, project, tmp_path):
    program = (f"touch {tmp_path}/$HFS_TRIAL; echo hfs::metric score=$HFS_TRIAL step=3; exec sleep 1000")
    driver = start(cluster, project, "--trials", 5, "--parallel", 2, program=["sh", "-c", program])
    wait_for(lambda: (tmp_path / "1").exists(), driver)
    root = f"/Projects/{project}/Experiments/experiment-1"
    refused = cluster.hfs("experiment", "stop", "experiment-1", "--project", project, user="bob", check=1)
    assert "ermission" in refused.error, refused.error
    begun = time.monotonic()
    record = json.loads(cluster.hfs(
        "experiment", "stop", "experiment-1", "--project", project, "--json", user="alice", check=0, timeout=60).text)
    assert time.monotonic() - begun < 20
    out, error = driver.communicate(timeout=60)
    assert driver.returncode == 0, error
    assert record["state"] == json.loads(out)["state"] == "STOPPED" and record["ended"] == {"STOPPED": 2}
    found = trials(cluster, project)
    assert [(t["metric"], t["step"], t["reason"]) for t in found] == [(n, 3, "stopped by alice") for n in (0, 1)]
    assert "score=1" in cat(cluster, f"{root}/trials/000001/result/output.log")
    # Stopping it again does nothing; going on is a wish of its own.
    again = json.loads(cluster.hfs(
        "experiment", "stop", "experiment-1", "--project", project, "--json", user="alice", check=0).text)
    assert again == record


def test_an_experiment_that_nobody_drives_is_stopped(cluster, project, tmp_path):
    program = f"touch {tmp_path}/$HFS_TRIAL; echo hfs::metric score=7; exec sleep 1000"
    worker = agent(cluster, project)
    driver = start(cluster, project, "--trials", 3, "--parallel", 2, "--detached", program=["sh", "-c", program])
    try:
        wait_for(lambda: (tmp_path / "0").exists(), driver, worker)
        driver.kill()
        driver.communicate()
        done = cluster.hfs("experiment", "stop", "experiment-1", "--project", project, user="alice", check=0, timeout=60)
        assert "STOPPED" in done.text
        # One ran; the other was offered, and never is.
        assert [(t["state"], t.get("metric")) for t in trials(cluster, project)] == [("STOPPED", 7), ("KILLED", None)]
        assert not (tmp_path / "1").exists() and worker.poll() is None
    finally:
        ended(worker)


FENCED = """
import os, sys, time
# The one that goes on after all is no child that a driver on this host could find and end.
if os.environ["HFS_ATTEMPT"] == "1":
    if os.fork(): time.sleep(1000)
    os.setsid()
first = os.environ["HFS_ATTEMPT"] == "1"
print("hfs::metric score=%s step=0" % os.environ["HFS_ATTEMPT"], flush=True)
if first:
    import hdfs_native
    client = hdfs_native.Client(os.environ["HFS_URI"])
    late = client.create(os.environ["HFS_EXPERIMENT"] + "/open", hdfs_native.WriteOptions())
    late.write(b"early")
    open(sys.argv[1] + "/frozen", "w").write(str(os.getpid()))
    while not os.path.exists(sys.argv[1] + "/go"): time.sleep(0.05)
    for name, act in [("open", lambda: (late.write(b"late" * 100000), late.close())),
                      ("new", lambda: client.create(os.environ["HFS_EXPERIMENT"] + "/new").close())]:
        try:
            act()
            open(sys.argv[1] + "/did-" + name, "w")
        except BaseException as error:
            open(sys.argv[1] + "/error-" + name, "w").write(str(error))
    print("hfs::metric score=99 step=9", flush=True)
    open(sys.argv[1] + "/tried", "w")
    time.sleep(1000)
"""


def test_nothing_appears_of_an_attempt_that_was_frozen_past_its_lease(cluster, project, tmp_path):
    """The program and its agent are stopped; another attempt finishes; then they go on."""
    pytest.importorskip("hdfs_native")
    first = agent(cluster, project)
    driver = start(cluster, project, "--trials", 1, "--detached", "--lease", 3,
                   program=[sys.executable, "-c", FENCED, str(tmp_path)])
    frozen, second = None, None
    root = f"/Projects/{project}/Experiments/experiment-1"
    try:
        wait_for(lambda: (tmp_path / "frozen").exists() and (tmp_path / "frozen").read_text(), driver, first)
        frozen = int((tmp_path / "frozen").read_text())
        first.send_signal(signal.SIGSTOP)
        os.kill(frozen, signal.SIGSTOP)
        second = agent(cluster, project)
        out, error = driver.communicate(timeout=120)
        assert driver.returncode == 0, error
        best = json.loads(out)["best"]
        assert best["metric"] == 2 and best["attempts"] == 2 and "silent for 3 s" in error + cat(cluster, f"{root}/journal.jsonl")
        before = cat(cluster, f"{best['path']}/metrics.jsonl")
        # The fence has begun to take the file; its block is recovered by a datanode, which may take longer than a short trial.
        cluster.hfs("debug", "recover-lease", f"{root}/open", check=0)
        (tmp_path / "go").touch()
        first.send_signal(signal.SIGCONT)
        os.kill(frozen, signal.SIGCONT)
        wait_for(lambda: (tmp_path / "tried").exists(), first)
        assert not (tmp_path / "did-open").exists() and not (tmp_path / "did-new").exists()
        after = trials(cluster, project)
        assert [(t["metric"], t["attempts"]) for t in after] == [(2, 2)]
        assert cat(cluster, f"{best['path']}/metrics.jsonl") == before
        assert "late" not in cluster.hfs("cat", f"{root}/open", user="alice").text and "new" not in names(cluster, root)
    finally:
        for process in filter(None, (first, second)):
            process.send_signal(signal.SIGCONT)
            ended(process)
        if frozen and is_running(frozen):
            os.kill(frozen, signal.SIGKILL)


TRAINING = """
import json, os, sys, time
import numpy
folder = os.environ["HFS_CHECKPOINT_DIR"]
random = numpy.random.default_rng(int(os.environ["HFS_SEED"]))
x, y = random.normal(size=(200, 8)), random.normal(size=200)
weights, momentum, first = random.normal(size=8), numpy.zeros(8), 0
if "HFS_CHECKPOINT" in os.environ:
    saved = numpy.load(os.environ["HFS_CHECKPOINT"])
    weights, momentum, first = saved["weights"], saved["momentum"], int(saved["epoch"]) + 1
    random.bit_generator.state = json.loads(str(saved["random"]))
    open(sys.argv[1] + "/resumed", "a").write("%s %d\\n" % (os.environ.get("HFS_CHECKPOINT_STEP"), first))
for epoch in range(first, 12):
    order = random.permutation(200)
    for batch in order.reshape(20, 10):
        momentum = 0.9 * momentum - 0.001 * x[batch].T @ (x[batch] @ weights - y[batch])
        weights = weights + momentum
    print("hfs::metric score=%r step=%d" % (float(numpy.mean((x @ weights - y) ** 2)), epoch), flush=True)
    name = "%s/.%d.npz" % (folder, epoch)
    numpy.savez(name, weights=weights, momentum=momentum, epoch=epoch, random=json.dumps(random.bit_generator.state))
    os.rename(name, "%s/epoch-%d.npz" % (folder, epoch))
    if epoch % 2: print("hfs::checkpoint epoch-%d.npz step=%d" % (epoch, epoch), flush=True)
    if "slow" in sys.argv: time.sleep(0.3)
numpy.save(os.environ["HFS_LOGDIR"] + "/weights.npy", weights)
"""


def test_training_that_was_killed_and_resumed_ends_with_the_same_weights(cluster, project, tmp_path):
    pytest.importorskip("numpy")
    options = ["--trials", 1, "--seed", 3, "--direction", "min", "--keep-checkpoints", 2]
    calm = run(cluster, project, *SPACE, *options, "--name", "calm", program=[sys.executable, "-c", TRAINING, str(tmp_path)])
    kept = [f"{calm['best']['path']}/checkpoints"]
    assert sorted(name for path in kept for name in names(cluster, path)) == ["epoch-10.npz", "epoch-11.npz"]
    workers = [agent(cluster, project)]
    driver = start(cluster, project, *options, "--detached", name="killed",
                   program=[sys.executable, "-c", TRAINING, str(tmp_path), "slow"])
    attempts = f"/Projects/{project}/Experiments/killed-1/trials/000000/attempts"
    try:
        for attempt in (1, 2):
            published = f"{attempts}/{attempt}/checkpoints"
            wait_for(lambda: any(n.startswith("epoch-") for n in names(cluster, published)), driver, workers[-1])
            workers[-1].kill()
            workers[-1].wait()
            workers.append(agent(cluster, project))
        out, error = driver.communicate(timeout=120)
        assert driver.returncode == 0, error
        best = json.loads(out)["best"]
        assert best["attempts"] == 3
        resumed = [line.split() for line in (tmp_path / "resumed").read_text().splitlines()]
        assert len(resumed) == 2 and all(step in ("None", str(int(first) - 1)) for step, first in resumed), resumed
        for path in (best["path"], calm["best"]["path"]):
            cluster.hfs("get", f"{path}/logs/weights.npy", tmp_path / f"{len(os.listdir(tmp_path))}.npy", user="alice", check=0)
        first, second = sorted(tmp_path.glob("*.npy"))
        assert first.read_bytes() == second.read_bytes()
        # The series goes on where the checkpoint was made: each step once, with the values of a run without a kill.
        series = [[(r["step"], r["values"]["score"]) for r in map(json.loads, cat(cluster, f"{p}/metrics.jsonl").splitlines())]
                  for p in (best["path"], calm["best"]["path"])]
        assert series[0] == series[1] and [step for step, _ in series[0]] == list(range(12))
    finally:
        ended(workers[-1])


# A clock an hour ahead, for a program that asks libc.
CLOCK = """
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *now) {
    long code = syscall(SYS_clock_gettime, clock, now);
    if (code == 0 && clock == CLOCK_REALTIME) now->tv_sec += 3600;
    return (int)code;
}
int gettimeofday(struct timeval *now, void *zone) {
    struct timespec real;
    int code = clock_gettime(CLOCK_REALTIME, &real);
    now->tv_sec = real.tv_sec; now->tv_usec = real.tv_nsec / 1000;
    return code;
}
"""


@pytest.fixture
def elsewhere(tmp_path):
    """How a program is started on a host of another name, whose clock is an hour ahead."""
    (tmp_path / "clock.c").write_text(CLOCK)
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", tmp_path / "clock.so", tmp_path / "clock.c"], check=True)
        prefix = ["unshare", "--uts", "sh", "-c", 'hostname elsewhere && exec "$@"', "-"]
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no other host can be made here: {error}")
    return lambda *arguments: [*prefix, "env", f"LD_PRELOAD={tmp_path}/clock.so", *map(str, arguments)]


def test_an_agent_on_another_host_with_a_wrong_clock_keeps_its_lease_and_loses_it_when_killed(
        cluster, project, tmp_path, elsewhere):
    program = (f"[ $HFS_TRIAL.$HFS_ATTEMPT = 1.1 ] && touch {tmp_path}/reached && exec sleep 1000; "
               f"touch {tmp_path}/$HFS_TRIAL.$HFS_ATTEMPT; "
               "for step in 1 2 3 4 5; do echo hfs::metric score=$HFS_TRIAL step=$step; sleep 0.8; done")
    far = subprocess.Popen(elsewhere(BINARY, "agent", "--project", project), env=environment(cluster, "alice"))
    near = None
    driver = start(cluster, project, "--trials", 2, "--detached", "--lease", 2, program=["sh", "-c", program])
    try:
        wait_for(lambda: (tmp_path / "reached").exists(), driver, far)
        # The program of a host that is gone is not this driver's to end.
        stray = int(cluster.hfs(
            "xattr", "get", f"/Projects/{project}/Experiments/experiment-1/trials/000001/attempts/1", "ml.process",
            user="alice", check=0).text.split(",")[1])
        far.kill()
        far.wait()
        near = agent(cluster, project)
        out, error = driver.communicate(timeout=120)
        assert driver.returncode == 0, error
        record = json.loads(out)
        # Longer than the lease without a fence; then one fence.
        assert [t["attempts"] for t in trials(cluster, project)] == [1, 2] and record["ended"] == {"FINISHED": 2}
        journal = [json.loads(line) for line in cat(cluster, f"{record['path']}/journal.jsonl").splitlines()]
        assert [r["claimed"]["agent"].split(",")[0] for r in journal if "claimed" in r][:2] == ["elsewhere", "elsewhere"]
        assert [r["fenced"]["reason"] for r in journal if "fenced" in r] == ["its agent has been silent for 2 s"]
        os.kill(stray, signal.SIGKILL)
    finally:
        for process in filter(None, (near, far)):
            if process.poll() is None:
                ended(process)


OUTAGE_SECONDS = float(os.environ.get("HFS_TEST_OUTAGE_SECONDS", "6"))
TALKING = """
import os, sys, time
step = 0
while not os.path.exists(sys.argv[1] + "/end"):
    print("hfs::metric score=%d step=%d\\nline %d %s" % (step, step, step, "x" * int(sys.argv[2])), flush=True)
    step += 1
    time.sleep(float(sys.argv[3]))
open(sys.argv[1] + "/said-" + os.environ["HFS_TRIAL"], "w").write(str(step))
"""


def memory(pid):
    return next(int(line.split()[1]) for line in open(f"/proc/{pid}/status") if line.startswith("VmRSS")) << 10


@pytest.mark.parametrize("victims,bytes,pause", [
    (["namenode", "datanode-1"], 20, 0.05), (["datanode-1", "datanode-2", "datanode-3"], 20_000, 0.001)])
def test_while_servers_are_away_trials_run_on_and_all_they_say_arrives_once(
        fresh_cluster, request, tmp_path, victims, bytes, pause):
    """HFS_TEST_OUTAGE_SECONDS=60 for the long form."""
    cluster = fresh_cluster
    project = made_project(cluster, request)
    driver = start(cluster, project, "--trials", 2, "--parallel", 2, "--lease", 3,
                   program=[sys.executable, "-c", TALKING, str(tmp_path), str(bytes), str(pause)])
    attempts = [f"/Projects/{project}/Experiments/experiment-1/trials/{n:06}/attempts/1" for n in (0, 1)]
    wait_for(lambda: all(cluster.hfs("cat", f"{path}/metrics.jsonl", user="alice").text for path in attempts), driver)
    before = memory(driver.pid)
    for victim in victims:
        cluster.kill(victim)
    until = time.monotonic() + OUTAGE_SECONDS
    wait_for(lambda: time.monotonic() > until, driver, seconds=OUTAGE_SECONDS + 30)
    # What waits in memory is bounded, however much the programs would like to say.
    assert memory(driver.pid) - before < 150 << 20
    cluster.start()
    (tmp_path / "end").touch()
    out, error = driver.communicate(timeout=200)
    assert driver.returncode == 0, error
    record = json.loads(out)
    assert record["ended"] == {"FINISHED": 2} and [t["attempts"] for t in trials(cluster, project)] == [1, 1]
    assert "fenced" not in cat(cluster, f"{record['path']}/journal.jsonl")
    for trial in trials(cluster, project):
        steps = int((tmp_path / f"said-{trial['trial']}").read_text())
        metrics = [json.loads(line)["step"] for line in cat(cluster, f"{trial['path']}/metrics.jsonl").splitlines()]
        lines = [line.split()[1] for line in cat(cluster, f"{trial['path']}/output.log").splitlines() if line.startswith("line")]
        assert metrics == list(range(steps)) and lines == [str(n) for n in range(steps)]


def test_an_agent_that_reaches_no_namenode_for_too_long_ends_its_programs(fresh_cluster, request, tmp_path):
    cluster = fresh_cluster
    project = made_project(cluster, request)
    program = f"trap 'touch {tmp_path}/told; exit 3' TERM; touch {tmp_path}/$HFS_ATTEMPT; while :; do sleep 0.1; done"
    worker = agent(cluster, project, "--orphan-timeout", 3)
    driver = start(cluster, project, "--trials", 1, "--detached", program=["sh", "-c", program])
    try:
        wait_for(lambda: (tmp_path / "1").exists(), driver, worker)
        cluster.kill("namenode")
        wait_for(lambda: (tmp_path / "told").exists(), driver, seconds=60)
    finally:
        for process in (worker, driver):
            process.kill()
            process.wait()


def test_of_two_who_take_over_an_experiment_one_drives(cluster, project, tmp_path):
    program = f"touch {tmp_path}/$HFS_TRIAL.$HFS_ATTEMPT; [ $HFS_TRIAL.$HFS_ATTEMPT = 0.1 ] && exec sleep 1000; echo hfs::metric score=1"
    driver = start(cluster, project, "--trials", 3, program=["sh", "-c", program])
    wait_for(lambda: (tmp_path / "0.1").exists(), driver)
    driver.kill()
    driver.communicate()
    both = [subprocess.Popen(command("resume", "experiment-1", project=project), env=environment(cluster, "alice"),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[1] for process in both]
    codes = [process.returncode for process in both]
    assert sorted(codes) == [0, 1], said
    refused = said[codes.index(1)]
    assert "is driven by process" in refused or "Another process has begun to drive" in refused, refused
    assert [(t["state"], t["attempts"]) for t in trials(cluster, project)] == [
        ("FINISHED", 2), ("FINISHED", 1), ("FINISHED", 1)]


@pytest.fixture
def full_disk(tmp_path):
    """A cluster whose datanode has 400 MB on a disk of its own beyond its reserve. Disks that are full are waited for: HFS_TEST_LONG=1 for the test."""
    if not os.environ.get("HFS_TEST_LONG"):
        pytest.skip("waits for two minutes: HFS_TEST_LONG=1")
    disk = tmp_path / "cluster" / "datanode-1"
    disk.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1424m", "none", disk], capture_output=True).returncode != 0:
        pytest.skip("no small disk can be made here")
    found = Cluster(tmp_path / "cluster", 1)
    try:
        yield found.start()
    finally:
        found.stop()
        subprocess.run(["umount", disk], check=True)


def test_a_trial_that_fills_the_disk_fails_with_that_reason_and_harms_no_other(full_disk, request):
    project = made_project(full_disk, request)
    program = "[ $HFS_TRIAL = 0 ] && { head -c 600000000 /dev/zero | tr '\\0' x; exit 0; }; echo hfs::metric score=1"
    record = run(full_disk, project, *SPACE, "--trials", 2, "--parallel", 2, program=["sh", "-c", program], timeout=400)
    assert record["ended"] == {"FAILED": 1, "FINISHED": 1}, trials(full_disk, project)
    failed = trials(full_disk, project)[0]
    assert failed["state"] == "FAILED" and "could only be written to 0" in failed["reason"], failed


def test_a_trial_that_reports_no_number_is_stopped(cluster, project):
    program = "echo hfs::metric score=nan step=4; [ $HFS_TRIAL = 0 ] && exec sleep 1000; echo hfs::metric score=1"
    record = run(cluster, project, *SPACE, "--trials", 2, "--parallel", 2, program=["sh", "-c", program])
    assert record["ended"] == {"STOPPED": 1, "FINISHED": 1} and record["best"]["trial"] == 1
    assert trials(cluster, project)[0]["reason"] == "it reported NaN at step 4"
