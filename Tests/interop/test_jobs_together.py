"""Jobs of several workers: all of them run or none, they find one another, and go on together after one has died."""

import json
import os
import signal
import subprocess
import sys

from test_jobs import agents, command, ended, eventually, job, project, show, submit  # noqa: F401
from test_experiments import environment

# Every worker tells rank 0 its rank through the address that all have.
MEET = """
import os, socket, sys
rank, size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
address = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
if rank == 0:
    met, server = {0}, socket.socket()
    server.bind(("", address[1]))
    server.listen()
    while len(met) < size:
        met.add(int(server.accept()[0].recv(9)))
    print("met", sorted(met))
else:
    import time
    for _ in range(600):
        try:
            socket.create_connection(address, 5).sendall(b"%d" % rank)
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
print("rank", rank, "local", os.environ["LOCAL_RANK"], "attempt", os.environ["HFS_ATTEMPT"])
"""


def test_workers_of_several_agents_find_one_another(cluster, project, agents):
    for slots in (2, 1):
        agents.start("--slots", slots)
    id = submit(cluster, project, "--workers", 3, "--name", "meet", "--", sys.executable, "-c", MEET)
    record = ended(cluster, project, id)
    assert record["state"] == "FINISHED", record
    assert len(record["agents"]) == 2 and len(set(record["runs"])) == 2
    lines = sorted(job(cluster, project, "logs", id).stdout.splitlines())
    assert "[0] met [0, 1, 2]" in lines
    assert [line.split()[:3] for line in lines if "local" in line] == [[f"[{n}]", "rank", str(n)] for n in range(3)]
    assert sorted(line.split()[4] for line in lines if "local" in line) == ["0", "0", "1"]
    tf = subprocess.run(command("submit", "--workers", 2, "--", "sh", "-c", "echo $TF_CONFIG", project=project),
                        env=environment(cluster, "alice"), capture_output=True, text=True, timeout=90)
    configs = [json.loads(line[4:]) for line in sorted(tf.stdout.splitlines())]
    assert [c["task"] for c in configs] == [{"type": "worker", "index": n} for n in range(2)]
    assert configs[0]["cluster"] == configs[1]["cluster"] and len(set(configs[0]["cluster"]["worker"])) == 2


def test_two_jobs_of_three_workers_on_four_slots_both_finish(cluster, project, agents):
    for _ in range(4):
        agents.start()
    eventually(lambda: len(cluster.hfs("ls", f"/Projects/{project}/Experiments/.agents", user="alice").text.splitlines()) == 4)
    running = [subprocess.Popen(command("submit", "--detached", "--workers", 3, "--name", name, "--", sys.executable, "-c", MEET,
                                        project=project), env=environment(cluster, "alice"), stdout=subprocess.PIPE, text=True)
               for name in ("a", "b")]
    ids = [process.communicate(timeout=60)[0].strip() for process in running]
    for id in ids:
        record = ended(cluster, project, id)
        assert (record["state"], record["attempt"]) == ("FINISHED", 1), record


def test_a_job_of_more_workers_than_there_is_room_for_says_so_and_keeps_nobody_waiting(cluster, project, agents):
    agents.start("--slots", 2)
    big = submit(cluster, project, "--workers", 3, "--", "true")
    small = submit(cluster, project, "--name", "small", "--", "true")
    assert ended(cluster, project, small)["state"] == "FINISHED"
    record = show(cluster, project, big)
    assert record["state"] == "QUEUED" and "room for 2 of 3 workers" in record["reason"]
    agents.start()
    assert ended(cluster, project, big)["state"] == "FINISHED"


def test_the_death_of_one_worker_starts_all_again(cluster, project, agents):
    for _ in range(2):
        agents.start()
    program = ('echo begin $RANK $HFS_ATTEMPT $TORCHELASTIC_RESTART_COUNT; if [ $HFS_ATTEMPT = 1 ]; then '
               '[ $RANK = 1 ] && { sleep 1; kill -9 $$; }; exec sleep 1000; fi')
    id = submit(cluster, project, "--workers", 2, "--retries", 1, "--name", "gang", "--", "sh", "-c", program)
    record = ended(cluster, project, id)
    assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 1), record
    assert sorted(job(cluster, project, "logs", "--attempt", 1, id).stdout.splitlines()) == [
        "[0] begin 0 1 0", "[1] begin 1 1 0"]
    assert sorted(job(cluster, project, "logs", id).stdout.splitlines()) == ["[0] begin 0 2 1", "[1] begin 1 2 1"]


def test_the_death_of_an_agent_starts_all_again_with_those_that_are_left(cluster, project, agents, tmp_path):
    lost = agents.start()
    agents.start()
    program = f"echo $RANK >> {tmp_path}/$HFS_ATTEMPT; [ $HFS_ATTEMPT = 2 ] || exec sleep 1000"
    id = submit(cluster, project, "--workers", 2, "--name", "gang", "--", "sh", "-c", program)
    eventually(lambda: (tmp_path / "1").exists() and len((tmp_path / "1").read_text().split()) == 2)
    lost.kill()
    agents.start()
    record = ended(cluster, project, id)
    assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 0), record
    assert sorted((tmp_path / "2").read_text().split()) == ["0", "1"]


def test_a_port_that_is_taken_starts_a_new_generation_without_counting(cluster, project, agents, tmp_path):
    agents.start("--slots", 2)
    # Somebody else listens where rank 0 was to.
    thief = "import os, signal, socket; s = socket.socket(); s.bind(('', int(os.environ['MASTER_PORT']))); s.listen(); print('x', flush=True); signal.pause()"
    (tmp_path / "thief.py").write_text(thief)
    (tmp_path / "rank.py").write_text(
        "import os, subprocess, sys\n"
        "if os.environ['HFS_ATTEMPT'] == '1' and os.environ['RANK'] == '0':\n"
        f"    p = subprocess.Popen([sys.executable, '{tmp_path}/thief.py'], stdout=subprocess.PIPE, start_new_session=True)\n"
        f"    p.stdout.read(1); open('{tmp_path}/pid', 'w').write(str(p.pid))\n" + MEET)
    id = submit(cluster, project, "--workers", 2, "--name", "ports", "--", sys.executable, "rank.py", cwd=tmp_path)
    try:
        record = ended(cluster, project, id)
        assert (record["state"], record["attempt"], record["failures"]) == ("FINISHED", 2, 0), record
        assert "Address already in use" in job(cluster, project, "logs", "--attempt", 1, id).stdout
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_a_distributed_experiment_is_one_trial_of_several_workers(cluster, project, agents, tmp_path):
    (tmp_path / "train.py").write_text(MEET + (
        "\nif rank == 0:\n"
        "    print('hfs::metric accuracy=0.75 step=1', flush=True)\n"
        "    open(os.environ['HFS_OUTPUTS'], 'w').write('{\"accuracy\": 0.875, \"loss\": 2}')\n"
        "    open(os.environ['HFS_CHECKPOINT_DIR'] + '/epoch', 'w').write('1')\n"
        "if os.environ['HFS_ATTEMPT'] == '1' and rank == 1: sys.exit(3)\n"))
    done = subprocess.run([os.environ.get("HFS_BIN", "hfs"), "experiment", "distributed", "--project", project, "--workers", "2",
                           "--metric", "accuracy", "--retries", "1", "--json", "--", sys.executable, "train.py"], cwd=tmp_path,
                          env=environment(cluster, "alice"), capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["ended"] == {"FINISHED": 1} and record["best"]["metric"] == 0.875
    kept = cluster.hfs("cat", f"{record['best']['path']}/checkpoints/epoch", user="alice")
    assert kept.text == "1", kept.error
    gang = show(cluster, project, "distributed-1")
    assert (gang["state"], gang["workers"], gang["attempt"], gang["failures"]) == ("FINISHED", 2, 2, 1), done.stderr
