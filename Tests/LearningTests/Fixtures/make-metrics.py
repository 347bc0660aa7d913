#!/usr/bin/env python3
"""Writes metrics.json: random cases with the values that scikit-learn and statsmodels' formula give for them.

usage: make-metrics.py > metrics.json        (python with numpy and scikit-learn)
"""
import json
import numpy as np
from sklearn import metrics


def case(rng, n, k, ties, absent):
    truth = rng.integers(0, k - 1 if absent else k, n)
    logits = rng.normal(0, 1, (n, k))
    logits[np.arange(n), truth] += 1.2
    p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    if ties:  # sixteenths: exact in binary, many equal
        p = np.round(p * 16) / 16
        p[:, 0] += 1 - p.sum(1)
    answer = p.argmax(1)
    names = list(range(k))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        truth, answer, labels=names, zero_division=0)
    area = [float(metrics.roc_auc_score(truth == c, p[:, c])) if 0 < (truth == c).sum() < n else None for c in names]
    confidence, right = p.max(1), answer == truth
    edges = np.linspace(0, 1, 16)
    bins = np.clip(np.searchsorted(edges, confidence, side="left") - 1, 0, 14)
    ece = sum((bins == b).mean() * abs(right[bins == b].mean() - confidence[bins == b].mean())
              for b in range(15) if (bins == b).any())
    return {
        "classCount": k, "truth": truth.tolist(), "probabilities": [[float(v) for v in row] for row in p],
        "accuracy": float(metrics.accuracy_score(truth, answer)),
        "confusion": metrics.confusion_matrix(truth, answer, labels=names).tolist(),
        "precision": precision.tolist(), "recall": recall.tolist(), "f1": f1.tolist(), "support": support.tolist(),
        "macroF1": float(metrics.f1_score(truth, answer, average="macro", zero_division=0)),
        "weightedF1": float(metrics.f1_score(truth, answer, average="weighted", zero_division=0)),
        "areas": area, "expectedCalibrationError": float(ece),
        "brier": float(((p - np.eye(k)[truth]) ** 2).sum(1).mean()),
    }


rng = np.random.default_rng(5)
print(json.dumps([case(rng, 40, 4, False, False), case(rng, 60, 3, True, False), case(rng, 25, 5, True, True),
                  case(rng, 12, 2, False, False)]))
