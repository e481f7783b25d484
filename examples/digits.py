"""A small neural network on the digits, in numpy: an example of a trial's program.

It needs nothing of hfs but what it finds in its environment: parameters in HFS_PARAMS, the cluster in HFS_URI with the run's token
in HADOOP_TOKEN_FILE_LOCATION (which hdfs-native uses by itself), reports as lines on standard output, and a file for what it
made. Outside of an experiment it runs with its defaults.

    hfs mkdir -p /Projects/demo/Resources
    hfs put deploy/data/digits.csv /Projects/demo/Resources/digits.csv
    hfs experiment run --project demo --name digits --metric accuracy --trials 16 --parallel 2 --optimizer tpe \\
        --early-stop median:min=5 --space 'lr=log:1e-3..1' --space 'hidden=int:8..64:step8' --space 'act=relu|tanh' \\
        -- python3 examples/digits.py
"""

import io
import json
import os

import numpy as np

DATA = os.environ.get("DIGITS", "/Projects/demo/Resources/digits.csv")


def read(path):
    if "HFS_URI" not in os.environ:
        return open(os.path.join(os.path.dirname(__file__), "../deploy/data/digits.csv"), "rb").read()
    from hdfs_native import Client

    return Client(os.environ["HFS_URI"]).read(path).read()


def main():
    params = {"lr": 0.1, "hidden": 32, "act": "relu", **json.loads(os.environ.get("HFS_PARAMS", "{}"))}
    epochs = int(params.get("epochs", 20))
    random = np.random.default_rng(int(os.environ.get("HFS_SEED", 0)))
    rows = np.loadtxt(io.BytesIO(read(DATA)), delimiter=",", skiprows=1)
    x, y = rows[:, :64] / 16, rows[:, 64].astype(int)
    # The same split in every trial, so that they can be compared.
    order = np.random.default_rng(0).permutation(len(x))
    train, test = order[: len(x) * 3 // 4], order[len(x) * 3 // 4 :]

    width = int(params["hidden"])
    weights = [random.normal(0, 1 / 8, (64, width)), np.zeros(width), random.normal(0, width**-0.5, (width, 10)), np.zeros(10)]
    start = 0
    checkpoint = os.path.join(os.environ.get("HFS_CHECKPOINT_DIR", "."), "weights.npz")
    if "HFS_CHECKPOINT_DIR" in os.environ and os.path.exists(checkpoint):
        saved = np.load(checkpoint)
        weights, start = [saved[f"w{index}"] for index in range(4)], int(saved["epoch"]) + 1

    def forward(batch):
        before = batch @ weights[0] + weights[1]
        hidden = np.maximum(before, 0) if params["act"] == "relu" else np.tanh(before)
        scores = hidden @ weights[2] + weights[3]
        scores = np.exp(scores - scores.max(1, keepdims=True))
        return hidden, scores / scores.sum(1, keepdims=True)

    for epoch in range(start, epochs):
        shuffled = random.permutation(train)
        for batch in np.array_split(shuffled, len(shuffled) // 32):
            hidden, error = forward(x[batch])
            error[np.arange(len(batch)), y[batch]] -= 1
            error /= len(batch)
            slope = (hidden > 0) if params["act"] == "relu" else 1 - hidden**2
            inner = (error @ weights[2].T) * slope
            steps = [x[batch].T @ inner, inner.sum(0), hidden.T @ error, error.sum(0)]
            weights = [weight - params["lr"] * step for weight, step in zip(weights, steps)]
        accuracy = float((forward(x[test])[1].argmax(1) == y[test]).mean())
        loss = float(-np.log(forward(x[train])[1][np.arange(len(train)), y[train]] + 1e-12).mean())
        print(f"hfs::metric accuracy={accuracy} loss={loss} step={epoch}", flush=True)
    if "HFS_OUTPUTS" in os.environ:
        np.savez(checkpoint, epoch=epochs - 1, **{f"w{index}": weight for index, weight in enumerate(weights)})
        with open(os.environ["HFS_OUTPUTS"], "w") as file:
            json.dump({"accuracy": accuracy, "model": checkpoint}, file)


if __name__ == "__main__":
    main()
