"""Training with the real torch.distributed (gloo, on CPUs) by the workers of a job; HFS_TORCH_PYTHON names a Python that has it."""

import json
import os

import pytest

from test_jobs import agents, ended, job, project, submit  # noqa: F401

TORCH = os.environ.get("HFS_TORCH_PYTHON")
pytestmark = pytest.mark.skipif(not TORCH, reason="HFS_TORCH_PYTHON names no Python with torch (make interop-torch)")

# Each worker learns from a shard; worker 1 dies once, at epoch 3. The weights of all are summed up as text, bit for bit.
TRAIN = '''
import os, sys, torch, torch.distributed as dist
torch.manual_seed(7)
torch.set_num_threads(1)
dist.init_process_group("gloo")
rank, size = dist.get_rank(), dist.get_world_size()
model = torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(4, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
x = torch.randn(64, 4)
y = x @ torch.tensor([[1.0], [-2.0], [3.0], [0.5]])
path = os.environ["HFS_CHECKPOINT_DIR"] + "/state.pt"
first = 0
if os.path.exists(path):
    state = torch.load(path)
    model.load_state_dict(state["model"])
    first = state["epoch"] + 1
for epoch in range(first, 6):
    if sys.argv[1:] == ["dies"] and os.environ["HFS_ATTEMPT"] == "1" and rank == 1 and epoch == 3:
        os._exit(9)
    loss = torch.nn.functional.mse_loss(model(x[rank::size]), y[rank::size])
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    torch.save({"model": model.state_dict(), "epoch": epoch}, path)
text = ",".join(value.hex() for p in model.parameters() for value in map(float, p.flatten()))
everybody = [None] * size
dist.all_gather_object(everybody, text)
assert len(set(everybody)) == 1
if rank == 0:
    print("began", first, "weights", text, flush=True)
dist.destroy_process_group()
'''


def trained(cluster, project, tmp_path, name, *arguments):
    (tmp_path / "train.py").write_text(TRAIN)
    id = submit(cluster, project, "--name", name, "--workers", 3, "--retries", 1, "--", TORCH, "train.py", *arguments, cwd=tmp_path)
    record = ended(cluster, project, id, seconds=240)
    assert record["state"] == "FINISHED", (record["reason"], job(cluster, project, "logs", id).stdout)
    line = next(line for line in job(cluster, project, "logs", id).stdout.splitlines() if "weights" in line)
    return record, line.split()[2], line.split()[4]


def test_workers_of_two_agents_train_together_and_go_on_after_a_death(cluster, project, agents, tmp_path):
    for slots in (2, 1):
        agents.start("--slots", slots)
    whole, began, weights = trained(cluster, project, tmp_path, "whole")
    assert (whole["attempt"], began) == (1, "0")
    broken, began, again = trained(cluster, project, tmp_path, "broken", "dies")
    assert (broken["attempt"], broken["failures"]) == (2, 1) and int(began) > 0
    assert again == weights
