"""What one can see of experiments: what was kept of their programs, how they change, how their trials compare."""

import csv
import io
import json
import os
import subprocess
import sys
import time
import zipfile

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
    assert text[0].split() == ["trial", "state", "seconds", "seed", "inputs", "score", "loss", "act", "x"] and len(text) == 3
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


def test_an_ablation_study_shows_what_each_part_contributes(cluster, project, tmp_path):
    data = f"/Projects/{project}/Resources/table.csv"
    (tmp_path / "table.csv").write_text("age, income,y\n1,2,3\n")
    cluster.hfs("mkdir", "-p", f"/Projects/{project}/Resources", user="alice", check=0)
    cluster.hfs("put", tmp_path / "table.csv", data, user="alice", check=0)
    program = ("import hfs_trial as t, json, os\n"
               "value = t.params['bias'] + 2 * t.includes('conv1') + t.includes('conv2') - 0.5 * t.includes('income')\n"
               "assert t.includes('unheard') and set(json.loads(os.environ['HFS_INCLUDED'])).isdisjoint(t.omitted())\n"
               "assert t.columns(['age', 'income', 'y']) == [c for c in ('age', 'income', 'y') if c not in t.omitted()]\n"
               "t.report(value, step=0)\n")
    arguments = ["--components", "conv1,conv2", "--features-of", data, "--label", "y", "--group", "convs=conv1,conv2",
                 "--custom", 'biased={"bias": 0}', "--params", '{"bias": 1}', "--metric", "score", "--parallel", 2]
    done = subprocess.run(
        command("ablation", "--json", *arguments, "--", sys.executable, "-c", program, project=project),
        capture_output=True, text=True, timeout=120, env=environment(cluster, "alice"))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [(row["variant"], row["metric"], row.get("contribution")) for row in rows] == [
        ("base", 3.5, None), ("convs", 0.5, 3.0), ("conv1", 1.5, 2.0), ("conv2", 2.5, 1.0), ("biased", 2.5, 1.0),
        ("age", 3.5, 0.0), ("income", 4.0, -0.5)]
    shown = hfs(cluster, project, "ablation", "--of", "ablation-1").text.splitlines()
    assert shown[0].split() == ["without", "score", "contributes", "spread", "trials"]
    assert shown[1].split()[0] == "(base)" and shown[2].split()[:3] == ["convs", "0.5", "3.0"]
    ours = trials(cluster, project, "ablation-1")
    assert len({trial["seed"] for trial in ours}) == 1 and [trial["variant"] for trial in ours][:2] == ["base", "conv1"]
    refused = subprocess.run(command("ablation", "--components", "a,a", "--", "true", project=project), capture_output=True,
                             text=True, timeout=60, env=environment(cluster, "alice"))
    assert refused.returncode == 2 and "'a' is there twice" in refused.stderr
    run(cluster, project, *SPACE, "--name", "plain", "--trials", 1, program=[sys.executable, "-c", ECHO])
    assert "no ablation study" in hfs(cluster, project, "ablation", "--of", "plain-1", check=1).error


def reproduce(cluster, project, trial, *options, check=0):
    done = hfs(cluster, project, "reproduce", trial, "--json", *options, check=check)
    done.report = json.loads(done.text) if done.text else None
    return done


def test_a_trial_is_reproduced_from_its_kept_program_and_inputs(cluster, project, tmp_path):
    data = f"/Projects/{project}/Resources/table.csv"
    source = tmp_path / "table.csv"
    source.write_text("1\n2\n3\n")
    cluster.hfs("mkdir", "-p", f"/Projects/{project}/Resources", user="alice", check=0)
    cluster.hfs("put", source, data, user="alice", check=0)
    code = tmp_path / "code"
    code.mkdir()
    (code / "helper.py").write_text("def total(rows): return sum(rows)\n")
    (code / "train.py").write_text(
        "import hfs_trial as t, os, random, subprocess, helper\n"
        f"rows = [int(r) for r in subprocess.run([os.environ['HFS'], 'cat', '{data}'], check=True, capture_output=True).stdout.split()]\n"
        "noise = random.Random(t.seed).random()\n"
        "for step in range(3): t.report(helper.total(rows) + t.params['x'] + noise + step, step=step)\n"
        "open('model.bin', 'wb').write(bytes(str(noise), 'ascii'))\n"
        "t.output(noise=noise, kind='linear', model='model.bin')\n")
    done = subprocess.run(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 2, "--", sys.executable, "train.py", project=project),
        cwd=code, capture_output=True, text=True, timeout=120, env={**environment(cluster, "alice"), "HFS": BINARY})
    assert done.returncode == 0, done.stderr
    path = json.loads(done.stdout)["path"]
    manifest = json.loads(cat(cluster, f"{path}/trials/000001/result/inputs.json"))
    (entry,) = manifest["inputs"]
    assert entry["path"] == data and entry["length"] == 6 and entry["checksum"] and manifest["isWhole"]
    assert list(manifest["directories"]) == [os.path.dirname(data)]
    compared = json.loads(hfs(cluster, project, "compare", "--all", "experiment-1", "--json").text)
    assert len({row["inputs"] for row in compared}) == 1 and len(compared[0]["inputs"]) == 16
    # The program is changed and gone: what runs is what was kept.
    (code / "helper.py").unlink()
    (code / "train.py").write_text("raise SystemExit('not this one')\n")
    os.environ["HFS"] = BINARY
    try:
        same = reproduce(cluster, project, "experiment-1/1").report
        assert {output["verdict"] for output in same["outputs"]} == {"identical"}, same
        names = {output["output"] for output in same["outputs"]}
        assert {"file model.bin", "metric score", "output kind", "output noise"} <= names
        assert same["environment"] == [] and [i["state"] for i in same["inputs"]] == ["same"]
        again = trials(cluster, project, same["reproduction"])[0]
        assert again["seed"] == trials(cluster, project)[1]["seed"]
        # The same bytes written again are as good; others are not, and the trial's file is not found by its inode any more.
        cluster.hfs("put", "-f", source, data, user="alice", check=0)
        assert [i["state"] for i in reproduce(cluster, project, "experiment-1/1").report["inputs"]] == ["equal"]
        source.write_text("1\n2\n9\n")
        cluster.hfs("put", "-f", source, data, user="alice", check=0)
        refused = reproduce(cluster, project, "experiment-1/1", check=1)
        assert "changed since" in refused.error and "--any-inputs" in refused.error
        other = reproduce(cluster, project, "experiment-1/1", "--any-inputs", check=1).report
        verdicts = {output["output"]: output["verdict"] for output in other["outputs"]}
        unlike = json.loads(hfs(cluster, project, "compare", "experiment-1/1", f"{other['reproduction']}/0", "--json").text)
        assert unlike[0]["inputs"] != unlike[1]["inputs"]
        assert verdicts["metric score"] == "different" and verdicts["file model.bin"] == "identical"
        cluster.hfs("rm", data, user="alice", check=0)
        assert "deleted since" in reproduce(cluster, project, "experiment-1/1", check=1).error
    finally:
        del os.environ["HFS"]
    assert "left no result" in hfs(cluster, project, "reproduce", "experiment-1/7", check=1).error
    assert "names no trial" in hfs(cluster, project, "reproduce", "experiment-1", check=2).error


def test_an_agent_without_the_programs_directory_runs_what_was_kept(cluster, project, tmp_path):
    code = tmp_path / "code"
    code.mkdir()
    (code / "helper.py").write_text("value = 3\n")
    (code / "train.py").write_text("import hfs_trial, helper, os\nhfs_trial.report(helper.value)\n"
                                   "hfs_trial.output(directory=os.getcwd())\n")
    driver = subprocess.Popen(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 2, "--detached", "--", sys.executable, "train.py",
                project=project), cwd=code, stdout=subprocess.PIPE, text=True, env=environment(cluster, "alice"))
    agent = None
    offered = f"/Projects/{project}/Experiments/experiment-1/trials/000000"
    try:
        deadline = time.monotonic() + 60
        while "QUEUED 1" not in cluster.hfs("xattr", "ls", offered).text:
            assert time.monotonic() < deadline and driver.poll() is None
        code.rename(tmp_path / "elsewhere")
        agent = subprocess.Popen([BINARY, "agent", "--project", project], env=environment(cluster, "alice"))
        out, _ = driver.communicate(timeout=120)
    finally:
        driver.kill()
        if agent:
            agent.terminate()
            agent.wait(timeout=60)
    record = json.loads(out)
    assert record["ended"] == {"FINISHED": 2} and record["best"]["metric"] == 3
    outputs = json.loads(cat(cluster, f"{record['best']['path']}/outputs.json"))
    assert outputs["directory"].endswith("/program") and not os.path.exists(outputs["directory"])
    # What others may have written is not run, here by reproduce.
    cluster.hfs("chmod", "666", f"{record['path']}/program/files/train.py", user="alice", check=0)
    assert "may have written it" in hfs(cluster, project, "reproduce", "experiment-1/0", check=1).error


def wheel(folder, version):
    """A package of one module, as pip installs it."""
    folder.mkdir(exist_ok=True)
    info = f"tinypkg-{version}.dist-info"
    files = {
        "tinypkg.py": f"version = {version}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tinypkg\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / f"tinypkg-{version}-py3-none-any.whl", "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
        file.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))


def test_packages_that_changed_are_named_and_can_be_installed_as_they_were(cluster, project, tmp_path):
    wheels = tmp_path / "wheels"
    wheel(wheels, "1.0")
    wheel(wheels, "2.0")
    python = tmp_path / "v/bin/python"
    local = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "v"], check=True)

    def install(version):
        subprocess.run([python, "-m", "pip", "install", "-q", f"tinypkg=={version}"], check=True, env={**os.environ, **local})

    install("1.0")
    (tmp_path / "train.py").write_text("import hfs_trial, tinypkg; hfs_trial.report(tinypkg.version)\n")
    done = subprocess.run(
        command("run", "--json", "--metric", "score", *SPACE, "--trials", 1, "--", python, "train.py", project=project),
        cwd=tmp_path, capture_output=True, text=True, timeout=120, env=environment(cluster, "alice"))
    assert done.returncode == 0 and json.loads(done.stdout)["best"]["metric"] == 1, done.stderr
    install("2.0")
    other = reproduce(cluster, project, "experiment-1/0", check=1)
    assert "tinypkg 1.0, now 2.0" in other.report["environment"] and "differs: tinypkg 1.0, now 2.0" in other.error
    os.environ.update(local)
    try:
        same = reproduce(cluster, project, "experiment-1/0", "--rebuild").report
    finally:
        for name in local:
            del os.environ[name]
    assert {output["verdict"] for output in same["outputs"]} == {"identical"}
    assert not [line for line in same["environment"] if "tinypkg" in line]


def test_a_promoted_trial_is_reproduced_with_those_that_it_went_on_from(cluster, project):
    program = ("import hfs_trial as t, random\n"
               "state = float(open(t.restore()[1]).read()) if t.restore() else random.Random(t.seed).random()\n"
               "for epoch in range(t.restored_step() + 1, t.params['epochs'] + 1):\n"
               "    state = state * 0.9 + t.params['x']\n"
               "    t.report(state, step=epoch); t.checkpoint(epoch, str(state).encode())\n")
    run(cluster, project, *SPACE, "--space", "epochs=budget:1..4", "--optimizer", "asha:eta=2", "--trials", 4, "--seed", 3,
        program=[sys.executable, "-c", program])
    ours = trials(cluster, project)
    promoted = next(t for t in ours if t.get("parent") is not None and ours[t["parent"]].get("parent") is not None)
    report = reproduce(cluster, project, f"experiment-1/{promoted['trial']}").report
    assert {output["verdict"] for output in report["outputs"]} == {"identical"} and len(report["outputs"]) > 1
    again = trials(cluster, project, report["reproduction"])
    assert [t["budget"] for t in again] == [1, 2, 4] and again[-1]["metric"] == promoted["metric"]
    assert "step=1\n" not in cat(cluster, f"{again[-1]['path']}/output.log")


def test_an_ablation_study_that_is_killed_as_soon_as_it_has_a_name_keeps_its_variants(cluster, project):
    driver = subprocess.Popen(
        command("ablation", "--components", "a,b", "--metric", "score", "--", "sh", "-c", "echo hfs::metric score=$HFS_TRIAL",
                project=project), env=environment(cluster, "alice"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while cluster.hfs("test", "-e", f"/Projects/{project}/Experiments/ablation-1", user="alice").returncode != 0:
        assert time.monotonic() < deadline and driver.poll() is None
    driver.kill()
    driver.wait()
    hfs(cluster, project, "resume", "ablation-1")
    rows = json.loads(hfs(cluster, project, "ablation", "--of", "ablation-1", "--json").text)
    assert {row["variant"]: row["metric"] for row in rows} == {"base": 0, "a": 1, "b": 2}
