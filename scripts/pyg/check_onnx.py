"""onnxruntime on an exported encoder: python check_onnx.py MODEL.onnx HISTORY.safetensors OUT.safetensors.

HISTORY holds what historyTensors makes; OUT gets `embeddings`. The model is held to the ONNX specification first.
"""

import sys

import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file


def main(model_path, history_path, out):
    onnx.checker.check_model(onnx.load(model_path), full_check=True)
    session = onnxruntime.InferenceSession(model_path, providers=["CPUExecutionProvider"])
    history = load_file(history_path)
    types = {"tensor(float)": np.float32, "tensor(int64)": np.int64}
    feeds = {one.name: history[one.name].astype(types[one.type]) for one in session.get_inputs()}
    save_file({"embeddings": session.run(["embeddings"], feeds)[0]}, out)


main(*sys.argv[1:])
