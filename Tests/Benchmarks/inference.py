#!/usr/bin/env python3
"""Times the engine against ONNX Runtime and OpenVINO, alternating, and writes the tables of docs/PERFORMANCE.md.

usage: inference.py GLENOID [--variants b0,b1] [--rounds 3] [--seconds 1.0] [--document FILE]

Run with a Python that has numpy, torch, torchvision, onnx, onnxruntime and openvino. The networks are torchvision's, with
seeded random weights and ten classes; they are kept in the temporary folder. Every round runs each side once, so that a
drift of the machine's speed falls on all of them; figures are medians over the rounds, ratios the median of the rounds'
ratios. In the document only what stands between the two marks is replaced.
"""
import argparse
import json
import os
import statistics
import subprocess
import tempfile
import time

BEGIN, END = "<!-- inference: written by make bench -->", "<!-- end of inference -->"
SIDES = {"b0": 224, "b1": 240, "b2": 260, "b3": 300, "b4": 380}
IN_FLIGHT = (1, 2, 4, 8, 16, 32, 64)


def network(glenoid, variant):
    """Folder with the network as ONNX and as a bundle of ours."""
    folder = os.path.join(tempfile.gettempdir(), "glenoid-bench", variant)
    onnx, bundle = os.path.join(folder, "network.onnx"), os.path.join(folder, "bundle")
    if not os.path.exists(bundle):
        import torch
        import torchvision
        from safetensors.torch import save_file
        os.makedirs(folder, exist_ok=True)
        torch.manual_seed(11)
        model = getattr(torchvision.models, f"efficientnet_{variant}")(weights=None, num_classes=10).eval()
        save_file({k: v.contiguous() for k, v in model.state_dict().items()}, f"{folder}/network.safetensors")
        side = SIDES[variant]
        torch.onnx.export(model, torch.zeros(1, 3, side, side), onnx, input_names=["x"], output_names=["y"],
                          dynamic_axes={"x": {0: "n"}, "y": {0: "n"}}, opset_version=17, dynamo=False)
        subprocess.run([glenoid, "model", "import", f"{folder}/network.safetensors", "--architecture", variant,
                        "--output", bundle], check=True, capture_output=True)
    return onnx, bundle


def median_ms(run, seconds):
    for _ in range(2):
        run()
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3


def ours(glenoid, bundle, threads, batch, seconds):
    result = subprocess.run(
        [glenoid, "model", "benchmark", bundle, "--threads", str(threads), "--batch", str(batch), "--seconds",
         str(seconds), "--json"], check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


def peers(onnx, side, threads, batch):
    import numpy
    import onnxruntime
    import openvino
    x = numpy.random.default_rng(0).normal(0, 1, (batch, 3, side, side)).astype(numpy.float32)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
    core = openvino.Core()
    model = core.read_model(onnx)
    model.reshape([batch, 3, side, side])
    request = core.compile_model(model, "CPU", {
        "INFERENCE_NUM_THREADS": str(threads), "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    return {"ONNX Runtime": lambda: session.run(None, {"x": x}), "OpenVINO": lambda: request.infer({0: x})}


def compare(glenoid, variant, threads, batch, rounds, seconds):
    onnx, bundle = network(glenoid, variant)
    sides = peers(onnx, SIDES[variant], threads, batch)
    rows = []
    for _ in range(rounds):
        row = {name: median_ms(run, seconds) / batch for name, run in sides.items()}
        report = ours(glenoid, bundle, threads, batch, seconds)
        row["ours"] = report["ms_per_image"]
        rows.append(row)
    middle = {name: statistics.median(row[name] for row in rows) for name in rows[0]}
    ratio = {name: statistics.median(row["ours"] / row[name] for row in rows) for name in sides}
    return middle, ratio, report


def tables(glenoid, variants, rounds, seconds):
    lines = ["| network | threads | batch | ours, ms per image | ONNX Runtime | OpenVINO | ratio | | GFLOP/s of peak | "
             "resident MB | load ms |", "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for variant in variants:
        for threads in (1, 2):
            for batch in (1, 8):
                middle, ratio, report = compare(glenoid, variant, threads, batch, rounds, seconds)
                lines.append(
                    f"| {variant.upper()}, {SIDES[variant]} | {threads} | {batch} | {middle['ours']:.2f} | "
                    f"{middle['ONNX Runtime']:.2f} | {middle['OpenVINO']:.2f} | {ratio['ONNX Runtime']:.2f} | "
                    f"{ratio['OpenVINO']:.2f} | {report['gflops']:.0f} of {report['peak_gflops']:.0f} | "
                    f"{report['resident_mb']:.0f} | {report['load_ms']:.0f} |")
                print(lines[-1], flush=True)
    lines += ["", "Images in flight at once (B1, 2 threads):", "", "| images | ms per image |", "| --- | --- |"]
    bundle = network(glenoid, "b1")[1]
    for batch in IN_FLIGHT:
        lines.append(f"| {batch} | {ours(glenoid, bundle, 2, batch, seconds)['ms_per_image']:.2f} |")
        print(lines[-1], flush=True)
    with open("/proc/cpuinfo") as file:
        cpu = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    load = os.getloadavg()[0]
    head = (f"{cpu}, {os.cpu_count()} cores, kernels {report['kernels']}, {time.strftime('%Y-%m-%d')}; load average at the "
            f"end {load:.1f}, of which one or two are this benchmark's own. Ratios are ours to ONNX Runtime and to OpenVINO.")
    return "\n".join([head, ""] + lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("glenoid")
    parser.add_argument("--variants", default="b0,b1,b2,b3,b4")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--document")
    arguments = parser.parse_args()
    text = tables(arguments.glenoid, arguments.variants.split(","), arguments.rounds, arguments.seconds)
    if not arguments.document:
        return
    with open(arguments.document) as file:
        document = file.read()
    before, after = document.split(BEGIN)[0], document.split(END)[1]
    with open(arguments.document, "w") as file:
        file.write(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


if __name__ == "__main__":
    main()
