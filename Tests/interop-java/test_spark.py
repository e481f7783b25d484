"""Spark 4 writes and reads Parquet, ORC, CSV, JSON, text and sequence files; spark_judge.py says what is right."""

import os
import subprocess

import conftest


def test_spark_reads_what_it_writes(cluster, tmp_path):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK", "PYSPARK", "HADOOP"))}
    environment["SPARK_LOCAL_DIRS"] = str(tmp_path)
    done = subprocess.run(
        [os.environ["HFS_SPARK_PYTHON"], str(conftest.HERE / "spark_judge.py"), cluster.uri,
         str(conftest.HERE.parents[1] / "deploy" / "data" / "digits.csv")],
        capture_output=True, text=True, timeout=900, cwd=tmp_path, env=environment)
    print(done.stdout)
    assert done.returncode == 0 and done.stdout.splitlines()[-1] == "finished", done.stderr[-5000:]
    wrong = [line for line in done.stdout.splitlines() if line.startswith("WRONG")]
    assert not wrong
    application = done.stdout.splitlines()[-2].split()[-1]
    logs = [name for name in cluster.hfs("ls", "-R", "/tmp", check=0).text.split() if application in name]
    assert logs and not any("inprogress" in name for name in logs), logs
