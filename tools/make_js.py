"""Bundle js/ into the scripts that ship: vvipe_explore/explorer.js and vvipe_explore/lift/page.js.

    make js          (needs node; fetches the tools that js/package.json names)

Writes js/constants.js first: what the browser shares with Python, so that no number is typed twice.
"""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from vvipe_explore import _page, cameras, keypoints, plots
from vvipe_explore._files import atomic_path
from vvipe_explore.skeleton import BONE_INDICES, BONES, PAPER_13

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "js"
TOOLS = SOURCE / "node_modules" / ".bin"
ESBUILD = TOOLS / "esbuild"
BUNDLES = {"explorer.js": ROOT / "vvipe_explore/explorer.js", "lift/page.js": ROOT / "vvipe_explore/lift/page.js"}
"""Each entry point in js/, and the file it becomes."""
LIMBS = 8
"""The first 8 of skeleton.BONES are limbs, the others the trunk's edges."""


def sources() -> list[Path]:
    """Give the modules of js/."""
    return sorted(p for p in SOURCE.rglob("*") if p.suffix in (".js", ".wat") and "node_modules" not in p.parts)


def digest() -> str:
    """Give the SHA-256 over all sources: each bundle names the one that it is made of."""
    text = b"".join(p.relative_to(SOURCE).as_posix().encode() + b"\0" + p.read_bytes() for p in sources())
    return hashlib.sha256(text).hexdigest()


def side(*joints: str) -> str:
    """Give the side that all joints are on, or "trunk"."""
    (first, *others) = {name.partition("_")[0] for name in joints}
    return first if not others and first in ("left", "right") else "trunk"


def constants() -> str:
    """Give the text of js/constants.js."""
    bones = [[*places, side(*names)] for places, names in zip(BONE_INDICES, BONES, strict=True)]
    values = {
        "JOINTS": list(PAPER_13),
        "JOINT": {name: i for i, name in enumerate(PAPER_13)},
        "SIDES": [side(name) for name in PAPER_13],
        "LIMBS": bones[:LIMBS],
        "TRUNK": bones[LIMBS:],
        "FOCAL": cameras.FOCAL_LENGTH,
        "CENTRE": cameras.IMAGE_SIZE / 2,
        "DOUBTFUL": keypoints.DOUBTFUL,
        "UPPER_END": list(keypoints.UPPER_END),
        "LOWER_END": list(keypoints.LOWER_END),
        "VIEW": _page.VIEW,
        "LEFT": plots.LEFT,
        "RIGHT": plots.RIGHT,
    }
    head = "// What the browser shares with Python; made by tools/make_js.py, which is the place to change it.\n\n"
    return head + "".join(f"export const {name} = {_broken(value)};\n" for name, value in values.items())


def _broken(value) -> str:
    """Give a value as JavaScript: in one line, or one part a line where it is long."""
    text = json.dumps(value)
    if len(text) < 90:
        return text
    named = isinstance(value, dict)
    parts = [f"{json.dumps(k)}: {json.dumps(v)}" for k, v in value.items()] if named else map(json.dumps, value)
    inner = "".join(f"  {part},\n" for part in parts)
    return f"{{\n{inner}}}" if named else f"[\n{inner}]"


def bundle(entry: str) -> bytes:
    """Bundle an entry point with all it imports, as one ES module that a reader can follow."""
    head = f"// Made of js/ by `make js`; change it there. SHA-256 of the sources: {digest()}"
    subprocess.run([TOOLS / "wat2wasm", "product.wat", "-o", "product.wasm"], cwd=SOURCE, check=True)
    words = ["--bundle", "--format=esm", "--charset=utf8", "--loader:.wasm=base64", f"--banner:js={head}"]
    done = subprocess.run([ESBUILD, entry, *words], cwd=SOURCE, capture_output=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.decode())
    return done.stdout


def main() -> None:
    if not ESBUILD.exists():
        sys.exit(f"expected esbuild at {ESBUILD.relative_to(ROOT)}, found none; run: make js")
    (SOURCE / "constants.js").write_text(constants(), encoding="utf-8")
    for entry, path in BUNDLES.items():
        with atomic_path(path) as temporary:
            Path(temporary).write_bytes(bundle(entry))
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
