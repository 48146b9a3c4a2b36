"""Golden values of every layer kind: python golden.py HISTORY.safetensors CONFIG.json OUT (scripts/pyg/golden.ts runs it).

OUT/<kind>.safetensors holds the state dict (`state.` before each name), each layer's output, the readouts and the
embeddings, computed in float32 as a user of PyTorch Geometric would; OUT/golden.json the versions, the seed and how far
float64 is from it.
"""

import json
import sys

import torch
import torch_geometric
from rhyme_pyg import Encoder, read_history
from safetensors.torch import save_file

SEED = 20260101


def main(history_path, config_path, out):
    history = read_history(history_path)
    with open(config_path, encoding="utf8") as file:
        config = json.load(file)
    graph = [history[name] for name in ("edges", "edge_type", "edge_attr", "timeframe")]
    apart = {}
    for number, kind in enumerate(config["kinds"]):
        torch.manual_seed(SEED + number)
        model = Encoder({**config, "kind": kind}).eval()
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if name.endswith(("bias", "eps", "timeframe.weight")):
                    parameter.normal_(0, 0.3)
            layers = model.propagate(history["x"], *graph)
            readouts = model.readouts(layers[-1], history["node_of"], history["counts"])
            embeddings = model.project(readouts)
            exact = model.double()(
                history["x"].double(), graph[0], graph[1], graph[2].double(), graph[3], history["node_of"], history["counts"]
            )
            model.float()
        apart[kind] = float((exact - embeddings).abs().max())
        tensors = {f"state.{name}": value for name, value in model.state_dict().items()}
        tensors |= {f"layer{i}": value for i, value in enumerate(layers)}
        tensors |= {"readouts": readouts, "embeddings": embeddings}
        save_file({name: value.contiguous().clone() for name, value in tensors.items()}, f"{out}/{kind}.safetensors")
    note = {
        "madeBy": "node --conditions=lab-source scripts/pyg/golden.ts",
        "torch": torch.__version__,
        "torch_geometric": torch_geometric.__version__,
        "seed": SEED,
        "config": config,
        "largestDifferenceToFloat64": apart,
    }
    with open(f"{out}/golden.json", "w", encoding="utf8") as file:
        json.dump(note, file, indent=1)
        file.write("\n")


main(*sys.argv[1:])
