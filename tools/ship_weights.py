"""Put what `vvipe train --methods shipped` made among the package's weights, with what is known of them.

    python tools/ship_weights.py runs/shipped              both encoders and their VAE
    python tools/ship_weights.py runs/shipped detected     one encoder; the other one and the VAE stay
    python tools/ship_weights.py --headers                 write the headers again, the tensors as they are

The header's validation is the last run of the encoder in results/tuning.jsonl with at least 1,500 steps.
That run had not seen the validation rows; the weights that ship were trained with them. How sure the encoder for
detections is has to be measured anew after it: python benchmarks/certainty.py --calibrate
"""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import torch

from vvipe_explore._files import read_tensors, sha256, write_json, write_tensors
from vvipe_explore.models.embedder import FORMAT
from vvipe_explore.models.storage import WEIGHTS, load
from vvipe_explore.training.methods import SHIPPED, file_of
from vvipe_explore.training.sources import shipped_parts

REGISTRY = WEIGHTS / "registry.json"
KNOWN = {
    "licence": "MIT",
    "acknowledgement": "The data used in this project was obtained from mocap.cs.cmu.edu. The database was created "
    "with funding from NSF EIA-0196217. UI-PRMD: Vakanski, Jun, Paul and Baker, Data 3(1):2, 2018.",
}


def last_validation(word: str) -> dict:
    """Give the last such line of the tuning's record, as it is."""
    runs = [json.loads(line) for line in Path("results/tuning.jsonl").read_text().splitlines()]
    return [r for r in runs if r.get("method") == word and r["use"] == "plain" and r["steps"] >= 1500][-1]


def known(word: str) -> dict:
    """Give all that a header says beside what training wrote."""
    poses = {source: len(part) for source, part in shipped_parts().items()}
    data = {"poses": poses, "also": "the mirror image of each; seen by random cameras"}
    return {**KNOWN, "trained_on": data, "keypoints": SHIPPED[word].keypoints, "validation": last_validation(word)}


def ship(model, word: str) -> None:
    """Write a model to the package's weights in half precision. Both encoders share one VAE, in a file of its own.

    Raises ValueError if the other encoder shipped with another VAE.
    """
    entries = json.loads(REGISTRY.read_text()) if REGISTRY.is_file() else {}
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    tensors, description = model.describe(torch.float16, {**known(word), "commit": commit.stdout.strip()})
    shared = {k: v for k, v in tensors.items() if k.startswith("vae.")}
    own = {k: v for k, v in tensors.items() if k not in shared}
    write_tensors(WEIGHTS / "vae.safetensors", shared, {"format": FORMAT, "shared": "vae"})
    write_tensors(WEIGHTS / f"{word}.safetensors", own, description)
    entry = {name: sha256(WEIGHTS / name) for name in ("vae.safetensors", f"{word}.safetensors")}
    if any(other["vae.safetensors"] != entry["vae.safetensors"] for n, other in entries.items() if n != word):
        raise ValueError("the other encoder has another VAE; remove registry.json and ship both again.")
    register({**entries, word: entry})


def rewrite_header(word: str) -> None:
    """Write a shipped encoder's header again, from its method's settings; the tensors stay as they are."""
    path = WEIGHTS / f"{word}.safetensors"
    tensors, description = read_tensors(path)
    kept = {k: description["about"][k] for k in ("seed", "held_out_mpjpe_mm", "held_out_score", "commit")}
    settings = {"settings": json.loads(json.dumps(dataclasses.asdict(SHIPPED[word])))}
    write_tensors(path, tensors, {**description, "about": {**kept, **settings, **known(word)}})
    entries = json.loads(REGISTRY.read_text())
    entries[word][path.name] = sha256(path)
    register(entries)


def register(entries: dict) -> None:
    """Write the registry: the hash of each file that belongs to each word."""
    write_json(REGISTRY, entries)


def main(*words: str) -> None:
    if words == ("--headers",):
        for word in SHIPPED:
            rewrite_header(word)
        return
    made, *chosen = words
    if not chosen:  # both are shipped anew, with a VAE of their own
        REGISTRY.unlink(missing_ok=True)
    for word in chosen or SHIPPED:
        ship(load(file_of(made, SHIPPED[word])), word)
    for path in sorted(WEIGHTS.glob("*.safetensors")):
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
    print("now run: python benchmarks/certainty.py --calibrate")


if __name__ == "__main__":
    main(*sys.argv[1:])
