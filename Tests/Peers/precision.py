#!/usr/bin/env python3
"""How far our logits and a peer's own lie from the same network in double precision.

usage: precision.py GLENOID REFERENCES [b0,b1,...]

REFERENCES holds a folder reference-<variant> for each variant, as the shared tools/peers/reference.py writes it. Prints the
table of docs/NUMERICS.md: the largest difference of logits, relative to the largest logit, and in brackets the root mean
square. Run with a Python that has torch, torchvision, timm, keras, tensorflow and safetensors.
"""
import os
import subprocess
import sys
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy

MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32)
STD = numpy.array([0.229, 0.224, 0.225], numpy.float32)


def torch_in_double(folder, source, variant, images):
    """The peer's Float32 input and weights; everything after them in double."""
    import timm
    import torch
    import torchvision
    from safetensors.torch import load_file
    if source == "torchvision":
        model = getattr(torchvision.models, f"efficientnet_{variant}")(weights=None)
    else:
        model = timm.create_model(f"efficientnet_{variant}", pretrained=False)
    model.load_state_dict(load_file(f"{folder}/{source}-{variant}.safetensors"))
    x = ((images / 255 - MEAN) / STD).transpose(0, 3, 1, 2).copy()
    with torch.inference_mode():
        return model.eval().double()(torch.from_numpy(x).double()).numpy()


def keras_in_double(folder, variant, images):
    """The same layers with double weights; the file's statistics of the input are left out, as Keras did (NUMERICS)."""
    import keras
    single = keras.models.load_model(f"{folder}/keras-{variant}.keras", compile=False)
    keras.config.set_dtype_policy("float64")
    try:
        double = getattr(keras.applications, f"EfficientNet{variant.upper()}")(weights=None, classifier_activation=None)
        for ours, theirs in zip(double.layers, single.layers, strict=True):
            if not isinstance(theirs, keras.layers.Normalization):
                ours.set_weights([value.astype(numpy.float64) for value in theirs.get_weights()])
        return double.predict(images.astype(numpy.float64), verbose=0)
    finally:
        keras.config.set_dtype_policy("float32")


def ours(glenoid, folder, source, variant):
    ending = "keras" if source == "keras" else "safetensors"
    with tempfile.TemporaryDirectory() as place:
        subprocess.run([glenoid, "model", "import", f"{folder}/{source}-{variant}.{ending}", "--architecture", variant,
                        "--output", f"{place}/bundle"], check=True, capture_output=True)
        subprocess.run([glenoid, "model", "predict", f"{place}/bundle", "--input", f"{folder}/input-{variant}.npy",
                        "--output", f"{place}/logits.npy"], check=True, capture_output=True)
        return numpy.load(f"{place}/logits.npy")


def distance(one, other, exact):
    difference = (one.astype(numpy.float64) - other) / numpy.abs(exact).max()
    return f"{numpy.abs(difference).max():.2e} ({numpy.sqrt((difference ** 2).mean()):.1e})"


def main(glenoid, references, variants):
    print("| network | from | ours to the peer | ours to double | the peer to double |\n| --- | --- | --- | --- | --- |")
    for variant in variants.split(","):
        folder = f"{references}/reference-{variant}"
        images = numpy.load(f"{folder}/input-{variant}.npy")
        for source in ("torchvision", "timm", "keras"):
            if source == "keras":
                exact = keras_in_double(folder, variant, images)
            else:
                exact = torch_in_double(folder, source, variant, images)
            peer = numpy.load(f"{folder}/logits-{source}-{variant}.npy")
            mine = ours(glenoid, folder, source, variant)
            print(f"| {variant.upper()} | {source} | {distance(mine, peer, exact)} | {distance(mine, exact, exact)} | "
                  f"{distance(peer, exact, exact)} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3] if len(sys.argv) == 4 else "b0,b1,b2,b3,b4")
