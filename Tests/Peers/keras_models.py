#!/usr/bin/env python3
"""Writes Keras models as people make them from EfficientNet, with seeded random weights, and what they answer.

usage: keras_models.py OUT

Each model NAME gives OUT/NAME.h5 and OUT/NAME.keras, and OUT/NAME.npy: float32 logits (pre-softmax) of OUT/input.npy,
which is [2, 64, 64, 3], 0..255. Models named refused-* are ones that Glenoid must refuse with a reason.
"""
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
import keras
import numpy as np
from keras import layers

SIDE = 64
MEAN, VARIANCE = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]  # published files hold deviations as variances


def randomise(model, rng):
    """Gives every normalisation something to do, the nested ones included."""
    for layer in model.layers:
        if hasattr(layer, "layers"):
            randomise(layer, rng)
        elif isinstance(layer, layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            layer.set_weights([rng.uniform(0.6, 1.1, gamma.shape), rng.normal(0, 0.2, beta.shape),
                               rng.normal(0, 0.1, mean.shape), rng.uniform(0.5, 1.5, variance.shape)])
        elif isinstance(layer, layers.Normalization):
            weights = layer.get_weights()
            if len(weights) == 3:
                layer.set_weights([np.reshape(MEAN, weights[0].shape), np.reshape(VARIANCE, weights[1].shape), weights[2]])
        elif isinstance(layer, layers.Dense):
            layer.set_weights([rng.normal(0, 0.2, w.shape) for w in layer.get_weights()])


def base(imagenet=False, variant="EfficientNetB1", **options):
    make = getattr(keras.applications, variant)
    options = {"include_top": False, "input_shape": (SIDE, SIDE, 3), **options}
    if not imagenet:
        return make(weights=None, **options)
    # weights="imagenet" builds one more Rescaling; give it weights of our own instead of a download
    plain = make(weights=None, **options)
    path = os.path.join(sys.argv[1], "stand-in.weights.h5")
    module = sys.modules["keras.src.applications.efficientnet"]
    fetch, module.file_utils.get_file = module.file_utils.get_file, lambda *a, **k: path
    load, keras.Model.load_weights = keras.Model.load_weights, lambda self, *a, **k: None
    try:
        return make(weights="imagenet", **options)
    finally:
        module.file_utils.get_file, keras.Model.load_weights = fetch, load
        del plain


def transfer(body, head, augment=False):
    x = inputs = keras.Input((SIDE, SIDE, 3))
    if augment:
        x = keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.05)], name="augmentation")(x)
    x = body(x, training=False)
    for layer in head:
        x = layer(x)
    return keras.Model(inputs, x)


def models():
    yield "nested", transfer(base(True), [layers.GlobalAveragePooling2D(), layers.Dropout(0.3),
                                          layers.Dense(4, activation="softmax")])
    yield "augmented", transfer(base(True), [layers.GlobalAveragePooling2D(), layers.BatchNormalization(),
                                             layers.Dropout(0.3), layers.Dense(4), layers.Softmax()], augment=True)
    yield "pooled", transfer(base(pooling="avg"), [layers.Dense(8, activation="linear"), layers.Dense(4, activation="softmax")])
    body = base(True)
    x = layers.GlobalAveragePooling2D()(body.output)
    yield "flat", keras.Model(body.input, layers.Dense(4, activation="softmax")(layers.Dropout(0.2)(x)))
    yield "sequential", keras.Sequential([keras.Input((SIDE, SIDE, 3)), base(variant="EfficientNetB0"),
                                          layers.GlobalAveragePooling2D(keepdims=True), layers.Flatten(),
                                          layers.Dropout(0.2), layers.Dense(4, activation="softmax")])
    yield "top", base(variant="EfficientNetB0", include_top=True, classes=7)
    yield "refused-no-top", base()
    yield "refused-relu", transfer(base(), [layers.GlobalAveragePooling2D(), layers.Dense(16, activation="relu"),
                                            layers.Dense(4, activation="softmax")])
    yield "refused-max", transfer(base(), [layers.GlobalMaxPooling2D(), layers.Dense(4, activation="softmax")])
    yield "refused-sigmoid", transfer(base(), [layers.GlobalAveragePooling2D(), layers.Dense(1, activation="sigmoid")])
    yield "refused-flatten", transfer(base(), [layers.Flatten(), layers.Dense(4, activation="softmax")])
    yield "refused-resizing", transfer(keras.Sequential([layers.Resizing(SIDE, SIDE), base()]),
                                       [layers.GlobalAveragePooling2D(), layers.Dense(4)])
    # Built for no side, so for even maps; of 80 the sixth stage gets a map of 5.
    inputs = keras.Input((80, 80, 3))
    x = layers.GlobalAveragePooling2D()(base(input_shape=(None, None, 3))(inputs))
    yield "refused-padding", keras.Model(inputs, layers.Dense(4, activation="softmax")(x))
    other = keras.applications.MobileNetV2(weights=None, classes=4, input_shape=(SIDE, SIDE, 3))
    yield "refused-mobilenet", other


def main(out):
    os.makedirs(out, exist_ok=True)
    rng = np.random.default_rng(5)
    keras.utils.set_random_seed(5)
    images = rng.uniform(0, 255, (2, SIDE, SIDE, 3)).astype(np.float32)
    np.save(f"{out}/input.npy", images)
    for name, model in models():
        randomise(model, rng)
        model.save(f"{out}/{name}.h5")
        model.save(f"{out}/{name}.keras")
        if name.startswith("refused-"):
            continue
        # A Normalization layer applies what set_weights gave it only after loading; so load, then ask.
        loaded = keras.models.load_model(f"{out}/{name}.keras")
        last = loaded.layers[-1]  # the same network without its softmax
        if getattr(last, "activation", None) is keras.activations.softmax:
            last.activation = keras.activations.linear
        elif isinstance(last, layers.Softmax):
            loaded = keras.Model(loaded.input, loaded.layers[-2].output)
        np.save(f"{out}/{name}.npy", np.asarray(loaded(images, training=False)))
    print(f"wrote {out}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
