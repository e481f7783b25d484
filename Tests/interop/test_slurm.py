"""Agents that a real Slurm runs: pilots and one for each, killed agents, Slurm's warnings, GPUs. HFS_SLURM_PEER names the script that
starts a Slurm on this machine (DIR NODES GPUS_PER_NODE); beside it lies the one that stops it, slurm-stop.sh."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import tempfile

import pytest

from conftest import BINARY
from test_experiments import environment
from test_jobs import cluster_http, command, ended, eventually, job, project, show, submit  # noqa: F401

PEER = os.environ.get("HFS_SLURM_PEER")
pytestmark = pytest.mark.skipif(not PEER, reason="HFS_SLURM_PEER names no script that starts a Slurm (make interop-slurm)")


@pytest.fixture(scope="module")
def slurm():
    folder = tempfile.mkdtemp(prefix="hfs-slurm-")
    bare = {**os.environ, "SLURM_PEER_PORT": str(random.randrange(22000, 31000))}
    try:
        done = subprocess.run([PEER, folder, "2", "2"], env=bare, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                              stdin=subprocess.DEVNULL, text=True)
        assert done.returncode == 0, done.stdout
        yield {"SLURM_CONF": f"{folder}/slurm.conf"}
    finally:
        subprocess.run([pathlib.Path(PEER).with_name("slurm-stop.sh"), folder, "-r"], timeout=120)


class Placement:
    def __init__(self, cluster, slurm, project, *options, program=BINARY):
        self.environment = {**environment(cluster, "alice"), **slurm}
        http = f"127.0.0.1:{cluster_http(cluster)}"
        self.process = subprocess.Popen([program, "slurm", "--project", project, "--http", http, *map(str, options)],
                                        env=self.environment, stderr=subprocess.PIPE, text=True)

    def ask(self, *command):
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60).stdout

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.told = self.process.communicate(timeout=60)[1]
        # Nothing of it stays in Slurm's queue.
        eventually(lambda: not self.ask("squeue", "-h", "-t", "PENDING,RUNNING,COMPLETING"))


def test_pilots_run_a_search_though_one_is_killed(cluster, slurm, project, tmp_path):
    program = (f"echo $HFS_TRIAL $HFS_ATTEMPT $PPID >> {tmp_path}/log; "
               f"[ $HFS_TRIAL$HFS_ATTEMPT = 01 ] && exec sleep 1000; echo hfs::metric metric=$HFS_TRIAL")
    search = subprocess.Popen([BINARY, "experiment", "run", "--project", project, "--space", "x=0.0..1.0", "--trials", "6",
                               "--parallel", "3", "--detached", "--json", "--", "sh", "-c", program],
                              env=environment(cluster, "alice"), stdout=subprocess.PIPE, text=True)
    with Placement(cluster, slurm, project, "--most", 3) as placement:
        line = eventually(lambda: [line.split() for line in (tmp_path / "log").read_text().splitlines() if line.startswith("0 1 ")]
                          if (tmp_path / "log").exists() else None)[0]
        os.kill(int(line[2]), signal.SIGKILL)
        record = json.loads(search.communicate(timeout=180)[0])
    assert record["ended"] == {"FINISHED": 6} and record["best"]["metric"] == 5
    lines = [line.split()[:2] for line in (tmp_path / "log").read_text().splitlines()]
    assert ["0", "2"] in lines and "has failed" in placement.told and "agents for what waits" in placement.told


def test_each_job_gets_an_agent_with_what_it_asks_for_and_no_secret_is_slurms(cluster, slurm, project, tmp_path):
    (tmp_path / "env").write_text("SECRET=hunter2\n")
    one = submit(cluster, project, "--name", "one", "--gpus", 2, "--cpus", 1, "--env-file", "env", "--", "sh", "-c",
                 f"echo gpus $CUDA_VISIBLE_DEVICES; [ $SECRET = hunter2 ] || exit 1; "
                 f"while ! [ -e {tmp_path}/go ]; do sleep 0.1; done", cwd=tmp_path)
    # Another program than the namenode's: the script takes that from it.
    other = tmp_path / "hfs"
    shutil.copy(BINARY, other)
    with open(other, "ab") as file:
        file.write(b"x")
    with Placement(cluster, slurm, project, "--mode", "each", program=other) as placement:
        eventually(lambda: show(cluster, project, one)["state"] == "RUNNING", 90)
        ids = placement.ask("squeue", "-h", "-r", "-o", "%i").split()
        told = placement.ask("scontrol", "show", "job", "-o", ids[0])
        script = placement.ask("scontrol", "write", "batch_script", ids[0], "-")
        assert "gres:gpu:2" in told.replace("gres/gpu", "gres:gpu").replace("gpu=", "gpu:") and "hfs.sha256" in script
        assert "hunter2" not in told + script
        agent = show(cluster, project, one)["agents"][0].split(",")[1]
        assert not os.readlink(f"/proc/{agent}/exe").startswith(str(tmp_path))
        (tmp_path / "go").touch()
        assert ended(cluster, project, one)["state"] == "FINISHED"
        assert job(cluster, project, "logs", one).stdout == "gpus 0,1\n"
        gang = submit(cluster, project, "--name", "gang", "--workers", 2, "--", "sh", "-c", "echo $RANK of $WORLD_SIZE")
        assert ended(cluster, project, gang)["state"] == "FINISHED"
    assert sorted(job(cluster, project, "logs", gang).stdout.splitlines()) == ["[0] 0 of 2", "[1] 1 of 2"]


def test_a_warning_before_the_time_limit_is_a_checkpoint_and_the_next_agent_goes_on(cluster, slurm, project, tmp_path):
    program = ("if [ -e $HFS_CHECKPOINT_DIR/epoch ]; then echo on from $(cat $HFS_CHECKPOINT_DIR/epoch); exit 0; fi; "
               "trap 'echo 7 > $HFS_CHECKPOINT_DIR/epoch; exit 3' USR1; echo on; while :; do sleep 0.1; done")
    id = submit(cluster, project, "--name", "long", "--", "sh", "-c", program)
    with Placement(cluster, slurm, project, "--mode", "pilots", "--most", 1, "--", "--time=10") as placement:
        eventually(lambda: "on" in job(cluster, project, "logs", id).stdout, 90)
        ids = placement.ask("squeue", "-h", "-r", "-o", "%i|%l").split()
        assert ids[0].endswith("|10:00")
        # As Slurm itself does before the limit.
        placement.ask("scancel", "--batch", "--signal=USR1", ids[0].split("|")[0])
        record = ended(cluster, project, id)
    assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 0), record
    assert job(cluster, project, "logs", id).stdout == "on from 7\n"
    assert placement.told.count("1 agents for what waits") == 2


def test_a_cancelled_agents_work_is_given_back(cluster, slurm, project, tmp_path):
    id = submit(cluster, project, "--name", "long", "--", "sh", "-c", "echo on; exec sleep 1000")
    with Placement(cluster, slurm, project, "--mode", "each") as placement:
        eventually(lambda: show(cluster, project, id)["state"] == "RUNNING", 90)
        slurm_id = placement.ask("squeue", "-h", "-r", "-o", "%i").split()[0]
        placement.ask("scancel", slurm_id)
        assert f"slurm {slurm_id} was cancelled\n" in [placement.process.stderr.readline() for _ in range(2)]
        record = eventually(lambda: (r := show(cluster, project, id))["attempt"] == 2 and r, 90)
        assert record["failures"] == 0
    job(cluster, project, "kill", id)
