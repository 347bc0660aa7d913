#!/usr/bin/env python3
"""Times a training step (forward, backward, AdamW; Float32) beside PyTorch's (channels_last), by turns in one run.

usage: training.py GLENOID [--architecture b1] [--side 240] [--batch 16] [--threads 2] [--rounds 3]
                                     (GLENOID: the release build; needs a Python with torch, torchvision, safetensors)
Prints the milliseconds per image of both, medians over the rounds, and their ratio.
"""
import argparse, json, statistics, subprocess, tempfile, time
import safetensors.torch
import torch
import torchvision

arguments = argparse.ArgumentParser()
arguments.add_argument("glenoid")
arguments.add_argument("--architecture", default="b1")
arguments.add_argument("--side", type=int, default=240)
arguments.add_argument("--batch", type=int, default=16)
arguments.add_argument("--threads", type=int, default=2)
arguments.add_argument("--rounds", type=int, default=3)
options = arguments.parse_args()
torch.set_num_threads(options.threads)
work = tempfile.TemporaryDirectory(prefix="glenoid-training-")
model = getattr(torchvision.models, f"efficientnet_{options.architecture}")(weights=None)
model.classifier[1] = torch.nn.Linear(model.classifier[1].in_features, 4)
safetensors.torch.save_file(model.state_dict(), f"{work.name}/weights.safetensors")
bundle = f"{work.name}/bundle"
subprocess.run([options.glenoid, "model", "import", f"{work.name}/weights.safetensors", "--architecture", options.architecture,
                "--side", str(options.side), "--output", bundle], check=True, stdout=subprocess.DEVNULL)
model = model.to(memory_format=torch.channels_last).train()
optimiser = torch.optim.AdamW(model.parameters(), 1e-4)
loss = torch.nn.CrossEntropyLoss()
images = torch.rand(options.batch, 3, options.side, options.side).to(memory_format=torch.channels_last)
truth = torch.randint(0, 4, (options.batch,))


def torch_step():
    began = time.perf_counter()
    optimiser.zero_grad()
    loss(model(images), truth).backward()
    optimiser.step()
    return (time.perf_counter() - began) * 1e3 / options.batch


def glenoid_steps():
    run = subprocess.run([options.glenoid, "model", "benchmark", bundle, "--train", "--batch", str(options.batch), "--threads",
                          str(options.threads), "--seconds", "4", "--json"], check=True, capture_output=True, text=True)
    return json.loads(run.stdout)["ms_per_image"]


torch_step()
ours, theirs = [], []
for _ in range(options.rounds):
    ours.append(glenoid_steps())
    theirs.append(statistics.median(torch_step() for _ in range(3)))
ours, theirs = statistics.median(ours), statistics.median(theirs)
print(f"training step, {options.architecture} {options.side} x {options.side}, batch {options.batch}, {options.threads} threads: "
      f"glenoid {ours:.1f} ms per image, torch {torch.__version__} {theirs:.1f}, ratio {ours / theirs:.2f}")
