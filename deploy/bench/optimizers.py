#!/usr/bin/env python3
"""Regrets of hfs's optimizers beside Optuna's: the same functions, budget and number of seeds.

    deploy/bench/optimizers.py PATH/TO/hfs-bench [TRIALS] [SEEDS]

Needs Optuna (a virtual environment of its own: python3 -m venv V && V/bin/pip install optuna==5.0.0). Fails when the median
regret of TPE, random search or, with PyTorch, gp is worse than Optuna's by more than the interquartile range of Optuna's.
"""
import importlib.util
import json
import math
import statistics
import subprocess
import sys

import optuna

MINIMA = {"branin": 0.39788735772973816, "hartmann6": -3.322368011415515}
WEIGHTS = [1.0, 1.2, 3.0, 3.2]
WIDTHS = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
    [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650],
    [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]


def branin(trial):
    x, y = trial.suggest_float("x0", -5, 10), trial.suggest_float("x1", 0, 15)
    square = y - 5.1 / (4 * math.pi**2) * x * x + 5 / math.pi * x - 6
    return square**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


def hartmann6(trial):
    x = [trial.suggest_float(f"x{index}", 0, 1) for index in range(6)]
    return -sum(
        weight * math.exp(-sum(a * (v - c) ** 2 for a, v, c in zip(widths, x, centres)))
        for weight, widths, centres in zip(WEIGHTS, WIDTHS, CENTRES)
    )


FUNCTIONS = {"branin": branin, "hartmann6": hartmann6}
SAMPLERS = {
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed),
}
# Optuna's Gaussian process needs PyTorch: beside hfs's only where that is installed.
if importlib.util.find_spec("torch"):
    SAMPLERS["gp"] = lambda seed: optuna.samplers.GPSampler(seed=seed)


def optuna_regrets(function, sampler, trials, seeds):
    regrets = []
    for seed in range(seeds):
        study = optuna.create_study(sampler=SAMPLERS[sampler](seed))
        study.optimize(FUNCTIONS[function], n_trials=trials)
        regrets.append(study.best_value - MINIMA[function])
    return regrets


def spread(regrets):
    low, middle, high = statistics.quantiles(regrets, n=4, method="inclusive")
    return middle, high - low


def main():
    binary = sys.argv[1]
    trials = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    seeds = int(sys.argv[3]) if len(sys.argv) > 3 else 20
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    import warnings

    warnings.simplefilter("ignore")
    command = [binary, "optimizers", "--trials", str(trials), "--seeds", str(seeds)]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    ours = {(line["function"], line["optimizer"]): line["regrets"] for line in map(json.loads, lines)}
    theirs = {(f, s): optuna_regrets(f, s, trials, seeds) for f in FUNCTIONS for s in SAMPLERS}
    print(f"{trials} trials, {seeds} seeds, Optuna {optuna.__version__}; median regret (interquartile range)")
    print("| function | optimizer | hfs | Optuna |\n| --- | --- | --- | --- |")
    isWorse = False
    for function in FUNCTIONS:
        for name in ["random", "tpe", "gp", "de"]:
            cells = []
            for table in (ours, theirs):
                regrets = table.get((function, name))
                cells.append("{:.4f} ({:.4f})".format(*spread(regrets)) if regrets else "-")
            print(f"| {function} | {name} | {cells[0]} | {cells[1]} |")
            if (function, name) in ours and (function, name) in theirs:
                median, _ = spread(ours[function, name])
                peer, width = spread(theirs[function, name])
                isWorse |= median > peer + width
    sys.exit("worse than Optuna by more than the interquartile range" if isWorse else 0)


if __name__ == "__main__":
    main()
