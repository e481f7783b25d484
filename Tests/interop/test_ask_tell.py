"""Driving an experiment from elsewhere: another optimizer asks for trials and tells what came of them, with a driver and without."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from conftest import BINARY, ROOT
from test_experiments import SPACE, cat, command, environment, project, show, trials  # noqa: F401

OPTUNA = os.environ.get("HFS_OPTUNA_PYTHON")


def hfs(cluster, project, *arguments, check=0):
    done = cluster.hfs("experiment", *arguments, "--project", project, user="alice", check=check)
    return done.error if check else json.loads(done.text)


def made(cluster, project, *options, program=()):
    """An experiment that waits to be asked."""
    done = subprocess.run(
        command("run", "--ask-only", "--json", "--metric", "score", *options, "--", *program, project=project),
        capture_output=True, text=True, timeout=60, env=environment(cluster, "alice"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["id"]


def test_the_optimizers_trials_are_asked_for_and_told_without_any_driver(cluster, project):
    id = made(cluster, project, *SPACE, "--trials", 3, "--seed", 7)
    first = hfs(cluster, project, "ask", id, "--json")
    second = hfs(cluster, project, "ask", id, "--json")
    assert (first["trial"], second["trial"]) == (0, 1) and first["parameters"] != second["parameters"]
    assert [t["state"] for t in trials(cluster, project, id)] == ["RUNNING", "RUNNING"]
    hfs(cluster, project, "tell", id, 1, "--metric", "0.5", "--json")
    hfs(cluster, project, "tell", id, 0, "--state", "failed", "--reason", "it rained", "--json")
    assert "has ended already" in hfs(cluster, project, "tell", id, 0, "--metric", "1", check=1)
    assert "no trial 9" in hfs(cluster, project, "tell", id, 9, "--metric", "1", check=1)
    third = hfs(cluster, project, "ask", id, "--json")
    hfs(cluster, project, "tell", id, third["trial"], "--metric", "-0.25", "--json")
    assert "search is over" in hfs(cluster, project, "ask", id, "--json", check=1)
    record = show(cluster, project, id)
    assert record["state"] == "FINISHED" and record["ended"] == {"FINISHED": 2, "FAILED": 1}
    assert [(t.get("metric"), t.get("reason")) for t in record["trials"]] == [
        (None, "it rained"), (0.5, None), (-0.25, None)]
    assert record["best"]["trial"] == 1 and record["best"]["attempts"] == 1
    attempt = json.loads(cat(cluster, f"{record['best']['path']}/attempt.json"))
    assert attempt["metrics"] == {"score": 0.5} and attempt["parameters"] == second["parameters"]
    found = cluster.hfs("find", record["path"], "--where", "ml.score = 0.5", user="alice", check=0).text
    assert found.split("\t")[0].endswith("trials/000001")
    # The same trials as a driver's.
    driven = subprocess.run(
        command("run", "--json", "--metric", "score", "--name", "driven", *SPACE, "--trials", 3, "--seed", 7, "--", "echo",
                "hfs::metric score=1", project=project), capture_output=True, text=True, env=environment(cluster, "alice"))
    assert driven.returncode == 0, driven.stderr
    assert [t["parameters"] for t in trials(cluster, project, "driven-1")] == [t["parameters"] for t in record["trials"]]


def test_parameters_of_ones_own_are_checked(cluster, project):
    id = made(cluster, project, *SPACE, "--space", "act=relu|tanh", "--trials", 3)
    asked = hfs(cluster, project, "ask", id, "--params", '{"x": 0.25, "act": "tanh"}', "--json")
    assert asked["trial"] == 0 and asked["parameters"] == {"x": 0.25, "act": "tanh"}
    assert "no parameter 'y'" in hfs(cluster, project, "ask", id, "--params", '{"y": 1}', check=1)
    assert "'x' is never 2" in hfs(cluster, project, "ask", id, "--params", '{"x": 2}', check=1)
    assert "no JSON object" in hfs(cluster, project, "ask", id, "--params", "x=1", check=2)
    assert len(trials(cluster, project, id)) == 1
    listed = cluster.hfs("ls", f"/Projects/{project}/Experiments/{id}/asks", user="alice", check=0).text
    assert listed == "", "requests that were answered are taken away"


def test_a_stop_ends_what_was_asked_for_and_never_told(cluster, project):
    id = made(cluster, project, *SPACE, "--trials", 3)
    assert hfs(cluster, project, "ask", id, "--json")["trial"] == 0
    assert "without a program" in hfs(cluster, project, "resume", id, check=1)
    cluster.hfs("experiment", "stop", id, "--project", project, user="alice", check=0, timeout=60)
    assert show(cluster, project, id)["state"] == "STOPPED" and trials(cluster, project, id)[0]["state"] == "KILLED"
    assert "has ended already" in hfs(cluster, project, "tell", id, 0, "--metric", "1", check=1)


def test_many_ask_at_once_and_each_gets_a_trial_of_its_own(cluster, project):
    id = made(cluster, project, *SPACE, "--trials", 8)
    asking = [subprocess.Popen(command("ask", id, "--json", project=project), env=environment(cluster, "alice"),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(8)]
    answers = []
    for process in asking:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        answers.append(json.loads(out)["trial"])
    assert sorted(answers) == list(range(8))


def test_agents_run_what_was_asked_for_and_the_asker_hears_of_it(cluster, project):
    program = "[ $HFS_TRIAL = 1 ] && exit 3; echo hfs::metric score=0.$HFS_TRIAL"
    id = made(cluster, project, "--trials", 1, "--optimizer", "none", program=["sh", "-c", program])
    agent = subprocess.Popen([BINARY, "agent", "--project", project], env=environment(cluster, "alice"))
    try:
        first = hfs(cluster, project, "ask", id, "--params", '{"any": 1}', "--queue", "--wait", "--json")
        assert (first["state"], first["metric"]) == ("FINISHED", 0.0)
        second = hfs(cluster, project, "ask", id, "--params", '{"any": 2}', "--queue", "--wait", "--json")
        assert second["state"] == "FAILED" and "exit code 3" in second["reason"]
    finally:
        agent.send_signal(signal.SIGTERM)
        agent.wait(timeout=60)
    record = show(cluster, project, id)
    assert record["ended"] == {"FINISHED": 1, "FAILED": 1}
    assert [t["parameters"] for t in record["trials"]] == [{"any": 1}, {"any": 2}]


def test_a_driver_at_work_answers_and_ends_with_what_was_asked_for(cluster, project, tmp_path):
    program = f"touch {tmp_path}/$HFS_TRIAL; while ! [ -e {tmp_path}/gate ]; do sleep 0.05; done; echo hfs::metric score=1"
    driver = subprocess.Popen(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 2, "--", "sh", "-c", program, project=project),
        env=environment(cluster, "alice"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 60
        while not (tmp_path / "0").exists():
            assert driver.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        asked = hfs(cluster, project, "ask", "experiment-1", "--params", '{"x": 0.5}', "--json")
        assert asked["trial"] == 1 and not (tmp_path / "1").exists()
        assert "run by an agent" in hfs(cluster, project, "tell", "experiment-1", 0, "--metric", "1", check=1)
        (tmp_path / "gate").touch()
        hfs(cluster, project, "tell", "experiment-1", 1, "--metric", "7", "--json")
        out, error = driver.communicate(timeout=60)
        assert driver.returncode == 0, error
    finally:
        driver.kill()
    record = json.loads(out)
    assert record["ended"] == {"FINISHED": 2} and record["best"]["trial"] == 1 and record["best"]["metric"] == 7
    journal = [json.loads(line) for line in cat(cluster, f"{record['path']}/journal.jsonl").splitlines()]
    assert [r["ended"]["trial"] for r in journal if "ended" in r].count(1) == 1


def test_an_asker_that_is_killed_leaves_nothing_half_done(cluster, project):
    id = made(cluster, project, *SPACE, "--trials", 50)
    for wait in (0.02, 0.05, 0.08, 0.12, 0.2):
        asker = subprocess.Popen(command("ask", id, "--json", project=project), env=environment(cluster, "alice"),
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            asker.wait(timeout=wait)
        except subprocess.TimeoutExpired:
            asker.kill()
            asker.wait()
    asked = hfs(cluster, project, "ask", id, "--json")
    known = trials(cluster, project, id)
    assert known[asked["trial"]]["parameters"] == asked["parameters"] and len(known) <= 11
    hfs(cluster, project, "tell", id, asked["trial"], "--metric", "1", "--json")


@pytest.mark.parametrize("optimizer", ["plain", "optuna"])
def test_another_optimizer_drives_by_the_python_module(cluster, project, tmp_path, optimizer):
    if optimizer == "optuna" and not OPTUNA:
        pytest.skip("HFS_OPTUNA_PYTHON names no Python with optuna")
    id = made(cluster, project, *SPACE, "--trials", 1, "--direction", "min")
    shutil.copy(ROOT / "Sources/MLRuntime/Python/hfs_trial.py", tmp_path)
    driving = {
        "plain": "x, best = 0.9, 9\n"
                 "for step in range(6):\n"
                 "    trial = experiment.ask({'x': x}); value = (x - 0.3) ** 2\n"
                 "    experiment.tell(trial['trial'], value)\n"
                 "    x = x / 2 if value < best else x * 1.3\n"
                 "    best = min(best, value)\n",
        "optuna": "import optuna\n"
                  "study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))\n"
                  "for step in range(6):\n"
                  "    asked = study.ask(); x = asked.suggest_float('x', 0, 1)\n"
                  "    trial = experiment.ask({'x': x})\n"
                  "    experiment.tell(trial['trial'], (x - 0.3) ** 2); study.tell(asked, (x - 0.3) ** 2)\n"
                  "assert study.best_trial.number == min(range(6), key=lambda i: study.trials[i].value)\n",
    }[optimizer]
    done = subprocess.run(
        [OPTUNA if optimizer == "optuna" else sys.executable, "-W", "ignore", "-c",
         f"import hfs_trial\nexperiment = hfs_trial.Experiment({id!r}, {project!r})\n{driving}"
         "try: experiment.tell(99, 1)\nexcept RuntimeError as error: assert 'no trial 99' in str(error)\n"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120, env={**environment(cluster, "alice"), "HFS_BIN": BINARY})
    assert done.returncode == 0, done.stderr
    record = show(cluster, project, id)
    assert record["ended"] == {"FINISHED": 6}
    assert record["best"]["metric"] == min((t["parameters"]["x"] - 0.3) ** 2 for t in record["trials"])
