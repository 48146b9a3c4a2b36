"""What PyTorch Geometric needs for the same work: python bench.py FOLDER WORK, on the threads that config.json says; JSON on stdout.

FOLDER holds history.safetensors, state.safetensors and config.json of the encoder (bench/encoders/pyg.ts writes them).
Windows are graphs of the last `windows[t]` candles of each timeframe with the edges among them, made beforehand:
what is timed is PyTorch Geometric's own batching and the forward pass. Best of several batch sizes.
"""

import json
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from rhyme_pyg import Encoder, read_history
from safetensors.torch import load_file, save_file
from torch_geometric.data import Batch, Data
from torch_geometric.nn import global_mean_pool

ROUNDS = 5


def timed(work, rounds=ROUNDS, warm_up=1):
    """Median seconds."""
    times = []
    for number in range(warm_up + rounds):
        start = time.perf_counter()
        work()
        if number >= warm_up:
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def window_graphs(history, windows, count):
    """Data of `count` windows, evenly spread over the newest anchors, all full."""
    counts = history["counts"]
    step = max(1, min(7, (len(counts) // 2) // count))
    chosen = range(len(counts) - count * step, len(counts), step)
    senders, receivers = history["edges"]
    graphs = []
    number = torch.full((len(history["x"]),), -1)
    for anchor in chosen:
        nodes = torch.cat(
            [of[max(0, known - window) : known] for of, known, window in zip(history["node_of"], counts[anchor].tolist(), windows)]
        )
        nodes = nodes.sort().values
        number[nodes] = torch.arange(len(nodes))
        inside = slice(
            int(torch.searchsorted(receivers, nodes[0])), int(torch.searchsorted(receivers, nodes[-1], right=True))
        )
        local = torch.stack([number[senders[inside]], number[receivers[inside]]])
        kept = (local >= 0).all(0)
        graphs.append(
            Data(
                x=history["x"][nodes],
                edge_index=local[:, kept],
                edge_type=history["edge_type"][inside][kept],
                edge_attr=history["edge_attr"][inside][kept],
                timeframe=history["timeframe"][nodes],
            )
        )
        number[nodes] = -1
    return graphs


def forward(model, batch, timeframes):
    """Window means of every timeframe, projected: [graphs, D]."""
    top = model.propagate(batch.x, batch.edge_index, batch.edge_type, batch.edge_attr, batch.timeframe)[-1]
    groups = batch.batch * timeframes + batch.timeframe
    read = global_mean_pool(top, groups, batch.num_graphs * timeframes)
    return model.project(read.reshape(batch.num_graphs, -1))


def per_window(model, graphs, timeframes, config):
    """Windows a second with collation, and with batches made beforehand: the best batch size of each."""
    best = {"collated": 0.0, "ready": 0.0, "batch": 0}
    for size in config["batches"]:
        parts = [graphs[i : i + size] for i in range(0, len(graphs), size)]
        ready = [Batch.from_data_list(part) for part in parts]
        collated = len(graphs) / timed(lambda: [forward(model, Batch.from_data_list(p), timeframes) for p in parts], 3)
        bare = len(graphs) / timed(lambda: [forward(model, b, timeframes) for b in ready], 3)
        if collated > best["collated"]:
            best |= {"collated": collated, "batch": size}
        best["ready"] = max(best["ready"], bare)
    return best


def whole_history(model, history, windows):
    """The trick by hand: message passing once, window means from prefix sums in float64. [A, D]"""
    top = model.propagate(history["x"], history["edges"], history["edge_type"], history["edge_attr"], history["timeframe"])[-1]
    parts = []
    for t, (nodes, window) in enumerate(zip(history["node_of"], windows)):
        sums = F.pad(top[nodes].double().cumsum(0), (0, 0, 1, 0))
        end = history["counts"][:, t]
        begin = (end - window).clamp(min=0)
        parts.append((sums[end] - sums[begin]) / (end - begin)[:, None])
    return model.project(torch.cat(parts, 1).float())


def encode(model, history, config, folder):
    windows = config["windows"]
    graphs = window_graphs(history, windows, config["sample"])
    with torch.inference_mode():
        found = per_window(model, graphs, len(windows), config)
        save_file({"vectors": whole_history(model, history, windows).contiguous()}, os.path.join(folder, "pyg-vectors.safetensors"))
        seconds = timed(lambda: whole_history(model, history, windows), 3)
        single = Batch.from_data_list(graphs[:1])
        found["singleMs"] = 1000 * timed(lambda: forward(model, single, len(windows)), config["singles"], 2)
        found["singleCollatedMs"] = 1000 * timed(
            lambda: forward(model, Batch.from_data_list(graphs[:1]), len(windows)), config["singles"], 2
        )
    found |= {"trick": len(history["counts"]) / seconds, "nodes": graphs[-1].num_nodes, "edges": graphs[-1].num_edges}
    return found


def train(model, history, config, folder):
    """Masked reconstruction, batches of 64 windows: collation, forward, backward, Adam."""
    graphs = window_graphs(history, config["windows"], config["sample"])
    decoder = torch.nn.Linear(config["hidden"], config["features"])
    optimizer = torch.optim.Adam([*model.parameters(), *decoder.parameters()], lr=3e-3)
    parts = [graphs[i : i + 64] for i in range(0, len(graphs) - 63, 64)]

    def epoch():
        for part in parts:
            batch = Batch.from_data_list(part)
            hidden = torch.rand(batch.num_nodes) < 0.4
            x = batch.x.masked_fill(hidden[:, None], 0)
            top = model.propagate(x, batch.edge_index, batch.edge_type, batch.edge_attr, batch.timeframe)[-1]
            loss = F.mse_loss(decoder(top)[hidden], batch.x[hidden])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    return {"windows": 64 * len(parts) / timed(epoch, 3), "stepMs": 1000 * timed(epoch, 2) / len(parts)}


def search(folder, config):
    """faiss-cpu IndexFlatIP over unit vectors on one thread: milliseconds a question, single and in one batch."""
    import faiss

    faiss.omp_set_num_threads(1)
    tensors = load_file(os.path.join(folder, "vectors.safetensors"))
    rows, questions = tensors["rows"].numpy(), tensors["questions"].numpy()
    index = faiss.IndexFlatIP(rows.shape[1])
    index.add(rows)
    scores, found = index.search(questions, config["k"])
    count = len(questions)
    singles = [timed(lambda q=q: index.search(questions[q : q + 1], config["k"]), 3) for q in range(min(10, count))]
    return {
        "batchedMs": 1000 * timed(lambda: index.search(questions, config["k"])) / count,
        "singleMs": 1000 * statistics.median(singles),
        "found": found.tolist(),
        "scores": scores.tolist(),
        "version": faiss.__version__,
    }


def main(folder, work):
    with open(os.path.join(folder, "config.json"), encoding="utf8") as file:
        config = json.load(file)
    torch.set_num_threads(config["threads"])
    if work == "search":
        return search(folder, config)
    history = read_history(os.path.join(folder, "history.safetensors"))
    model = Encoder(config)
    model.load_state_dict(load_file(os.path.join(folder, "state.safetensors")))
    return {"encode": encode, "train": train}[work](model, history, config, folder)


print(json.dumps(main(*sys.argv[1:])))
