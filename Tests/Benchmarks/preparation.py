#!/usr/bin/env python3
"""Times the way from a file to the network's input against pydicom and Pillow, alternating, on one core.

usage: preparation.py GLENOID PEER FILE.dcm...

GLENOID is the program (release build), PEER the command that prints {file: ms} as ../shared/tools/peers/preparation.py
does, for instance "python3 ../shared/tools/peers/preparation.py". Prints for each file both medians, their ratio, and
the peak memory of ours in multiples of the frame's stored size.
"""
import json, shlex, statistics, subprocess, sys

glenoid, peer, files = sys.argv[1], shlex.split(sys.argv[2]), sys.argv[3:]
rounds = 3
one_core = ["taskset", "-c", "0"]


def run(command):
    return json.loads(subprocess.run(one_core + command, check=True, capture_output=True, text=True).stdout)


ours, theirs = {f: [] for f in files}, {f: [] for f in files}
for _ in range(rounds):
    for f in files:
        theirs[f].append(run(peer + [f])[f])
        ours[f].append(run([glenoid, "benchmark-preparation", f])[f])
report = {}
for f in files:
    mine, other = statistics.median(m["milliseconds"] for m in ours[f]), statistics.median(theirs[f])
    report[f] = {
        "ms": round(mine, 1),
        "decode_ms": round(statistics.median(m["decodeMilliseconds"] for m in ours[f]), 1),
        "peer_ms": other,
        "ratio": round(mine / other, 3),
        "peak_over_frame": round(max(m["peakBytes"] / m["frameBytes"] for m in ours[f]), 2),
    }
print(json.dumps(report, indent=1))
