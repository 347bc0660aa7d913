#!/usr/bin/env python3
"""Writes goldens.json: what PyTorch (in double) computes with timm's EfficientNets on the formula's weights and images.

usage: make-goldens.py > goldens.json        (python with torch and timm)

Of the pooled features the table holds the length and a projection on a vector of the formula; of the activation map of the
first image's answer all values.
"""
import importlib.util
import json
import os
import sys

import timm
import torch

spec = importlib.util.spec_from_file_location(
    "gradients", os.path.join(os.path.dirname(os.path.abspath(__file__)), "make-gradients.py"))
gradients = importlib.util.module_from_spec(spec)
spec.loader.exec_module(gradients)


def case(model, side, classes):
    images = 2
    m = timm.create_model(model, pretrained=False, num_classes=classes).double().eval()
    tensors = {k: v for k, v in m.state_dict(keep_vars=True).items() if not k.endswith("num_batches_tracked")}
    for stream, name in enumerate(sorted(tensors)):
        gradients.fill(name, tensors[name], stream + 1)
    x = gradients.values(1000, images * side * side * 3).astype("float32").astype("float64")
    x = torch.from_numpy((x * 1.5).astype("float32").astype("float64").reshape(images, side, side, 3))
    with torch.inference_mode():
        map = m.forward_features(x.permute(0, 3, 1, 2))
        features = m.forward_head(map, pre_logits=True)
        logits = m.classifier(features)
        answer = int(logits[0].argmax())
        activation = torch.einsum("c,chw->hw", m.classifier.weight[answer], map[0])
    return {"model": model.split("_")[-1], "side": side, "padding": "same" if "tf_" in model else "symmetric",
            "epsilon": m.bn1.eps, "classCount": classes, "logits": logits.reshape(-1).tolist(),
            "featureLengths": features.norm(dim=1).tolist(),
            "featureProjections": (features @ torch.from_numpy(gradients.values(6000, features.shape[1]))).tolist(),
            "activationMap": activation.reshape(-1).tolist()}


json.dump(gradients.rounded([
    case("tf_efficientnet_b0", 64, 5), case("efficientnet_b0", 71, 5), case("tf_efficientnet_b0", 97, 3),
    case("efficientnet_b1", 64, 9), case("tf_efficientnet_b2", 65, 4),
]), sys.stdout)
